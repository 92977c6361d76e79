//! Money that was paid without an invoice comes back once and in full, at once or in parts.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Cancel, CreditMemoRequest, ItemPosition, Money, Order, OrderState, PaymentTransaction, Quantity,
    RefundOrder, Selection, TransactionKind,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{drafts, stories};
use crate::shop::{at, buyer_of, policy, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn canceling_gives_back_all_that_was_paid_without_an_invoice(draft in drafts(), share in 0..=1100_i64) {
        let order = prepaid(draft.order(), share);
        let Ok(at_once) = order.cancel(&request(buyer_of(&order), "Other"), &policy(true), at(1)) else {
            return Ok(());
        };
        let paid = order.totals.paid.unwrap_or(Money::zero(order.currency()));
        prop_assert_eq!(at_once.after.totals.refunded, paid);

        let mut unit_by_unit = order;
        while let Some(unit) = next_unit(&unit_by_unit) {
            let command = Cancel { selection: unit, ..request(buyer_of(&unit_by_unit), "Other") };
            let change = unit_by_unit.cancel(&command, &policy(true), at(1));
            unit_by_unit = change.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
            let broken: Vec<_> = broken_by(&unit_by_unit).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
        }
        prop_assert_eq!(unit_by_unit.totals, at_once.after.totals);
    }

    #[test]
    fn prepaid_money_comes_back_after_any_earlier_changes(story in stories(), share in 0..=1100_i64) {
        let before = prepaid(story.draft.order(), share);
        for order in story.told_of(before.clone()) {
            let broken: Vec<_> = broken_by(&order).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
            let left = order.refundable()?;
            prop_assert!(left.minor() >= order.prepaid()?.minor());
            // No invoice captures what was paid before, and was not paid back by others.
            let most = before.totals.paid.unwrap_or(order.totals.grand_total);
            let outside: i64 = order.payment.transactions.iter().map(|it| it.outside.minor()).sum();
            let most = most.minor().max(order.totals.grand_total.minor()) + outside;
            prop_assert!(order.totals.paid.is_none_or(|paid| paid.minor() <= most));
            prop_assert!(order.state != OrderState::Closed || order.prepaid()?.is_zero());
            let Ok(change) = order.cancel(&request(buyer_of(&order), "Other"), &policy(true), at(60)) else {
                continue;
            };
            let kept = kept_fees(&order);
            let left = change.after.refundable()?.minor();
            prop_assert!((0..=kept).contains(&left), "{left} left, {kept} kept");
            prop_assert_eq!(change.after.prepaid()?.minor(), 0);
        }
    }

    #[test]
    fn a_credit_memo_without_an_adjustment_leaves_the_prepaid_money(story in stories(), share in 0..=1100_i64) {
        for order in story.told_of(prepaid(story.draft.order(), share)) {
            let rows = order.items.iter().filter(|item| item.parent.is_none());
            let left = rows.map(|item| (item.position, item.quantities.to_refund()));
            if let Ok(change) = order.credit(&memo(&order, Some(left.collect())), &staff(), at(60)) {
                prop_assert_eq!(change.after.prepaid()?, order.prepaid()?);
            }
        }
    }

    #[test]
    fn a_credit_memo_of_all_that_is_left_leaves_what_an_invoice_can_take(story in stories(), share in 0..=1100_i64) {
        for order in story.told_of(prepaid(story.draft.order(), share)) {
            let Ok(change) = order.credit(&memo(&order, None), &staff(), at(60)) else { continue };
            let totals = order.totals;
            let to_bill = totals.grand_total.checked_sub(totals.invoiced)?.checked_sub(totals.canceled)?;
            let takes = if order.state.is_over() { 0 } else { to_bill.minor() };
            prop_assert_eq!(change.after.prepaid()?.minor(), order.prepaid()?.minor().min(takes));
            let broken: Vec<_> = broken_by(&change.after).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
        }
    }
}

/// `order` with a share of its grand total, in per mille, paid without an invoice; of a free order, a small amount.
fn prepaid(mut order: Order, share: i64) -> Order {
    let amount = Money::new(
        order.totals.grand_total.minor().max(100) * share / 1000,
        order.currency(),
    );
    if amount.is_positive() {
        order.totals.paid = Some(amount);
        order.payment.transactions.push(PaymentTransaction {
            kind: TransactionKind::Capture,
            tender: 0,
            amount,
            charged: None,
            used: Money::zero(order.currency()),
            owed: Money::zero(order.currency()),
            abandoned: Money::zero(order.currency()),
            outside: Money::zero(order.currency()),
            reference: None,
            created_at: at(0),
        });
    }
    order
}

/// A credit memo for `lines`, and for the shipping, without an adjustment.
fn memo(order: &Order, lines: Option<Vec<(ItemPosition, Quantity)>>) -> CreditMemoRequest {
    CreditMemoRequest {
        lines,
        refund_shipping: true,
        adjustment: Money::zero(order.currency()),
        refund_order: RefundOrder::default(),
    }
}

/// The fees that credit memos kept and later ones did not give back, in minor units.
fn kept_fees(order: &Order) -> i64 {
    order.credit_memos.iter().fold(0, |kept, memo| {
        let adjustment = memo.adjustment.minor() - memo.prepaid.minor();
        (kept - adjustment).max(0)
    })
}

/// One unit, or the rest, of the first top-level item that has something left.
fn next_unit(order: &Order) -> Option<Selection> {
    let mut items = order.items.iter().filter(|item| item.parent.is_none());
    let item = items.find(|item| order.to_give_up(item).is_positive())?;
    let unit = order.to_give_up(item).min(Quantity::whole(1));
    Some(Selection::Items(vec![(item.position, unit)]))
}
