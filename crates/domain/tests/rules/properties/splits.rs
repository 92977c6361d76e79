//! The parts of a split amount always add up to the amount.

use countermand_domain::{
    CreditMemoRequest, DocumentRefusal, InvoiceRequest, ItemPosition, ItemQuantities, Money, Order, Quantity,
    RowMoney,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{drafts, quantities, row_moneys};
use crate::shop::{at, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn adjoining_shares_add_up_and_none_is_negative(
        row in row_moneys(),
        whole in quantities(),
        cuts in vec(0..=1000_i64, 0..6),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| Quantity::from_scaled(whole.scaled() * cut / 1000)).collect();
        cuts.extend([Quantity::ZERO, whole]);
        cuts.sort();
        let mut sum = RowMoney::zero(row.net.currency());
        for pair in cuts.windows(2) {
            let share = row.share(pair[0], pair[1], whole)?;
            prop_assert!(share.is_non_negative(), "{share:?}");
            prop_assert!(share.payable()?.minor() >= 0, "{share:?}");
            sum = sum.checked_add(share)?;
        }
        prop_assert_eq!(sum, row);
    }

    #[test]
    fn a_share_is_within_two_minor_units_of_the_exact_part(row in row_moneys(), whole in quantities(), cut in 0..=1000_i64) {
        let part = Quantity::from_scaled(whole.scaled() * cut / 1000);
        let share = row.share(Quantity::ZERO, part, whole)?;
        for (money, share) in [(row.net, share.net), (row.tax, share.tax), (row.discount, share.discount)] {
            let exact = i128::from(money.minor()) * i128::from(part.scaled()) / i128::from(whole.scaled());
            let off = (i128::from(share.minor()) - exact).abs();
            prop_assert!(off <= 2, "{share} of {money} is {off} off");
        }
    }

    #[test]
    fn invoices_unit_by_unit_add_up_to_one_invoice(draft in drafts()) {
        let order = draft.order();
        let Ok(at_once) = order.invoice(&InvoiceRequest::default(), &staff(), at(1)) else { return Ok(()) };
        let mut bit_by_bit = order;
        while let Some(line) = next_unit(&bit_by_bit, ItemQuantities::to_invoice) {
            let request = InvoiceRequest { lines: vec![line], unpaid: false };
            let invoiced = bit_by_bit.invoice(&request, &staff(), at(1));
            bit_by_bit = invoiced.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
        }
        same_money(&bit_by_bit, &at_once.after)?;
    }

    #[test]
    fn credit_memos_unit_by_unit_refund_what_one_credit_memo_refunds(draft in drafts(), shipping_first: bool) {
        let Ok(paid) = draft.order().invoice(&InvoiceRequest::default(), &staff(), at(1)) else { return Ok(()) };
        let paid = paid.after;
        let memo = |lines, refund_shipping| CreditMemoRequest {
            lines,
            refund_shipping,
            adjustment: Money::zero(paid.currency()),
        };
        let fail = |it: DocumentRefusal| TestCaseError::fail(it.to_string());
        let at_once = paid.credit(&memo(None, true), &staff(), at(2)).map_err(fail)?;
        let mut bit_by_bit = paid.clone();
        while let Some(line) = next_unit(&bit_by_bit, ItemQuantities::to_refund) {
            let last = units_left(&bit_by_bit) <= Quantity::whole(1);
            let with_shipping = last || (shipping_first && bit_by_bit.credit_memos.is_empty());
            let credited = bit_by_bit.credit(&memo(Some(vec![line]), with_shipping), &staff(), at(2));
            bit_by_bit = credited.map_err(fail)?.after;
        }
        same_money(&bit_by_bit, &at_once.after)?;
    }
}

/// One unit, or the rest, of the first top-level item that has a quantity left.
fn next_unit(order: &Order, left: impl Fn(ItemQuantities) -> Quantity) -> Option<(ItemPosition, Quantity)> {
    let mut rows = order.items.iter().filter(|item| item.parent.is_none());
    let row = rows.find(|item| left(item.quantities).is_positive())?;
    Some((row.position, left(row.quantities).min(Quantity::whole(1))))
}

fn units_left(order: &Order) -> Quantity {
    let rows = order.items.iter().filter(|item| item.parent.is_none());
    rows.fold(Quantity::ZERO, |sum, item| sum.plus(item.quantities.to_refund()))
}

fn same_money(one: &Order, other: &Order) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.totals, other.totals);
    prop_assert_eq!(one.state, other.state);
    for (one, other) in one.items.iter().zip(&other.items) {
        prop_assert_eq!(one.quantities, other.quantities);
        prop_assert_eq!(one.invoiced, other.invoiced);
        prop_assert_eq!(one.refunded, other.refunded);
    }
    prop_assert_eq!(one.shipping.refunded, other.shipping.refunded);
    let credits = |order: &Order| {
        order
            .credit_memos
            .iter()
            .map(|memo| memo.credits.minor())
            .sum::<i64>()
    };
    prop_assert_eq!(credits(one), credits(other));
    Ok(())
}
