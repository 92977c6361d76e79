//! Other charges are billed and paid back to the minor unit after any earlier changes.

use countermand_domain::{CreditMemoRequest, InvoiceRequest, Money, Order, Quantity, RefundOrder};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, buyer_of, policy, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn refunding_what_is_left_gives_back_every_charge_and_all_money(story in stories()) {
        for order in story.told() {
            let Some(refunded) = refunded(&order) else { continue };
            for charge in &refunded.other_charges {
                prop_assert_eq!(charge.left_to_refund()?.minor(), 0, "{:?}", charge);
            }
            let kept: i64 = order.credit_memos.iter().map(|memo| memo.adjustment.minor().min(0).abs()).sum();
            let left = refunded.refundable()?.minor();
            prop_assert!((0..=kept).contains(&left), "{left} left, {kept} kept");
        }
    }

    #[test]
    fn the_parts_of_a_charge_on_the_documents_add_up_to_the_charge(story in stories()) {
        for order in story.told() {
            for (index, charge) in order.other_charges.iter().enumerate() {
                let billed = order.invoices.iter().filter(|it| it.counts());
                let billed = billed.flat_map(|it| &it.other_charges);
                let credited = order.credit_memos.iter().flat_map(|it| &it.other_charges);
                let sum = |shares: Vec<_>| Money::sum(order.currency(), shares);
                let billed = billed.filter(|it| it.charge == index).map(|it| it.amount).collect();
                prop_assert_eq!(sum(billed)?, charge.invoiced);
                let credited = credited.filter(|it| it.charge == index).map(|it| it.amount).collect();
                prop_assert_eq!(sum(credited)?, charge.refunded);
            }
        }
    }

    #[test]
    fn canceling_the_rest_leaves_no_charge_open(story in stories()) {
        for order in story.told() {
            let Ok(change) = order.cancel(&request(buyer_of(&order), "Other"), &policy(true), at(60)) else { continue };
            let facts = change.cancellation().cloned();
            let sums = |order: &Order| {
                let charges = order.other_charges.iter();
                charges.fold((0, 0), |(canceled, refunded), it| {
                    (canceled + it.canceled.minor(), refunded + it.refunded.minor())
                })
            };
            let (before, after) = (sums(&order), sums(&change.after));
            let said = facts.map(|it| (it.charges_canceled.minor(), it.charges_refunded.minor()));
            prop_assert_eq!(said, Some((after.0 - before.0, after.1 - before.1)));
            for charge in &change.after.other_charges {
                prop_assert!(charge.left_to_invoice()?.is_zero() && charge.left_to_refund()?.is_zero());
            }
        }
    }
}

/// The order with everything invoiced and then refunded; none where a step is refused, or where units are not billed
/// because they were canceled together with all that was left.
fn refunded(order: &Order) -> Option<Order> {
    let mut order = order.clone();
    let is_open = |order: &Order| {
        let mut units = order.counting_items().map(|item| item.quantities.to_invoice());
        units.any(Quantity::is_positive)
    };
    if is_open(&order) {
        order = order
            .invoice(&InvoiceRequest::default(), &staff(), at(60))
            .ok()?
            .after;
    }
    let memo = CreditMemoRequest {
        lines: None,
        refund_shipping: true,
        adjustment: Money::zero(order.currency()),
        refund_order: RefundOrder::default(),
    };
    Some(order.credit(&memo, &staff(), at(61)).ok()?.after)
}
