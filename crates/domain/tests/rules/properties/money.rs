//! Money is never negative, never mixed, and never refunded twice.

use countermand_domain::{Money, Order, RowMoney, TransactionKind};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::currency;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn money_is_never_negative(story in stories()) {
        for order in story.told() {
            for row in rows_of(&order) {
                prop_assert!(row.is_non_negative(), "{row:?}");
                prop_assert!(row.payable()?.minor() >= 0, "{row:?}");
            }
            for amount in amounts_of(&order) {
                prop_assert!(amount.minor() >= 0, "{amount}");
            }
        }
    }

    #[test]
    fn an_order_holds_one_currency(story in stories()) {
        for order in story.told() {
            let one = order.currency();
            for row in rows_of(&order) {
                for part in [row.net, row.tax, row.tax_compensation, row.discount] {
                    prop_assert_eq!(part.currency(), one);
                }
            }
            for amount in amounts_of(&order) {
                prop_assert_eq!(amount.currency(), one);
            }
        }
    }

    #[test]
    fn amounts_of_two_currencies_are_never_added(a in any::<i64>(), b in any::<i64>()) {
        let (yen, dinar) = (Money::new(a, currency("JPY")), Money::new(b, currency("KWD")));
        prop_assert!(yen.checked_add(dinar).is_err());
        prop_assert!(yen.checked_sub(dinar).is_err());
        prop_assert!(yen.checked_min(dinar).is_err());
        prop_assert!(RowMoney::net(yen).checked_add(RowMoney::net(dinar)).is_err());
        prop_assert!(Money::sum(currency("JPY"), [yen, dinar]).is_err());
    }

    #[test]
    fn no_more_is_refunded_than_was_paid(story in stories()) {
        for order in story.told() {
            let zero = Money::zero(order.currency());
            let paid = order.totals.paid.unwrap_or(zero);
            prop_assert!(order.totals.refunded.minor() <= paid.minor());
            prop_assert!(paid.minor() <= order.totals.invoiced.minor());
            prop_assert!(order.totals.invoiced.minor() <= order.totals.grand_total.minor());

            let mut refunded = zero;
            for transaction in &order.payment.transactions {
                prop_assert!(transaction.used.minor() <= transaction.amount.minor(), "{transaction:?}");
                if transaction.kind == TransactionKind::Capture {
                    refunded = refunded.checked_add(transaction.used)?;
                }
            }
            prop_assert_eq!(order.payment.captured(order.currency())?, paid);
            prop_assert_eq!(refunded, order.totals.refunded);
        }
    }
}

fn rows_of(order: &Order) -> Vec<RowMoney> {
    let shipping = &order.shipping;
    let mut rows = vec![
        shipping.ordered,
        shipping.invoiced,
        shipping.refunded,
        shipping.canceled,
    ];
    for item in &order.items {
        rows.extend([item.ordered, item.invoiced, item.refunded, item.canceled]);
    }
    for invoice in &order.invoices {
        rows.push(invoice.shipping);
        rows.extend(invoice.lines.iter().map(|line| line.money));
    }
    for memo in &order.credit_memos {
        rows.push(memo.shipping);
        rows.extend(memo.lines.iter().map(|line| line.money));
    }
    rows
}

fn amounts_of(order: &Order) -> Vec<Money> {
    let totals = order.totals;
    let mut amounts = vec![
        totals.grand_total,
        totals.credits,
        totals.invoiced,
        totals.refunded,
        totals.canceled,
    ];
    amounts.extend(totals.paid);
    amounts.extend(order.invoices.iter().map(|invoice| invoice.grand_total));
    let memos = order.credit_memos.iter();
    amounts.extend(memos.flat_map(|memo| [memo.grand_total, memo.credits]));
    let transactions = order.payment.transactions.iter();
    amounts.extend(transactions.flat_map(|it| [it.amount, it.used]));
    amounts
}
