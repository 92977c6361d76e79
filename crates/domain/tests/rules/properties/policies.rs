//! Shipping, fees and partly shipped orders under any rules of a store view: the money still adds up.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Cancel, CancellationAction, CancellationPolicy, CancellationRefusal, CancellationRules, Effect, FeeRule,
    Money, MoneyError, Order, OrderState, PreviewedItem, Quantity, Selection, ShippingRefund, Transition,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{picks, selection, stories};
use crate::shop::{at, buyer_of, policy, request, staff};

fn rules() -> impl Strategy<Value = CancellationRules> {
    let shipping = prop_oneof![
        Just(ShippingRefund::All),
        Just(ShippingRefund::None),
        Just(ShippingRefund::InProportion),
        Just(ShippingRefund::OnlyWhenEverything),
    ];
    let fee = prop_oneof![
        Just(FeeRule::None),
        (0..=1_000_000_i64).prop_map(FeeRule::Percent),
        (0..=2_000_000_i64).prop_map(FeeRule::Fixed),
    ];
    (shipping, fee).prop_map(|(shipping_refund, fee)| CancellationRules {
        shipping_refund,
        fee,
        takes_unshipped_rest: true,
        ..CancellationRules::default()
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn under_any_rules_every_promise_is_kept(story in stories(), rules in rules(), bits in vec(picks(), 1..6)) {
        for mut order in story.told() {
            for bit in &bits {
                let Ok(change) = cancel(&order, selection(bit, &order), &rules) else { continue };
                order = change.after;
                let broken: Vec<_> = broken_by(&order).map(|it| it.promise).collect();
                prop_assert!(broken.is_empty(), "{broken:?}");
            }
        }
    }

    #[test]
    fn under_any_rules_canceling_bit_by_bit_costs_the_buyer_what_canceling_at_once_does(
        story in stories(),
        rules in rules(),
        bits in vec(picks(), 0..6),
    ) {
        for order in story.told().into_iter().filter(|order| !order.has_shipment()) {
            let Ok(at_once) = cancel(&order, Selection::All, &rules) else { continue };
            let mut by_bits = order;
            for bit in &bits {
                if let Ok(change) = cancel(&by_bits, selection(bit, &by_bits), &rules) {
                    by_bits = change.after;
                }
            }
            if let Ok(change) = cancel(&by_bits, Selection::All, &rules) {
                by_bits = change.after;
            }
            if by_bits.items.iter().any(|item| by_bits.to_give_up(item).is_positive()) {
                // Nothing was left to ship or to invoice before the end: staff gives back what was paid for services.
                continue;
            }
            prop_assert_eq!(fees(&by_bits)?, fees(&at_once.after)?);
            prop_assert_eq!(by_bits.totals, at_once.after.totals);
            prop_assert_eq!(by_bits.shipping.canceled, at_once.after.shipping.canceled);
            prop_assert_eq!(
                by_bits.shipping.refunded.payable()?,
                at_once.after.shipping.refunded.payable()?
            );
        }
    }

    #[test]
    fn a_fee_is_taken_from_the_money_that_comes_back_and_from_nothing_else(
        story in stories(),
        rules in rules(),
        picks in picks(),
    ) {
        let free = CancellationRules { fee: FeeRule::None, ..rules.clone() };
        for order in story.told() {
            let part = selection(&picks, &order);
            let (Ok(with), Ok(without)) = (cancel(&order, part.clone(), &rules), cancel(&order, part, &free)) else {
                continue;
            };
            let (with, without) = (with.cancellation().cloned(), without.cancellation().cloned());
            let (Some(mut with), Some(without)) = (with, without) else { continue };
            prop_assert!(with.fee.minor() >= 0 && with.refunded_total.minor() >= 0);
            prop_assert_eq!(with.refunded_total.checked_add(with.fee)?, without.refunded_total);
            (with.refunded_total, with.fee) = (without.refunded_total, without.fee);
            prop_assert_eq!(with, without);
        }
    }

    #[test]
    fn a_quote_is_kept_exactly_and_only_for_the_order_as_it_was(
        story in stories(),
        rules in rules(),
        picks in picks(),
    ) {
        let policy = ruled(&rules);
        for order in story.told() {
            let command = Cancel { selection: selection(&picks, &order), ..request(buyer_of(&order), "Other") };
            let preview = order.preview_cancellation(&command, &policy, at(60));
            let plain = order.cancel(&command, &policy, at(60));
            let cancels = preview.as_ref().is_ok_and(|it| it.action == CancellationAction::Cancel);
            prop_assert_eq!(cancels, plain.is_ok());
            let (Ok(preview), Ok(plain)) = (preview, plain) else { continue };
            let tenders = preview.tenders.iter().map(|it| it.amount);
            let sums = preview.quote.money;
            prop_assert_eq!(
                Money::sum(order.currency(), tenders)?,
                sums.refund_total.checked_add(sums.credits)?,
                "each tender is a part of what comes back"
            );
            if !preview.items.is_empty() {
                let sum = |of: fn(&PreviewedItem) -> Money| Money::sum(order.currency(), preview.items.iter().map(of));
                prop_assert_eq!(sum(|it| it.fee)?, sums.fee);
                prop_assert_eq!(sum(|it| it.shipping_refunded)?, preview.shipping_refunded.payable()?);
                prop_assert_eq!(sum(|it| it.shipping_canceled)?, preview.shipping_canceled.payable()?);
                let is_share = |it: &PreviewedItem| it.fee.minor() >= 0 && it.shipping_refunded.minor() >= 0;
                prop_assert!(preview.items.iter().all(is_share));
            }
            let accepting = Cancel { quote: Some(preview.quote), ..command };
            let quoted = order.cancel(&accepting, &policy, at(74));
            prop_assert_eq!(
                quoted.as_ref().ok().and_then(Transition::cancellation),
                plain.cancellation()
            );
            let late = order.cancel(&accepting, &policy, at(75)).err();
            prop_assert_eq!(late, Some(CancellationRefusal::QuoteStale));
            let again = plain.after.cancel(&accepting, &policy, at(61));
            prop_assert!(again.is_err(), "a quote is for one version");
        }
    }

    #[test]
    fn staff_cancels_without_a_fee(story in stories(), rules in rules()) {
        for order in story.told() {
            let asked = request(staff(), "Other");
            let Ok(change) = order.cancel(&asked, &ruled(&rules), at(60)) else { continue };
            prop_assert!(change.cancellation().is_some_and(|facts| facts.fee.is_zero()));
        }
    }

    #[test]
    fn the_terms_say_what_the_cancellation_does_under_any_rules(story in stories(), rules in rules()) {
        for order in story.told() {
            let terms = order.cancellation_terms(&ruled(&rules), &buyer_of(&order), at(60));
            let Ok(change) = cancel(&order, Selection::All, &rules) else {
                prop_assert!(!terms.refusals.is_empty());
                continue;
            };
            let Some(facts) = change.cancellation() else { continue };
            prop_assert_eq!(terms.refund_total, facts.refunded_total);
            prop_assert_eq!(terms.fee, facts.fee);
            prop_assert_eq!(terms.shipping_refund, facts.shipping_refunded);
            for item in &facts.items {
                let of_item = terms.items.iter().find(|it| it.item == item.item);
                prop_assert_eq!(of_item.map(|it| it.quantity_open), Some(item.canceled.plus(item.refunded)));
                prop_assert_eq!(of_item.map(|it| it.refund), Some(item.refunded_money));
            }
        }
    }

    #[test]
    fn what_is_shipped_is_never_canceled_and_the_order_goes_on_with_it(story in stories(), rules in rules()) {
        for order in story.told().into_iter().filter(Order::has_shipment) {
            let Ok(change) = cancel(&order, Selection::All, &rules) else { continue };
            let after = &change.after;
            for (before, now) in order.items.iter().zip(&after.items) {
                prop_assert_eq!(before.quantities.shipped, now.quantities.shipped);
                let gone = now.quantities.canceled.plus(now.quantities.refunded);
                let gone_before = before.quantities.canceled.plus(before.quantities.refunded);
                let is_single = before.parent.is_none() && order.children(before.position).next().is_none();
                if is_single && !before.is_virtual && gone > gone_before {
                    prop_assert!(gone.plus(now.quantities.shipped) <= now.quantities.ordered);
                }
                if is_single && before.quantities.shipped > before.quantities.invoiced {
                    let voids = change.effects.iter().any(|it| matches!(it, Effect::Void { .. }));
                    prop_assert!(!voids, "the shipped unit is not paid yet");
                    prop_assert!(now.canceled == before.canceled || now.quantities.canceled > before.quantities.canceled);
                }
            }
            let again = cancel(after, Selection::All, &rules).err();
            prop_assert!(again.is_some(), "nothing is left to cancel");
            if after.remaining()?.has_work() {
                prop_assert_eq!(after.state, order.state);
            } else {
                prop_assert!(matches!(after.state, OrderState::Complete | OrderState::Closed), "{}", after.state);
            }
        }
    }

    #[test]
    fn a_partly_shipped_order_is_left_alone_unless_the_store_view_takes_the_rest(story in stories()) {
        for order in story.told().into_iter().filter(Order::has_shipment) {
            let asked = request(buyer_of(&order), "Other");
            let Err(refusal) = order.cancel(&asked, &policy(true), at(60)) else {
                return Err(TestCaseError::fail("a shipped order was canceled"));
            };
            let has_rest = order.items.iter().any(|item| {
                item.parent.is_none() && order.to_give_up(item) > Quantity::ZERO
            });
            if !matches!(refusal, CancellationRefusal::State(_) | CancellationRefusal::Unauthorized) {
                let expected = if has_rest { CancellationRefusal::PartlyShipped } else { CancellationRefusal::Shipped };
                prop_assert_eq!(refusal, expected);
            }
        }
    }
}

fn ruled(rules: &CancellationRules) -> CancellationPolicy {
    CancellationPolicy {
        rules: rules.clone(),
        ..policy(true)
    }
}

fn cancel(
    order: &Order,
    selection: Selection,
    rules: &CancellationRules,
) -> Result<Transition, CancellationRefusal> {
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, &ruled(rules), at(60))
}

fn fees(order: &Order) -> Result<Money, MoneyError> {
    Money::sum(
        order.currency(),
        order.credit_memos.iter().filter_map(|memo| memo.fee),
    )
}
