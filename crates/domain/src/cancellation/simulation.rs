//! What a policy would have done with an order of the past: with the cancellation that took place or was asked for, or
//! with one that the buyer could have asked for.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::plan::CancellationPlan;
use crate::cancellation::{
    Cancellation, CancellationAction, CancellationPolicy, CancellationRefusal, NO_REASON,
    RequestedCancellation, Selection,
};
use crate::event::{EventData, OrderEvent};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};

/// An order as it is today, with all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastOrder {
    /// The order as it is today.
    pub order: Order,
    /// Its events, oldest first.
    pub events: Vec<OrderEvent>,
}

/// A cancellation that a policy is tried on, with the order as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAttempt {
    order: Order,
    actor: Actor,
    /// The code of the reason; [`NO_REASON`] where none was given.
    reason_code: String,
    selection: Selection,
    overrides_switch: bool,
    at: DateTime<Utc>,
    /// Whether the cancellation took place or was asked for; if not, the buyer could have asked for it.
    pub is_real: bool,
    /// The money that flowed back with the first cancellation of the order; zero where none took place.
    pub refunded: Money,
}

/// What a policy would have done with an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedOutcome {
    /// At once, on request, or not at all.
    pub action: CancellationAction,
    /// The first refusal where it would have been refused; none otherwise.
    pub refusal: Option<CancellationRefusal>,
    /// The money that would have flowed back, without the fee; a request counts as one that staff approves.
    pub refund: Money,
    /// The fee that the shop would have kept.
    pub fee: Money,
}

impl PastOrder {
    /// The attempt that policies are tried on; none where the events do not tell the order as it was then.
    ///
    /// It is the first cancellation or request for one, at its own time. If there is none, it is a cancellation of the
    /// whole order by its buyer, without a reason, `after` the order was placed, but not later than `now`.
    pub fn attempt(&self, after: TimeDelta, now: DateTime<Utc>) -> Result<Option<PastAttempt>, MoneyError> {
        let is_real = |it: &OrderEvent| {
            matches!(
                it.data,
                EventData::Canceled(_) | EventData::CancellationRequested(_)
            )
        };
        let mut attempt = if let Some(first) = self.events.iter().position(is_real) {
            let Some(order) = self.order.before_event(&self.events, first)? else {
                return Ok(None);
            };
            PastAttempt::of_event(order, &self.events[first])
        } else {
            let at = self.order.placed_at.checked_add_signed(after);
            let at = at.unwrap_or(now).min(now);
            let first = self.events.iter().position(|it| it.at > at);
            let first = first.unwrap_or(self.events.len());
            let Some(order) = self.order.before_event(&self.events, first)? else {
                return Ok(None);
            };
            PastAttempt::of_buyer(order, at)
        };
        let mut cancellations = self.events.iter().filter_map(|it| match &it.data {
            EventData::Canceled(cancellation) => Some(cancellation.refunded_total),
            _ => None,
        });
        attempt.refunded = cancellations.next().unwrap_or(attempt.refunded);
        Ok(Some(attempt))
    }
}

impl PastAttempt {
    /// The cancellation of the whole `order` by its buyer.
    fn of_buyer(order: Order, at: DateTime<Utc>) -> Self {
        Self {
            actor: order.customer.id.map_or(Actor::Guest, Actor::Customer),
            reason_code: NO_REASON.into(),
            selection: Selection::All,
            overrides_switch: false,
            at,
            is_real: false,
            refunded: Money::zero(order.currency()),
            order,
        }
    }

    /// The cancellation or the request of `event`.
    fn of_event(mut order: Order, event: &OrderEvent) -> Self {
        if let Actor::Customer(id) = event.actor {
            // The buyer may have been erased since.
            order.customer.id = Some(id);
        }
        let mut attempt = Self::of_buyer(order, event.at);
        attempt.is_real = true;
        attempt.actor = event.actor.clone();
        if let EventData::Canceled(it) = &event.data {
            attempt.reason_code.clone_from(&it.reason_code);
            attempt.overrides_switch = it.overrides_switch;
            attempt.selection = selection_of(it, &attempt.order);
        }
        if let EventData::CancellationRequested(it) = &event.data {
            attempt.reason_code = it.reason_code.clone().unwrap_or_else(|| NO_REASON.into());
            // The switch of the store view binds no staff that asks on behalf of a buyer.
            attempt.overrides_switch = !event.actor.is_buyer();
            attempt.selection = selection_of_request(it);
        }
        attempt
    }

    /// What `policy` would have done. The plan is the one of the terms, the quote and the cancellation.
    ///
    /// The reason decides about the fee as it does today. Whether the policy asks for a reason or a comment does not
    /// count, because the buyer would have given one.
    pub fn outcome(&self, policy: &CancellationPolicy) -> Result<SimulatedOutcome, MoneyError> {
        let asked = EligibilityRequest {
            policy,
            actor: &self.actor,
            overrides_switch: self.overrides_switch,
            selection: &self.selection,
            now: self.at,
        };
        let zero = Money::zero(self.order.currency());
        let plan: CancellationPlan = match self.order.requestable_plan(&asked) {
            Ok(plan) => plan,
            Err(refusal) => {
                return Ok(SimulatedOutcome {
                    action: CancellationAction::None,
                    refusal: Some(refusal),
                    refund: zero,
                    fee: zero,
                });
            }
        };
        let reason = policy.reasons.by_code(&self.reason_code);
        let plan = plan.keeping_fee(&self.order, policy.rules.fee_for(&self.actor, reason))?;
        Ok(SimulatedOutcome {
            action: asked.action(&self.order),
            refusal: None,
            refund: plan.refund_total(),
            fee: plan.fee(&self.order),
        })
    }
}

/// The part of `order` that the cancellation took.
fn selection_of(cancellation: &Cancellation, order: &Order) -> Selection {
    let named = cancellation.named_units(order);
    if !cancellation.is_partial || named.is_empty() {
        return Selection::All;
    }
    Selection::Items(
        named
            .iter()
            .map(|(item, units)| (item.position, *units))
            .collect(),
    )
}

fn selection_of_request(request: &RequestedCancellation) -> Selection {
    if request.is_whole {
        Selection::All
    } else {
        Selection::Items(request.items.clone())
    }
}
