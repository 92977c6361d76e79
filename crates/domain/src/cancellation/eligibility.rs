//! Checks whether an order may be canceled now. The checks stand here in the contract's order. In which states an order
//! may be canceled is said by `OrderState::commands` (`order/state.rs`).

use std::mem::discriminant;

use chrono::{DateTime, Utc};

use crate::cancellation::mode::ResolvedMode;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{
    BundleParts, CancellationAction, CancellationMode, CancellationPolicy, CancellationRefusal, Selection,
};
use crate::money::Quantity;
use crate::order::{Actor, Command, Order, OrderItem};

/// The request that the checks look at.
#[derive(Clone, Copy)]
pub(crate) struct EligibilityRequest<'a> {
    /// The rules of the order's store view.
    pub(crate) policy: &'a CancellationPolicy,
    /// The buyer or the member of staff who asks.
    pub(crate) actor: &'a Actor,
    /// Whether the switch of the store view is ignored.
    pub(crate) overrides_switch: bool,
    /// The part of the order to cancel.
    pub(crate) selection: &'a Selection,
    /// The time of the request.
    pub(crate) now: DateTime<Utc>,
}

impl<'a> EligibilityRequest<'a> {
    /// A request of `actor` for the whole order, by the rule that holds for buyers.
    pub(crate) fn of_all(policy: &'a CancellationPolicy, actor: &'a Actor, now: DateTime<Utc>) -> Self {
        Self {
            policy,
            actor,
            overrides_switch: false,
            selection: &Selection::All,
            now,
        }
    }

    /// Whether a cancellation can name `item`: a top-level item, or a part of a bundle that is canceled by part.
    pub(crate) fn may_name(&self, order: &Order, item: &OrderItem) -> bool {
        let whole = item.parent.map(|whole| order.item(whole));
        whole.is_none_or(|whole| whole.is_some_and(|whole| self.is_by_part(order, whole)))
    }

    /// Whether `item` is a bundle that is canceled by part.
    pub(crate) fn is_by_part(&self, order: &Order, item: &OrderItem) -> bool {
        self.policy.rules.bundle_parts == BundleParts::Parts && order.has_separate_parts(item)
    }

    /// How the request is decided. A request that overrides the switch is decided at once.
    fn mode(&self, order: &Order) -> ResolvedMode {
        if self.overrides_switch {
            return ResolvedMode::AUTOMATIC;
        }
        self.policy.resolve(order, self.actor, self.now)
    }

    /// Why the cancellation can only be asked for: units of the order are in fulfilment, or the mode is that one.
    pub(crate) fn only_by_request(&self, order: &Order) -> impl Iterator<Item = CancellationRefusal> {
        let in_fulfilment = order.takes_from_fulfilment(self.selection);
        let in_fulfilment = in_fulfilment.then_some(CancellationRefusal::InFulfilment);
        in_fulfilment.into_iter().chain(self.request_only(order))
    }

    /// The action that may be taken where nothing is in the way of a request.
    pub(crate) fn action(&self, order: &Order) -> CancellationAction {
        match self.only_by_request(order).next() {
            Some(_) => CancellationAction::Request,
            None => CancellationAction::Cancel,
        }
    }

    /// Why the buyer can only ask for the cancellation; none where the mode is another one.
    pub(crate) fn request_only(&self, order: &Order) -> Option<CancellationRefusal> {
        let resolved = self.mode(order);
        match resolved.mode {
            CancellationMode::Request if resolved.is_after_window => {
                Some(CancellationRefusal::WindowClosed { may_ask: true })
            }
            CancellationMode::Request => Some(CancellationRefusal::RequestOnly),
            CancellationMode::Off | CancellationMode::Automatic => None,
        }
    }
}

/// A check passes or refuses the cancellation; the results of the other checks do not matter to it.
type Check = fn(&Order, &EligibilityRequest<'_>) -> Result<(), CancellationRefusal>;

/// All checks before the plan, in the contract's order (section 3.1, rows 8 to 11 and what is added to them).
const CHECKS: &[Check] = &[
    belongs_to_the_actor,
    is_switched_on,
    no_channel_decides,
    window_is_open,
    state_allows,
    shipments_allow,
    no_invoice_is_open,
    no_request_is_open,
    no_digital_item_is_delivered,
    no_gift_card_is_used,
    no_subscription_is_taken,
];

impl Order {
    /// The plan of the cancellation, or the first refusal in the contract's order. That the buyer can only ask for the
    /// cancellation is the last refusal, so it holds back a cancellation that nothing else is in the way of. Units in
    /// fulfilment come before it: their cancellation can be asked for too.
    pub(crate) fn cancellation_plan(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, CancellationRefusal> {
        let plan = self.requestable_plan(asked)?;
        match asked.only_by_request(self).next() {
            Some(refusal) => Err(refusal),
            None => Ok(plan),
        }
    }

    /// The first moment after the time of the request at which another action may be taken because time passes; none
    /// where time changes nothing.
    pub(crate) fn end_of_action(&self, asked: &EligibilityRequest<'_>) -> Option<DateTime<Utc>> {
        let action_at = |now| {
            let asked = EligibilityRequest { now, ..*asked };
            self.requestable_plan(&asked).ok().map(|_| asked.action(self))
        };
        let action = action_at(asked.now);
        let mut changes = asked
            .policy
            .mode_changes(self, asked.actor, asked.now)
            .into_iter();
        changes.find(|at| action_at(*at) != action)
    }

    /// The plan of a cancellation that takes place at once or that the buyer can ask for, or the first refusal.
    pub(crate) fn requestable_plan(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, CancellationRefusal> {
        match self.refusals(asked).next() {
            Some(refusal) => Err(refusal),
            None => self.effective_plan(asked),
        }
    }

    /// The plan of a cancellation that takes place at once or that the buyer can ask for, or every refusal in the
    /// contract's order, each kind once.
    pub(crate) fn requestable_plan_or_refusals(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, Vec<CancellationRefusal>> {
        let refusals = self.refusals(asked);
        match self.effective_plan(asked) {
            Ok(plan) => {
                let refusals: Vec<_> = refusals.collect();
                if refusals.is_empty() {
                    Ok(plan)
                } else {
                    Err(refusals)
                }
            }
            Err(refusal) => {
                let mut refusals: Vec<_> = refusals.collect();
                // Amounts that cannot be added are found by a check and again by the plan. Of an order that is shipped
                // or delivered, nothing is left to cancel.
                let is_told = |it: &CancellationRefusal| {
                    discriminant(it) == discriminant(&refusal)
                        || ((*it == CancellationRefusal::Shipped || it.is_of_items())
                            && refusal == CancellationRefusal::NothingOpen)
                };
                if !refusals.iter().any(is_told) {
                    refusals.push(refusal);
                }
                Err(refusals)
            }
        }
    }

    /// Whether a cancellation of `selection` would take units in fulfilment.
    fn takes_from_fulfilment(&self, selection: &Selection) -> bool {
        match selection {
            Selection::All => self.is_in_fulfilment(),
            Selection::Items(lines) => lines.iter().any(|&(position, _)| {
                let named = lines.iter().filter(|line| line.0 == position).map(|line| line.1);
                let quantity = named.fold(Quantity::ZERO, Quantity::plus);
                let beside = self.item(position).map(|item| self.outside_fulfilment(item));
                beside.is_some_and(|beside| quantity > beside)
            }),
        }
    }

    /// Refuses with `refusal` where a cancellation of `selection` would take units that are beyond a cancellation for
    /// that reason. The order as a whole has such units, so only its other items can be canceled, by item.
    fn takes_nothing_beyond(
        &self,
        selection: &Selection,
        refusal: CancellationRefusal,
    ) -> Result<(), CancellationRefusal> {
        let is_beyond = |item: &OrderItem| self.refusal_beyond(item).as_ref() == Some(&refusal);
        let takes = match selection {
            Selection::All => self.items.iter().any(is_beyond),
            Selection::Items(lines) => lines.iter().any(|&(position, _)| {
                let named = lines.iter().filter(|line| line.0 == position).map(|line| line.1);
                let quantity = named.fold(Quantity::ZERO, Quantity::plus);
                let item = self.item(position).filter(|item| is_beyond(item));
                item.is_some_and(|item| quantity > self.to_give_up(item))
            }),
        };
        passes(!takes, refusal)
    }

    /// The plan for the items that can still be canceled by item, where `refusals` are only about other items.
    pub(crate) fn plan_by_item(
        &self,
        asked: &EligibilityRequest<'_>,
        refusals: &[CancellationRefusal],
    ) -> Option<CancellationPlan> {
        let is_by_item = refusals.iter().all(CancellationRefusal::is_of_items);
        is_by_item.then(|| self.effective_plan(asked).ok()).flatten()
    }

    /// The refusals of the checks, each made when it is asked for.
    fn refusals(&self, asked: &EligibilityRequest<'_>) -> impl Iterator<Item = CancellationRefusal> {
        CHECKS.iter().filter_map(|check| check(self, asked).err())
    }

    /// The last check: the plan, unless it changes nothing.
    fn effective_plan(
        &self,
        asked: &EligibilityRequest<'_>,
    ) -> Result<CancellationPlan, CancellationRefusal> {
        let plan = CancellationPlan::of(self, asked.selection, &asked.policy.rules)?;
        if plan.changes_nothing(self) {
            Err(CancellationRefusal::NothingOpen)
        } else {
            Ok(plan)
        }
    }
}

fn belongs_to_the_actor(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_allowed = match asked.actor {
        Actor::Customer(id) => order.customer.id == Some(*id),
        Actor::Guest => order.is_guest(),
        Actor::Staff { .. } | Actor::System => true,
    };
    passes(is_allowed, CancellationRefusal::Unauthorized)
}

fn is_switched_on(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let resolved = asked.mode(order);
    let is_off = resolved.mode == CancellationMode::Off && !resolved.is_after_window;
    passes(!is_off, CancellationRefusal::Disabled)
}

fn no_channel_decides(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    passes(order.channel.is_none(), CancellationRefusal::ChannelManaged)
}

fn window_is_open(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let resolved = asked.mode(order);
    let is_closed = resolved.mode == CancellationMode::Off && resolved.is_after_window;
    passes(!is_closed, CancellationRefusal::WindowClosed { may_ask: false })
}

fn state_allows(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_allowed = order.state.allows(Command::Cancel);
    passes(is_allowed, CancellationRefusal::State(order.state))
}

fn shipments_allow(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    if !order.has_shipment() {
        return Ok(());
    }
    if order.all_to_give_up(asked.policy.rules.bundle_parts).is_empty() {
        return Err(CancellationRefusal::Shipped);
    }
    let is_allowed = asked.policy.rules.takes_unshipped_rest;
    passes(is_allowed, CancellationRefusal::PartlyShipped)
}

fn no_invoice_is_open(order: &Order, _: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    passes(!order.has_open_invoice()?, CancellationRefusal::OpenInvoice)
}

/// A buyer takes the request back before canceling; staff cancels although the buyer asked for something else.
fn no_request_is_open(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    let is_allowed = match asked.actor {
        Actor::Customer(_) | Actor::Guest => order.open_request().is_none(),
        Actor::Staff { .. } | Actor::System => true,
    };
    passes(is_allowed, CancellationRefusal::RequestOpen)
}

fn no_digital_item_is_delivered(
    order: &Order,
    asked: &EligibilityRequest<'_>,
) -> Result<(), CancellationRefusal> {
    order.takes_nothing_beyond(asked.selection, CancellationRefusal::DigitalDelivered)
}

fn no_gift_card_is_used(order: &Order, asked: &EligibilityRequest<'_>) -> Result<(), CancellationRefusal> {
    order.takes_nothing_beyond(asked.selection, CancellationRefusal::GiftCardUsed)
}

fn no_subscription_is_taken(
    order: &Order,
    asked: &EligibilityRequest<'_>,
) -> Result<(), CancellationRefusal> {
    order.takes_nothing_beyond(asked.selection, CancellationRefusal::Subscription)
}

fn passes(is_passed: bool, refusal: CancellationRefusal) -> Result<(), CancellationRefusal> {
    if is_passed { Ok(()) } else { Err(refusal) }
}
