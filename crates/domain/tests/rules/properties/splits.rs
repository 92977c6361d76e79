//! The parts of a split amount always add up to the amount.

use countermand_domain::{
    Cancel, CreditMemoRequest, DocumentRefusal, InvoiceRequest, ItemPosition, ItemQuantities, Money,
    MoneyError, Order, OrderItem, OtherCharge, Quantity, RefundOrder, RowMoney, Selection,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{drafts, quantities, row_moneys};
use crate::shop::{at, buyer_of, policy, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn shares_of_what_is_left_add_up_and_none_is_negative(
        row in row_moneys(),
        whole in quantities(),
        cuts in vec(1..=1000_i64, 0..6),
    ) {
        let (mut left, mut units) = (row, whole);
        for cut in cuts {
            let part = Quantity::from_scaled(units.scaled() * cut / 1000);
            if !part.is_positive() {
                continue;
            }
            let share = left.share(part, units)?;
            (left, units) = (left.checked_sub(share)?, units.minus(part));
            for it in [share, left] {
                prop_assert!(it.is_non_negative(), "{it:?}");
                prop_assert!(it.payable()?.minor() >= 0, "{it:?}");
            }
        }
        prop_assert!(units.is_positive() || left.is_zero(), "{left:?}");
    }

    #[test]
    fn each_part_of_a_share_is_within_one_minor_unit_of_the_exact_part(row in row_moneys(), whole in quantities(), cut in 1..=1000_i64) {
        let part = Quantity::from_scaled((whole.scaled() * cut / 1000).max(1));
        let share = row.share(part, whole)?;
        let (money, taken) = (row.payable()?, share.payable()?);
        for (money, share) in [(row.net, share.net), (row.tax, share.tax), (row.discount, share.discount), (money, taken)] {
            let exact = i128::from(money.minor()) * i128::from(part.scaled()) / i128::from(whole.scaled());
            let off = (i128::from(share.minor()) - exact).abs();
            prop_assert!(off <= 1, "{share} of {money} is {off} off");
        }
    }

    #[test]
    fn equal_units_are_invoiced_refunded_and_canceled_equally(draft in drafts(), invoiced_first in 0..=4_i64) {
        let mut order = draft.order();
        let mut prices: Vec<(ItemPosition, i64)> = Vec::new();
        for _ in 0..invoiced_first {
            let Some(line) = next_unit(&order, ItemQuantities::to_invoice) else { break };
            let request = InvoiceRequest { lines: vec![line], ..InvoiceRequest::default() };
            let Ok(change) = order.invoice(&request, &staff(), at(1)) else { break };
            note_price((&order, &change.after), line, Part::INVOICED, &mut prices)?;
            order = change.after;
        }
        let mut back = order.clone();
        while let Some(line) = next_unit(&back, ItemQuantities::to_refund) {
            let memo = CreditMemoRequest {
                lines: Some(vec![line]),
                refund_shipping: false,
                adjustment: Money::zero(back.currency()),
                refund_order: RefundOrder::default(),
            };
            let Ok(change) = back.credit(&memo, &staff(), at(2)) else { break };
            note_price((&back, &change.after), line, Part::REFUNDED, &mut prices)?;
            back = change.after;
        }
        while let Some(line) = next_unit(&order, ItemQuantities::to_cancel) {
            let command = Cancel { selection: Selection::Items(vec![line]), ..request(buyer_of(&order), "Other") };
            let Ok(change) = order.cancel(&command, &policy(true), at(3)) else { break };
            note_price((&order, &change.after), line, Part::CANCELED, &mut prices)?;
            order = change.after;
        }
        for (item, price) in &prices {
            let others = prices.iter().filter(|it| it.0 == *item);
            for (_, other) in others {
                prop_assert!((price - other).abs() <= 1, "{price} and {other} for a unit of item {item}");
            }
        }
    }

    #[test]
    fn invoices_unit_by_unit_add_up_to_one_invoice(draft in drafts()) {
        let order = draft.order();
        let Ok(at_once) = order.invoice(&InvoiceRequest::default(), &staff(), at(1)) else { return Ok(()) };
        let mut bit_by_bit = order;
        while let Some(line) = next_unit(&bit_by_bit, ItemQuantities::to_invoice) {
            let request = InvoiceRequest { lines: vec![line], ..InvoiceRequest::default() };
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
            refund_order: RefundOrder::default(),
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

/// A part of the money of items and charges.
#[derive(Clone, Copy)]
struct Part {
    of_item: fn(&OrderItem) -> RowMoney,
    of_charge: fn(&OtherCharge) -> Money,
}

impl Part {
    const INVOICED: Self = Self {
        of_item: |item| item.invoiced,
        of_charge: |charge| charge.invoiced,
    };
    const REFUNDED: Self = Self {
        of_item: |item| item.refunded,
        of_charge: |charge| charge.refunded,
    };
    const CANCELED: Self = Self {
        of_item: |item| item.canceled,
        of_charge: |charge| charge.canceled,
    };

    /// This part of the item at `position`, of its parts and of the charges on them.
    fn of_family(self, order: &Order, position: ItemPosition) -> Result<Money, MoneyError> {
        let family = |item: &&OrderItem| item.parent.unwrap_or(item.position) == position;
        let items: Vec<_> = order.items.iter().filter(family).collect();
        let on_family = |charge: &&OtherCharge| items.iter().any(|it| charge.item == Some(it.position));
        let charges = order.other_charges.iter().filter(on_family).map(self.of_charge);
        let rows = items.iter().map(|item| (self.of_item)(item));
        RowMoney::sum(order.currency(), rows)?
            .payable()?
            .checked_add(Money::sum(order.currency(), charges)?)
    }
}

/// Notes what one whole unit of an item cost in a step, with the charges on it; parts of units have prices of their
/// own, and so have bundles whose parts do not divide into whole shares.
fn note_price(
    (before, after): (&Order, &Order),
    (position, quantity): (ItemPosition, Quantity),
    part: Part,
    prices: &mut Vec<(ItemPosition, i64)>,
) -> Result<(), TestCaseError> {
    let ordered = |item: &OrderItem| item.quantities.ordered.scaled();
    let whole = before.item(position).map_or(1, ordered);
    let divides = |item: &OrderItem| ordered(item) % whole == 0;
    let is_whole = quantity == Quantity::whole(1) && whole % quantity.scaled() == 0;
    if is_whole && before.children(position).filter(|item| item.counts).all(divides) {
        let price = part
            .of_family(after, position)?
            .checked_sub(part.of_family(before, position)?)?;
        prices.push((position, price.minor()));
    }
    Ok(())
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
    prop_assert_eq!(&one.other_charges, &other.other_charges);
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
