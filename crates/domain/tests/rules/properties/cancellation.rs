//! The preview says what a cancellation does, and a canceled order stays canceled.

use countermand_domain::{
    Actor, Cancel, CancellationAction, CancellationMode, CancellationPolicy, CancellationRefusal,
    CancellationRules, CustomerId, Effect, EventData, ItemPosition, Money, MoneyError, Order, OrderState,
    Quantity, RowMoney, Selection,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_preview_says_what_canceling_does(story in stories(), enabled: bool) {
        for order in story.told() {
            for actor in actors() {
                let terms = order.cancellation_terms(&policy(enabled), &actor, at(60));
                let plan = order.cancel(&request(actor.clone(), "Other"), &policy(enabled), at(60));
                prop_assert_eq!(terms.action == CancellationAction::Cancel, plan.is_ok());
                prop_assert_eq!(terms.refusals.first(), plan.as_ref().err());
                let distinct = (1..terms.refusals.len()).all(|at| !terms.refusals[..at].contains(&terms.refusals[at]));
                prop_assert!(distinct, "{:?}", terms.refusals);

                let facts = plan.iter().find_map(|plan| plan.cancellation());
                let is_by_item = !terms.refusals.is_empty()
                    && terms.refusals.iter().all(CancellationRefusal::is_of_items);
                if is_by_item && !order.is_in_fulfilment() {
                    let open = terms.items.iter().filter(|row| {
                        row.quantity_open.is_positive() && order.item(row.item).is_some_and(|it| it.parent.is_none())
                    });
                    let open: Vec<_> = open.map(|row| (row.item, row.quantity_open)).collect();
                    let by_item = Cancel {
                        selection: Selection::Items(open.clone()),
                        ..request(actor.clone(), "Other")
                    };
                    let planned = order.cancel(&by_item, &policy(enabled), at(60));
                    prop_assert!(open.is_empty() || planned.is_ok(), "{:?}", planned);
                }
                let is_packed = terms.refusals == [CancellationRefusal::InFulfilment];
                let refund = facts.map_or(Money::zero(order.currency()), |facts| facts.refunded_total);
                prop_assert!(is_packed || terms.refund_total == refund, "{:?}", terms.refund_total);

                prop_assert_eq!(terms.items.len(), order.items.len());
                for row in &terms.items {
                    let planned = facts.iter().flat_map(|facts| &facts.items).find(|it| it.item == row.item);
                    let planned = planned.map_or(Quantity::ZERO, |it| it.canceled.plus(it.refunded));
                    let beside = order.item(row.item).map(|item| order.outside_fulfilment(item));
                    if is_by_item {
                        let left = order.item(row.item).map(|item| order.to_give_up(item));
                        prop_assert!(row.quantity_open <= left.unwrap_or_default());
                    } else if is_packed {
                        prop_assert!(row.quantity_open <= beside.unwrap_or_default());
                    } else {
                        prop_assert_eq!(row.quantity_open, planned);
                    }
                }
            }
        }
    }

    #[test]
    fn each_items_action_is_what_the_commands_do(story in stories(), mode in modes()) {
        let policy = CancellationPolicy {
            rules: CancellationRules { mode, ..CancellationRules::default() },
            ..policy(true)
        };
        for order in story.told() {
            let buyer = buyer_of(&order);
            let terms = order.cancellation_terms(&policy, &buyer, at(60));
            for row in terms.items.iter().filter(|row| row.is_named) {
                let open = Some(row.quantity_open).filter(|it| it.is_positive());
                let units = open.unwrap_or_else(|| one_unit(&order, row.item));
                let selection = Selection::Items(vec![(row.item, units)]);
                let command = Cancel { selection, ..request(buyer.clone(), "Other") };
                let at_once = order.cancel(&command, &policy, at(60)).is_ok();
                let asked = order.cancel_or_request(&command, &policy, at(60)).is_ok();
                let action = match (at_once, asked) {
                    (true, _) => CancellationAction::Cancel,
                    (false, true) => CancellationAction::Request,
                    (false, false) => CancellationAction::None,
                };
                prop_assert_eq!(row.action, action, "{:?} of {:?}", row, order.state);
            }
        }
    }

    #[test]
    fn the_reason_is_checked_last(story in stories(), enabled: bool) {
        for order in story.told() {
            for actor in actors() {
                let terms = order.cancellation_terms(&policy(enabled), &actor, at(60));
                let refusal = terms.refusals.into_iter().next().unwrap_or(CancellationRefusal::InvalidReason);
                let plan = order.cancel(&request(actor, "Because"), &policy(enabled), at(60));
                prop_assert_eq!(plan, Err(refusal));
            }
        }
    }

    #[test]
    fn a_canceled_order_cannot_be_canceled_again(story in stories()) {
        for canceled in story.told().iter().filter_map(after_cancel) {
            prop_assert!(matches!(canceled.state, OrderState::Canceled | OrderState::Closed));
            prop_assert_eq!(canceled.status.as_str(), canceled.state.default_status());
            let again = canceled.cancel(&by_its_buyer(&canceled), &policy(true), at(61));
            prop_assert_eq!(again, Err(CancellationRefusal::State(canceled.state)));
            prop_assert!(canceled.hold(&staff(), at(61)).is_err());
        }
    }

    #[test]
    fn no_quantity_and_no_money_is_open_after_a_cancellation(story in stories()) {
        for order in &story.told() {
            let Some(canceled) = after_cancel(order) else { continue };
            // What is worth nothing may go back without a document: a thing and its discount stay as they are.
            let all_back = |invoiced: RowMoney, refunded: RowMoney| -> Result<bool, MoneyError> {
                Ok(invoiced.checked_sub(refunded)?.payable()?.is_zero())
            };
            for item in &canceled.items {
                prop_assert_eq!(canceled.to_give_up(item), Quantity::ZERO);
                let before = order.item(item.position).map(|it| it.quantities).unwrap_or_default();
                if order.is_free() {
                    prop_assert_eq!(item.quantities.refunded, before.refunded);
                } else {
                    prop_assert_eq!(item.quantities.open(), Quantity::ZERO);
                }
                prop_assert!(all_back(item.invoiced, item.refunded)?, "{item:?}");
            }
            for item in canceled.counting_items() {
                prop_assert_eq!(item.invoiced.checked_add(item.canceled)?, item.ordered);
            }
            let shipping = &canceled.shipping;
            prop_assert!(all_back(shipping.invoiced, shipping.refunded)?, "{shipping:?}");
            prop_assert_eq!(shipping.invoiced.checked_add(shipping.canceled)?, shipping.ordered);
            for charge in &canceled.other_charges {
                prop_assert!(charge.left_to_invoice()?.is_zero(), "{charge:?}");
                prop_assert!(charge.left_to_refund()?.is_zero(), "{charge:?}");
            }
            let totals = canceled.totals;
            prop_assert_eq!(totals.invoiced.checked_add(totals.canceled)?, totals.grand_total);
            prop_assert!(canceled.payment.void_authorizations()?.is_empty());
        }
    }

    #[test]
    fn all_paid_money_is_refunded_except_what_staff_kept_before(story in stories()) {
        for order in &story.told() {
            let Some(canceled) = after_cancel(order) else { continue };
            let kept = order.credit_memos.iter().map(|memo| memo.adjustment.minor().min(0));
            let kept: i64 = kept.map(i64::abs).sum();
            let left = canceled.refundable()?.minor();
            prop_assert!((0..=kept).contains(&left), "{left} left, {kept} kept");
        }
    }

    #[test]
    fn money_moves_exactly_as_the_credit_memo_says(story in stories()) {
        for order in &story.told() {
            let Ok(change) = order.cancel(&by_its_buyer(order), &policy(true), at(60)) else { continue };
            let mut refunds = Money::zero(order.currency());
            for effect in &change.effects {
                match *effect {
                    Effect::Refund { amount, .. } => {
                        prop_assert!(amount.is_positive());
                        refunds = refunds.checked_add(amount)?;
                    }
                    Effect::Void { amount, .. } => prop_assert!(amount.is_positive()),
                    Effect::Notify(_) => {}
                }
            }
            let memo = change.after.credit_memos.get(order.credit_memos.len());
            prop_assert_eq!(refunds, memo.map_or(Money::zero(order.currency()), |memo| memo.grand_total));
        }
    }

    #[test]
    fn every_change_raises_the_version_by_one(story in stories()) {
        let trail = story.told();
        for pair in trail.windows(2) {
            prop_assert_eq!(pair[1].version, pair[0].version + 1);
            prop_assert!(pair[1].updated_at >= pair[0].updated_at);
        }
        for change in story.changes() {
            prop_assert_eq!(change.expected_version() + 1, change.after.version);
            // A note changes nothing that a later import could contradict.
            let is_note = matches!(change.event.data, EventData::NoteAdded { .. });
            prop_assert_eq!(change.after.updated_at == change.event.at, !is_note);
        }
    }
}

/// The modes in which a buyer cancels, asks for it, or does neither.
fn modes() -> impl Strategy<Value = CancellationMode> {
    prop_oneof![
        Just(CancellationMode::Automatic),
        Just(CancellationMode::Request),
        Just(CancellationMode::Off)
    ]
}

/// One unit of the item, or what is left where that is less.
fn one_unit(order: &Order, item: ItemPosition) -> Quantity {
    let left = order
        .item(item)
        .map(|item| order.to_give_up(item))
        .unwrap_or_default();
    if left.is_positive() {
        left.min(Quantity::whole(1))
    } else {
        Quantity::whole(1)
    }
}

fn actors() -> [Actor; 5] {
    [
        Actor::Customer(crate::shop::buyer()),
        Actor::Customer(CustomerId::from_number(7)),
        Actor::Guest,
        Actor::System,
        staff(),
    ]
}

fn by_its_buyer(order: &Order) -> Cancel {
    request(buyer_of(order), "Other")
}

/// The order canceled, if it can be.
fn after_cancel(order: &Order) -> Option<Order> {
    let change = order.cancel(&by_its_buyer(order), &policy(true), at(60));
    Some(change.ok()?.after)
}
