//! The sales documents add up to the order, and the order adds up to its items.

use countermand_domain::{
    ChargeShare, CreditMemo, CreditMemoRequest, EventKind, Invoice, InvoiceState, ItemPosition, Money,
    MoneyError, Order, OrderItem, OrderState, Quantity, RefundOrder, RowMoney,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_lines_of_all_documents_add_up_to_the_items(story in stories()) {
        for order in story.told() {
            for item in &order.items {
                let invoiced = on_invoices(&order, item.position)?;
                prop_assert_eq!(invoiced, (item.quantities.invoiced, item.invoiced));
                prop_assert_eq!(on_shipments(&order, item.position), item.quantities.shipped);
                let (quantity, money) = on_credit_memos(&order, item)?;
                prop_assert_eq!((quantity, money), (item.quantities.refunded, item.refunded));
            }
            let invoices = order.invoices.iter().filter(|invoice| invoice.counts());
            let invoices = invoices.map(|invoice| invoice.shipping);
            prop_assert_eq!(RowMoney::sum(order.currency(), invoices)?, order.shipping.invoiced);
            let memos = order.credit_memos.iter().map(|memo| memo.shipping);
            prop_assert_eq!(RowMoney::sum(order.currency(), memos)?, order.shipping.refunded);
        }
    }

    #[test]
    fn the_totals_of_all_documents_add_up_to_the_orders(story in stories()) {
        for order in story.told() {
            let sum = |amounts: Vec<Money>| Money::sum(order.currency(), amounts);
            let totals = order.totals;
            let billed = |invoice: &Invoice| invoice.grand_total;
            let counting = order.invoices.iter().filter(|invoice| invoice.counts());
            prop_assert_eq!(sum(counting.map(billed).collect())?, totals.invoiced);
            let paid = order.invoices.iter().filter(|invoice| invoice.state == InvoiceState::Paid);
            prop_assert_eq!(
                sum(paid.map(billed).collect())?,
                totals.paid.unwrap_or(Money::zero(order.currency()))
            );
            let refunds = order.credit_memos.iter().map(|memo| memo.grand_total);
            prop_assert_eq!(sum(refunds.collect())?, totals.refunded);
        }
    }

    #[test]
    fn every_credit_memo_adds_up_and_gives_back_only_credits_that_were_used(story in stories()) {
        for order in story.told() {
            let mut used = Money::zero(order.currency());
            for invoice in order.invoices.iter().filter(|invoice| invoice.counts()) {
                let value = value_of_invoice(&order, invoice)?;
                prop_assert!(invoice.grand_total.minor() <= value.minor());
                used = used.checked_add(value.checked_sub(invoice.grand_total)?)?;
            }
            let mut given_back = Money::zero(order.currency());
            for memo in &order.credit_memos {
                let value = value_of_memo(&order, memo)?.checked_add(memo.adjustment)?;
                prop_assert_eq!(memo.grand_total.checked_add(memo.credits)?, value);
                given_back = given_back.checked_add(memo.credits)?;
            }
            prop_assert!(used.minor() <= order.totals.credits.minor());
            prop_assert!(given_back.minor() <= used.minor(), "{given_back} of {used}");
        }
    }

    #[test]
    fn a_document_closes_an_order_exactly_when_no_money_of_it_is_left(story in stories()) {
        let mut before = story.draft.order();
        for change in story.changes() {
            let was_over = before.state.is_over();
            before = change.after.clone();
            let order = &change.after;
            let left = order.remaining()?;
            if was_over {
                // A credit memo gives back what was left, and the order stays as it ended.
                prop_assert!(order.state.is_over());
                continue;
            }
            let is_document = matches!(change.event.data.kind(), EventKind::Invoiced | EventKind::Shipped | EventKind::CreditMemoCreated);
            if !is_document || left.has_work() || left.unpaid.is_positive() {
                continue;
            }
            if order.state == OrderState::Closed {
                prop_assert_eq!((left.refundable.minor(), left.credits.minor()), (0, 0));
                continue;
            }
            prop_assert_eq!(order.state, OrderState::Complete);
            if left.refundable.is_positive() {
                let rest = CreditMemoRequest { lines: Some(vec![]), refund_shipping: false, adjustment: left.refundable, refund_order: RefundOrder::default() };
                let credited = order.credit(&rest, &staff(), at(60));
                let credited = credited.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
                prop_assert_eq!(credited.refundable()?.minor(), 0);
            }
        }
    }

    #[test]
    fn what_was_ordered_is_invoiced_canceled_or_open(story in stories()) {
        for order in story.told() {
            for item in order.counting_items() {
                let open = item.ordered.checked_sub(item.invoiced)?.checked_sub(item.canceled)?;
                prop_assert!(open.is_non_negative(), "{open:?}");
                let closed = !item.quantities.to_invoice().is_positive();
                prop_assert!(!closed || open.is_zero(), "{open:?}");
                prop_assert!(item.invoiced.checked_sub(item.refunded)?.is_non_negative());
            }
            let totals = order.totals;
            let open = totals.grand_total.checked_sub(totals.invoiced)?.checked_sub(totals.canceled)?;
            prop_assert!(open.minor() >= 0);
            let closed = !order.items.iter().any(|item| item.quantities.to_invoice().is_positive());
            prop_assert!(!closed || open.is_zero(), "{open}");
        }
    }

    #[test]
    fn no_unit_is_both_canceled_and_invoiced_or_shipped(story in stories()) {
        for order in story.told() {
            for quantities in order.items.iter().map(|item| item.quantities) {
                let taken = quantities.canceled.plus(quantities.shipped.max(quantities.invoiced));
                prop_assert!(taken <= quantities.ordered, "{quantities:?}");
                prop_assert!(quantities.refunded <= quantities.invoiced, "{quantities:?}");
            }
        }
    }

    #[test]
    fn parts_of_a_bundle_go_with_the_bundle(story in stories()) {
        for order in story.told() {
            for parent in &order.items {
                for part in order.children(parent.position) {
                    prop_assert!(gone_with(parent, part, |it| it.quantities.to_invoice()));
                    prop_assert!(gone_with(parent, part, |it| it.quantities.to_refund()));
                    let shipped = gone_with(parent, part, |it| it.quantities.to_ship());
                    prop_assert!(part.is_virtual || shipped, "{:?} {:?}", parent.quantities, part.quantities);
                }
            }
        }
    }

    #[test]
    fn an_item_whose_price_does_not_count_has_no_money_of_its_own(story in stories()) {
        for order in story.told() {
            for item in order.items.iter().filter(|item| !item.counts) {
                for money in [item.invoiced, item.refunded, item.canceled] {
                    prop_assert!(money.is_zero(), "{money:?}");
                }
            }
        }
    }
}

/// Whether no quantity of the part is left once no quantity of the whole is left.
fn gone_with(parent: &OrderItem, part: &OrderItem, left: impl Fn(&OrderItem) -> Quantity) -> bool {
    left(parent).is_positive() || !left(part).is_positive()
}

fn on_invoices(order: &Order, position: ItemPosition) -> Result<(Quantity, RowMoney), MoneyError> {
    let invoices = order.invoices.iter().filter(|invoice| invoice.counts());
    let lines = invoices.flat_map(|invoice| &invoice.lines);
    let lines: Vec<_> = lines.filter(|line| line.item == position).collect();
    let quantity = lines
        .iter()
        .fold(Quantity::ZERO, |sum, line| sum.plus(line.quantity));
    let money = RowMoney::sum(order.currency(), lines.iter().map(|line| line.money))?;
    Ok((quantity, money))
}

fn on_credit_memos(order: &Order, item: &OrderItem) -> Result<(Quantity, RowMoney), MoneyError> {
    let lines = order.credit_memos.iter().flat_map(|memo| &memo.lines);
    let lines: Vec<_> = lines.filter(|line| line.item == item.position).collect();
    let quantity = lines
        .iter()
        .fold(Quantity::ZERO, |sum, line| sum.plus(line.quantity));
    let money = RowMoney::sum(order.currency(), lines.iter().map(|line| line.money))?;
    Ok((quantity, money))
}

fn on_shipments(order: &Order, position: ItemPosition) -> Quantity {
    let lines = order.shipments.iter().flat_map(|shipment| &shipment.lines);
    let lines = lines.filter(|line| line.item == position);
    lines.fold(Quantity::ZERO, |sum, line| sum.plus(line.quantity))
}

fn value_of_invoice(order: &Order, invoice: &Invoice) -> Result<Money, MoneyError> {
    let lines = invoice.lines.iter().map(|line| line.money);
    value_of(order, lines, invoice.shipping, &invoice.other_charges)
}

fn value_of_memo(order: &Order, memo: &CreditMemo) -> Result<Money, MoneyError> {
    let lines = memo.lines.iter().map(|line| line.money);
    value_of(order, lines, memo.shipping, &memo.other_charges)
}

fn value_of(
    order: &Order,
    lines: impl Iterator<Item = RowMoney>,
    shipping: RowMoney,
    charges: &[ChargeShare],
) -> Result<Money, MoneyError> {
    let charges = Money::sum(order.currency(), charges.iter().map(|share| share.amount))?;
    let lines = RowMoney::sum(order.currency(), lines)?;
    lines.checked_add(shipping)?.payable()?.checked_add(charges)
}
