//! Open invoices: the money arrives, or the invoice is withdrawn (`docs/contract.md` section 6.6).

use countermand_domain::OrderState::{
    Canceled, Closed, Complete, Holded, New, PaymentReview, PendingPayment, Processing,
};
use countermand_domain::{
    DocumentRefusal, InvoiceRequest, InvoiceState, OpenInvoiceRequest, Order, OrderState, PaymentKind,
    PaymentTransaction, TransactionKind, Transition,
};

use super::{canceled, credited, invoiced, order_of, refunds, shipped, texts, units, usd, whole};
use crate::shop::{at, staff};

/// `order` with an open invoice for `lines`.
fn billed(order: &Order, lines: &[(i32, i64)]) -> Order {
    let request = InvoiceRequest {
        lines: whole(lines),
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let billed = order.invoice(&request, &staff(), at(1));
    billed.expect("it can be invoiced").after
}

fn one(number: &str) -> OpenInvoiceRequest {
    OpenInvoiceRequest {
        number: Some(number.into()),
        reference: Some("tx-7".into()),
    }
}

fn paid(order: &Order, request: &OpenInvoiceRequest) -> Result<Transition, DocumentRefusal> {
    order.pay_invoice(request, &staff(), at(2))
}

fn withdrawn(order: &Order, request: &OpenInvoiceRequest) -> Result<Transition, DocumentRefusal> {
    order.cancel_invoice(request, &staff(), at(2))
}

#[test]
fn a_paid_invoice_is_refunded_with_the_rest() {
    let order = billed(&invoiced(&order_of(&[1, 1]), &[(1, 1)]), &[(2, 1)]);
    let number = order.invoices[1].number.clone();
    let change = paid(&order, &one(&number)).expect("it is open");
    let after = change.after;
    assert_eq!((after.totals.paid, after.state), (Some(usd(3000)), Processing));
    assert_eq!(after.invoices[1].state, InvoiceState::Paid);
    let capture = after.payment.transactions.last().expect("a capture");
    assert_eq!(
        (capture.amount, capture.reference.as_deref()),
        (usd(1000), Some("tx-7"))
    );
    assert_eq!(
        texts(&after),
        [format!("We received $10.00 for invoice {number}.")]
    );
    assert_eq!(
        change.event.data.note(),
        format!("invoice {number} paid, $10.00, reference tx-7")
    );
    assert!(change.effects.is_empty());
    let end = canceled(&after);
    assert_eq!((end.state, refunds(&end)), (Closed, vec![3000]));
}

#[test]
fn a_withdrawn_invoice_bills_nothing() {
    let order = billed(&invoiced(&order_of(&[1, 1]), &[(1, 1)]), &[(2, 1)]);
    let number = order.invoices[1].number.clone();
    let change = withdrawn(&order, &OpenInvoiceRequest::default()).expect("one is open");
    let after = change.after;
    assert_eq!(after.totals.invoiced, usd(2000));
    assert_eq!(units(&after), [[1, 1, 0, 0], [1, 0, 0, 0]]);
    assert_eq!(after.invoices[1].state, InvoiceState::Canceled);
    assert_eq!(texts(&after), [format!("We canceled invoice {number}.")]);
    let end = canceled(&after);
    assert_eq!((end.state, refunds(&end)), (Canceled, vec![2000]));
    let again = invoiced(&after, &[]);
    assert_ne!(again.invoices[2].number, number, "a number is used once");
    assert_eq!(again.invoices[2].grand_total, usd(1000));
}

#[test]
fn the_shipping_of_a_withdrawn_invoice_is_billed_by_the_next_one() {
    let order = billed(&order_of(&[1, 1]), &[(1, 1)]);
    let after = withdrawn(&order, &OpenInvoiceRequest::default())
        .expect("one is open")
        .after;
    assert_eq!(invoiced(&after, &[(2, 1)]).invoices[1].grand_total, usd(2000));
}

#[test]
fn money_that_a_withdrawn_invoice_had_got_comes_back_with_the_cancellation() {
    let mut order = billed(&order_of(&[1]), &[]);
    let part = paid(&billed(&order_of(&[1]), &[]), &OpenInvoiceRequest::default()).expect("it is open");
    order.totals.paid = Some(usd(400));
    order.payment = part.after.payment;
    order.payment.transactions[0].amount = usd(400);
    let rest = paid(&order, &OpenInvoiceRequest::default())
        .expect("it is open")
        .after;
    assert_eq!(rest.totals.paid, Some(usd(1500)));
    assert_eq!(
        rest.payment.transactions[1].amount,
        usd(1100),
        "only what is missing"
    );
    let after = withdrawn(&order, &OpenInvoiceRequest::default())
        .expect("it is open")
        .after;
    assert_eq!(after.prepaid(), Ok(usd(400)));
    assert_eq!(refunds(&canceled(&after)), [400]);
}

#[test]
fn only_open_invoices_are_paid_or_withdrawn() {
    let order = invoiced(&order_of(&[1, 1]), &[(1, 1)]);
    let number = order.invoices[0].number.clone();
    for settle in [paid, withdrawn] {
        let none = settle(&order, &OpenInvoiceRequest::default());
        assert_eq!(none.err(), Some(DocumentRefusal::NoOpenInvoice));
        let settled = settle(&order, &one(&number));
        assert_eq!(
            settled.err(),
            Some(DocumentRefusal::NotAnOpenInvoice(number.clone()))
        );
    }
}

/// `order` on hold.
fn held(order: &Order) -> Order {
    order.hold(&staff(), at(2)).expect("it can be held").after
}

fn released(order: &Order) -> Order {
    order.unhold(&staff(), at(3)).expect("it is on hold").after
}

#[test]
fn money_that_arrives_during_a_hold_is_recorded_and_the_hold_stays() {
    let order = held(&billed(&order_of(&[1, 1]), &[]));
    let after = paid(&order, &OpenInvoiceRequest::default());
    let after = after.expect("money arrived").after;
    assert_eq!((after.state, after.totals.paid), (Holded, Some(usd(3000))));
    let free = released(&after);
    assert_eq!((free.state, free.status.as_str()), (Processing, "processing"));
    assert_eq!(refunds(&canceled(&free)), [3000]);

    // Nothing is left to do once the money has arrived.
    let mut done = shipped(&billed(&order_of(&[1]), &[]), &[]);
    done.state = Holded;
    done.held_from = Some((New, "pending".into()));
    let after = paid(&done, &OpenInvoiceRequest::default())
        .expect("money arrived")
        .after;
    assert_eq!(after.state, Holded);
    let free = released(&after);
    assert_eq!((free.state, free.status.as_str()), (Complete, "complete"));
}

#[test]
fn money_that_arrives_during_a_payment_review_is_recorded_and_the_review_stays() {
    let mut order = billed(&order_of(&[1]), &[]);
    order.state = PaymentReview;
    order.status = "fraud".into();
    let after = paid(&order, &OpenInvoiceRequest::default())
        .expect("money arrived")
        .after;
    assert_eq!((after.state, after.status.as_str()), (PaymentReview, "fraud"));
    assert_eq!(after.totals.paid, Some(usd(1500)));
    let refused = withdrawn(&order, &OpenInvoiceRequest::default());
    assert_eq!(refused.err(), Some(DocumentRefusal::NotWithdrawn(PaymentReview)));

    let mut order = held(&billed(&order_of(&[1]), &[]));
    order.held_from = Some((PaymentReview, "fraud".into()));
    let after = paid(&order, &OpenInvoiceRequest::default())
        .expect("money arrived")
        .after;
    let free = released(&after);
    assert_eq!((free.state, free.status.as_str()), (PaymentReview, "fraud"));
}

#[test]
fn the_refusal_of_a_settled_invoice_names_what_was_asked() {
    let order = held(&billed(&order_of(&[1]), &[]));
    let refused = withdrawn(&order, &OpenInvoiceRequest::default()).err();
    assert_eq!(
        refused.map(|it| it.to_string()).as_deref(),
        Some("no invoice of an order in state `holded` can be withdrawn")
    );
    let refused = paid(&canceled(&order_of(&[1])), &OpenInvoiceRequest::default()).err();
    assert_eq!(
        refused.map(|it| it.to_string()).as_deref(),
        Some("no invoice of an order in state `canceled` can be paid")
    );
}

#[test]
fn an_order_whose_only_invoice_is_withdrawn_returns_to_where_it_was_placed() {
    for (kind, placed, status) in [
        (PaymentKind::Offline, New, "pending"),
        (PaymentKind::Online, PendingPayment, "pending_payment"),
    ] {
        let mut basket = super::basket_of(&[1, 1]);
        basket.kind = kind;
        let mut order = basket.order();
        (order.state, order.status) = (placed, status.into());
        let both = billed(&billed(&order, &[(1, 1)]), &[(2, 1)]);
        assert_eq!(both.state, Processing);
        let first = OpenInvoiceRequest {
            number: Some(both.invoices[0].number.clone()),
            reference: None,
        };
        let one_left = withdrawn(&both, &first).expect("it is open").after;
        assert_eq!(one_left.state, Processing);
        let none_left = withdrawn(&one_left, &OpenInvoiceRequest::default()).expect("one is open");
        let after = none_left.after;
        assert_eq!((after.state, after.status.as_str()), (placed, status));
        assert_eq!(canceled(&after).state, Canceled);

        let mut authorized = both.clone();
        authorized.payment.transactions.push(PaymentTransaction {
            kind: TransactionKind::Authorization,
            tender: 0,
            amount: usd(3000),
            charged: None,
            used: usd(0),
            owed: usd(0),
            abandoned: usd(0),
            outside: usd(0),
            reference: None,
            created_at: at(0),
        });
        let mut part_paid = both.clone();
        part_paid.totals.paid = Some(usd(1));
        for order in [authorized, part_paid, shipped(&both, &[(1, 1)])] {
            let after = withdrawn(&order, &OpenInvoiceRequest::default()).expect("they are open");
            assert_eq!(after.after.state, Processing);
        }
    }
}

#[test]
fn an_invoice_of_which_a_part_was_refunded_is_not_withdrawn() {
    // An imported order has one invoice for everything, and may be paid in part.
    let mut order = credited(&invoiced(&order_of(&[2]), &[]), &[(1, 1)], false, 0);
    order.totals.paid = Some(usd(2000));
    order.invoices[0].state = InvoiceState::Open;
    let refused = withdrawn(&order, &OpenInvoiceRequest::default());
    assert_eq!(refused.err(), Some(DocumentRefusal::InvoiceIsRefunded));
    let after = paid(&order, &OpenInvoiceRequest::default())
        .expect("it is open")
        .after;
    assert_eq!(after.totals.paid, Some(usd(3000)));
}

#[test]
fn a_shipped_order_with_a_withdrawn_invoice_is_in_processing() {
    let order = shipped(&billed(&order_of(&[1]), &[]), &[]);
    let after = withdrawn(&order, &OpenInvoiceRequest::default())
        .expect("it is open")
        .after;
    assert_eq!(after.state, Processing);
}

#[test]
fn an_invoice_that_asks_for_no_money_is_paid() {
    let mut basket = super::basket_of(&[1]);
    basket.credits = usd(1500);
    let order = billed(&basket.order(), &[]);
    assert_eq!(order.invoices[0].state, InvoiceState::Paid);
    assert_eq!(order.open_invoices().count(), 0);
}

#[test]
fn money_that_arrived_elsewhere_pays_the_open_invoices_that_it_covers_whole() {
    let first = billed(&order_of(&[1, 1]), &[(1, 1)]);
    let order = billed(&first, &[(2, 1)]);
    let totals: Vec<_> = order.open_invoices().map(|it| it.grand_total).collect();
    assert_eq!(totals, [usd(2000), usd(1000)]);
    let paid = |order: &Order, there: i64| {
        let change = order.pay_covered_invoices(usd(there), Some("tx-7"), &staff(), at(2));
        change.expect("one currency").map(|it| it.after)
    };
    for (there, states, booked) in [
        (0, None, 0),
        (999, None, 0),
        (1000, Some([InvoiceState::Open, InvoiceState::Paid]), 1000),
        (2000, Some([InvoiceState::Paid, InvoiceState::Open]), 2000),
        (2999, Some([InvoiceState::Paid, InvoiceState::Open]), 2000),
        (3000, Some([InvoiceState::Paid, InvoiceState::Paid]), 3000),
        (3500, Some([InvoiceState::Paid, InvoiceState::Paid]), 3000),
    ] {
        let after = paid(&order, there);
        let kept = after
            .as_ref()
            .map(|it| [it.invoices[0].state, it.invoices[1].state]);
        assert_eq!(kept, states, "{there}");
        let captured = after.as_ref().and_then(|it| it.totals.paid);
        assert_eq!(captured, states.map(|_| usd(booked)), "{there}");
    }
    let half = paid(&order, 2000).expect("one is covered");
    assert!(paid(&half, 2000).is_none(), "known money pays no second invoice");
    assert_eq!(paid(&half, 3000).and_then(|it| it.totals.paid), Some(usd(3000)));
    let canceled = super::canceled(&order_of(&[1]));
    assert!(paid(&canceled, 1500).is_none());
}

#[test]
fn an_order_on_hold_is_paid_and_ends_its_hold_where_it_would_be_without_it() {
    let order = billed(&order_of(&[1]), &[]);
    let mut imported = order.hold(&staff(), at(2)).expect("it can be held").after;
    imported.held_from = Some((OrderState::New, "pending".into()));
    let held = order.hold(&staff(), at(2)).expect("it can be held").after;
    for (held, status) in [(&held, &order.status), (&imported, &"processing".to_owned())] {
        let paid = held.pay_covered_invoices(usd(1500), None, &staff(), at(3));
        let paid = paid.expect("one currency").expect("it is covered").after;
        assert_eq!((paid.state, paid.status.as_str()), (OrderState::Holded, "holded"));
        let after = paid.unhold(&staff(), at(4)).expect("it is on hold").after;
        assert_eq!((after.state, &after.status), (Processing, status));
        let end = canceled(&after);
        assert_eq!((end.state, refunds(&end)), (Closed, vec![1500]));
    }
}

#[test]
fn money_of_a_withdrawn_invoice_pays_the_others_that_it_covers() {
    let first = billed(&order_of(&[1, 1, 1]), &[(1, 1)]);
    let mut order = billed(&billed(&first, &[(2, 1)]), &[(3, 1)]);
    let totals: Vec<_> = order.open_invoices().map(|it| it.grand_total).collect();
    assert_eq!(totals, [usd(2500), usd(1000), usd(1000)]);
    for (paid, states) in [
        (999, [InvoiceState::Open, InvoiceState::Open]),
        (1999, [InvoiceState::Paid, InvoiceState::Open]),
        (2499, [InvoiceState::Paid, InvoiceState::Paid]),
    ] {
        order.totals.paid = Some(usd(paid));
        let after = withdrawn(&order, &one(&order.invoices[0].number))
            .expect("it is open")
            .after;
        let kept = [after.invoices[1].state, after.invoices[2].state];
        assert_eq!((kept, after.totals.paid), (states, Some(usd(paid))));
    }
}
