//! Documents add up in the base currency too, in every sequence.

use countermand_domain::{
    CreditMemoRequest, InvoiceRequest, ItemQuantities, Money, Order, Quantity, RefundOrder,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{drafts, stories};
use crate::shop::{at, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_base_amounts_of_documents_are_never_negative_and_within_the_base_total(story in stories()) {
        for order in story.told() {
            let whole = order.totals.base_grand_total.minor();
            for amounts in [of_invoices(&order)?, of_credit_memos(&order)?] {
                prop_assert!(amounts.iter().all(|amount| *amount >= 0), "{amounts:?}");
                prop_assert!(amounts.iter().sum::<i64>() <= whole, "{amounts:?} of {whole}");
            }
        }
    }

    #[test]
    fn documents_unit_by_unit_come_to_the_base_total(draft in drafts()) {
        let mut order = draft.order();
        while let Some(line) = next_unit(&order, ItemQuantities::to_invoice) {
            let request = InvoiceRequest { lines: vec![line], ..InvoiceRequest::default() };
            let Ok(change) = order.invoice(&request, &staff(), at(1)) else { return Ok(()) };
            order = change.after;
        }
        let whole = order.totals.base_grand_total.minor();
        prop_assert_eq!(of_invoices(&order)?.iter().sum::<i64>(), whole);
        while let Some(line) = next_unit(&order, ItemQuantities::to_refund) {
            let memo = CreditMemoRequest {
                lines: Some(vec![line]),
                refund_shipping: true,
                adjustment: Money::zero(order.currency()),
                refund_order: RefundOrder::default(),
            };
            let Ok(change) = order.credit(&memo, &staff(), at(2)) else { return Ok(()) };
            order = change.after;
        }
        prop_assert_eq!(of_credit_memos(&order)?.iter().sum::<i64>(), whole);
    }
}

fn of_invoices(order: &Order) -> Result<Vec<i64>, TestCaseError> {
    let invoices = order
        .invoices
        .iter()
        .enumerate()
        .filter(|(_, invoice)| invoice.counts());
    let amounts = invoices.map(|(index, _)| Ok(order.base_amount_of_invoice(index)?.minor()));
    amounts.collect()
}

fn of_credit_memos(order: &Order) -> Result<Vec<i64>, TestCaseError> {
    let amounts =
        (0..order.credit_memos.len()).map(|index| Ok(order.base_amount_of_credit_memo(index)?.minor()));
    amounts.collect()
}

/// One unit, or the rest, of the first top-level item that has a quantity left.
fn next_unit(
    order: &Order,
    left: impl Fn(ItemQuantities) -> Quantity,
) -> Option<(countermand_domain::ItemPosition, Quantity)> {
    let mut rows = order.items.iter().filter(|item| item.parent.is_none());
    let row = rows.find(|item| left(item.quantities).is_positive())?;
    Some((row.position, left(row.quantities).min(Quantity::whole(1))))
}
