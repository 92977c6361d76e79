//! Orders that are paid by several tenders.

use countermand_domain::{TenderKind, TransactionKind};
use serde_json::{Value, json};

use super::{changed, entered, minimal, read};

/// The minimal order, of which a card pays ten pounds and a gift card five.
fn paid_by_two() -> Vec<(&'static str, Value)> {
    vec![
        ("/state", json!("processing")),
        ("/total_paid", json!(15)),
        ("/total_invoiced", json!(15)),
        ("/shipping_invoiced", json!(5)),
        ("/items/0/qty_invoiced", json!(2)),
        ("/items/0/row_invoiced", json!(10)),
        ("/payment/method", json!("stripe")),
        (
            "/extension_attributes",
            json!({ "tenders": [
                { "method": "stripe", "amount_paid": 10, "last_trans_id": "pi_1" },
                { "method": "giftcard", "kind": "GIFT_CARD", "title": "Gift card", "amount_paid": "5.0000",
                  "last_trans_id": "GC-7" },
            ] }),
        ),
    ]
}

fn refusal(changes: &[(&str, Value)]) -> String {
    let order = changed(changed(minimal(), &paid_by_two()), changes);
    match read(&order) {
        Ok(read) => panic!("the order is taken: {:?}", read.notes),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn each_tender_has_what_was_paid_by_it() {
    let (order, notes) = entered(&paid_by_two());
    assert!(notes.is_empty(), "{notes:?}");
    let tenders = order.payment.all_tenders();
    let tenders: Vec<_> = tenders.map(|it| (it.kind, it.method, it.title)).collect();
    let expected = [
        (TenderKind::Provider, "stripe", "stripe"),
        (TenderKind::GiftCard, "giftcard", "Gift card"),
    ];
    assert_eq!(tenders, expected);
    let transactions = order.payment.transactions.iter();
    let transactions: Vec<_> = transactions
        .map(|it| (it.kind, it.tender, it.amount.minor(), it.reference.as_deref()))
        .collect();
    let capture = TransactionKind::Capture;
    assert_eq!(
        transactions,
        [(capture, 0, 1000, Some("pi_1")), (capture, 1, 500, Some("GC-7"))]
    );
}

#[test]
fn a_card_can_be_authorized_and_a_gift_card_paid() {
    let mut changes = paid_by_two();
    changes.retain(|(pointer, _)| !pointer.contains("invoiced"));
    changes.push(("/total_paid", json!(5)));
    let tenders = json!([
        { "method": "stripe", "amount_authorized": 10, "last_trans_id": "pi_1" },
        { "method": "giftcard", "kind": "GIFT_CARD", "amount_paid": 5 },
    ]);
    changes.push(("/extension_attributes", json!({ "tenders": tenders })));
    let (order, _) = entered(&changes);
    let voids = order.payment.void_authorizations().expect("a sum");
    assert_eq!(voids.len(), 1);
    assert_eq!(order.payment.tenders[0].amount.minor(), 1000);
}

#[test]
fn a_payment_that_has_only_its_reference_reserves_nothing() {
    for (state, method, expected) in [
        ("new", "stripe", 1),
        ("canceled", "stripe", 1),
        ("new", "checkmo", 0),
    ] {
        let (order, _) = entered(&[
            ("/state", json!(state)),
            ("/payment/method", json!(method)),
            ("/payment/last_trans_id", json!("pi_1")),
        ]);
        let transactions = &order.payment.transactions;
        assert_eq!(transactions.len(), expected, "{state} {method}");
        for it in transactions {
            assert_eq!(
                (
                    it.kind,
                    it.amount.minor(),
                    it.used.minor(),
                    it.reference.as_deref()
                ),
                (TransactionKind::Authorization, 0, 0, Some("pi_1"))
            );
        }
        assert_eq!(order.payment.void_authorizations().expect("a sum").len(), 0);
    }
}

#[test]
fn tenders_that_do_not_add_up_are_refused() {
    assert_eq!(
        refusal(&[(
            "/extension_attributes/tenders",
            json!([{ "method": "stripe", "amount_paid": 10 }])
        )]),
        "extension_attributes.tenders have another sum of amount_paid than the order's total_paid, 15.00 (`10.00`)"
    );
    assert_eq!(
        refusal(&[(
            "/extension_attributes/tenders",
            json!([{ "method": "paypal", "amount_paid": 15 }])
        )]),
        "extension_attributes.tenders[0].method is not the method of the payment, stripe (`paypal`)"
    );
    assert_eq!(
        refusal(&[(
            "/extension_attributes/tenders",
            json!([{ "method": "stripe", "kind": "CARD", "amount_paid": 15 }])
        )]),
        "extension_attributes.tenders[0].kind is neither PROVIDER, GIFT_CARD, STORE_CREDIT nor OFFLINE (`CARD`)"
    );
    assert_eq!(
        refusal(&[(
            "/extension_attributes/tenders",
            json!([{ "method": "stripe", "amount_paid": 15, "amount_refunded": 16 }])
        )]),
        "extension_attributes.tenders[0].amount_refunded is more than amount_paid, 15.00 (`16.00`)"
    );
}

#[test]
fn an_order_without_tenders_is_paid_by_its_method() {
    let mut changes = paid_by_two();
    changes.retain(|(pointer, _)| *pointer != "/extension_attributes");
    let (order, _) = entered(&changes);
    assert!(order.payment.tenders.is_empty());
    assert_eq!(order.payment.transactions.len(), 1);
}
