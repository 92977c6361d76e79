//! Tests with orders that are history, whose parts may contradict each other, and with orders that are paid in advance.

use countermand_domain::{InvoiceState, Money};
use serde_json::json;

use super::{changed, entered, minimal, read};

#[test]
fn an_order_that_was_canceled_although_it_was_paid_enters_as_told() {
    let (order, notes) = entered(&[
        ("/state", json!("canceled")),
        ("/items/0/qty_invoiced", json!(2)),
        ("/total_invoiced", json!(15)),
        ("/total_paid", json!(15)),
    ]);
    assert_eq!(
        notes,
        ["state is canceled, although 15.00 is invoiced, 15.00 paid and 0.00 refunded"]
    );
    let quantities = order.items[0].quantities;
    assert_eq!(quantities.invoiced, quantities.ordered);
    assert_eq!(
        (order.totals.paid.map(Money::minor), order.totals.canceled.minor()),
        (Some(1500), 0)
    );
    assert!(order.invoices[0].state == InvoiceState::Paid && order.credit_memos.is_empty());
}

#[test]
fn an_order_that_was_closed_although_no_money_came_back_enters_as_told() {
    let notes_with = |refunded: i64| {
        let (order, notes) = entered(&[
            ("/state", json!("closed")),
            ("/items/0/qty_invoiced", json!(2)),
            ("/total_invoiced", json!(15)),
            ("/total_paid", json!(15)),
            ("/total_refunded", json!(refunded)),
        ]);
        assert_eq!(order.totals.refunded.minor(), refunded * 100);
        notes
    };
    assert_eq!(
        notes_with(0),
        ["state is closed, although 15.00 is invoiced, 15.00 paid and 0.00 refunded"]
    );
    for refunded in [14, 15] {
        assert!(notes_with(refunded).is_empty(), "{refunded}");
    }
}

#[test]
fn an_order_that_is_history_takes_each_quantity_as_far_as_the_others_allow() {
    for state in ["complete", "closed"] {
        let (order, notes) = entered(&[
            ("/state", json!(state)),
            ("/items/0/qty_invoiced", json!(3)),
            ("/items/0/qty_shipped", json!(1)),
            ("/items/0/qty_canceled", json!(2)),
            ("/items/0/qty_refunded", json!(4)),
            ("/total_invoiced", json!(15)),
            ("/total_paid", json!(15)),
            ("/total_refunded", json!(15)),
        ]);
        assert_eq!(
            notes,
            [
                "items[0].qty_ordered is less than the 5 canceled, invoiced or shipped (`2`)",
                "items[0].qty_refunded is more than the 2 invoiced (`4`)"
            ]
        );
        let q = order.items[0].quantities;
        let told = [q.ordered, q.invoiced, q.shipped, q.canceled, q.refunded].map(|it| it.to_string());
        assert_eq!(told, ["2", "2", "1", "0", "2"]);
    }
}

#[test]
fn an_order_that_is_history_takes_each_total_as_far_as_the_others_allow() {
    let cases = [
        (
            "/total_invoiced",
            json!(16),
            "total_invoiced is more than grand_total, 15.00 (`16.00`)",
        ),
        (
            "/total_refunded",
            json!(16),
            "total_refunded is more than total_paid, 15.00 (`16.00`)",
        ),
        (
            "/total_canceled",
            json!(1),
            "total_canceled is more than what grand_total leaves beside total_invoiced, 0.00 (`1.00`)",
        ),
        (
            "/total_invoiced",
            json!(12),
            "total_invoiced is not what the invoiced items and shipping come to, 15.00 (`12.00`)",
        ),
        (
            "/shipping_invoiced",
            json!(6),
            "shipping_invoiced is more than there is of the shipping (`6.00`)",
        ),
        (
            "/shipping_refunded",
            json!(6),
            "shipping_refunded is more than there is of the shipping (`6.00`)",
        ),
        (
            "/shipping_canceled",
            json!(6),
            "shipping_canceled is more than there is of the shipping (`6.00`)",
        ),
        (
            "/total_paid",
            json!(16),
            "total_paid is more than total_invoiced, 15.00 (`16.00`)",
        ),
    ];
    for (at, value, note) in cases {
        let mut changes = vec![
            ("/items/0/qty_invoiced", json!(2)),
            ("/total_invoiced", json!(15)),
            ("/total_paid", json!(15)),
            (at, value),
            ("/state", json!("complete")),
        ];
        let (_, notes) = entered(&changes);
        assert!(notes.iter().any(|it| it == note), "{note}: {notes:?}");
        changes.pop();
        assert!(read(&changed(minimal(), &changes)).is_err(), "{note}");
    }
}

#[test]
fn an_order_that_is_paid_without_an_invoice_enters_with_a_note() {
    for state in ["new", "processing", "complete", "closed"] {
        let (order, notes) = entered(&[("/state", json!(state)), ("/total_paid", json!(15))]);
        assert_eq!(notes, ["total_paid is more than total_invoiced, 0.00 (`15.00`)"]);
        assert_eq!(order.totals.paid.map(Money::minor), Some(1500));
        assert!(order.invoices.is_empty());
        assert_eq!(order.payment.transactions.len(), 1);
    }
}

#[test]
fn an_order_of_which_a_unit_is_shipped_is_history_in_every_state() {
    for state in ["new", "processing", "holded", "payment_review"] {
        let contradictory = |shipped: i64, ordered: i64| {
            vec![
                ("/state", json!(state)),
                ("/items/0/qty_ordered", json!(ordered)),
                ("/items/0/qty_invoiced", json!(ordered)),
                ("/items/0/qty_shipped", json!(shipped)),
                ("/total_invoiced", json!(12)),
                ("/total_paid", json!(12)),
            ]
        };
        for shipped in [1, 2] {
            let (order, notes) = entered(&contradictory(shipped, 2));
            assert_eq!(
                notes,
                ["total_invoiced is not what the invoiced items and shipping come to, 15.00 (`12.00`)"]
            );
            assert_eq!(order.shipments.len(), 1);
        }
        for (shipped, ordered) in [(0, 2), (1, 0)] {
            let refused = read(&changed(minimal(), &contradictory(shipped, ordered)));
            assert!(refused.is_err(), "{state}: {shipped} of {ordered}");
        }
    }
}

#[test]
fn a_free_order_that_was_canceled_after_its_invoice_enters_without_a_note() {
    let (order, notes) = entered(&[
        ("/state", json!("canceled")),
        ("/grand_total", json!(0)),
        ("/shipping_amount", json!(0)),
        ("/items/0/row_total", json!(0)),
        ("/items/0/qty_invoiced", json!(2)),
    ]);
    assert!(notes.is_empty(), "{notes:?}");
    let quantities = order.items[0].quantities;
    assert_eq!(quantities.invoiced, quantities.ordered);
    assert!(!quantities.refunded.is_positive() && order.credit_memos.is_empty());
}
