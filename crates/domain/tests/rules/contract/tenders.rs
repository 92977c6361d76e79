//! An order that is paid by several tenders: what each pays, and what goes back by each.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Actor, Cancel, CancellationPolicy, CancellationRules, CreditMemoRequest, Effect, EventData,
    FailedReversal, FailureAudience, InvoiceRequest, Money, OpenInvoiceRequest, Order, PaymentKind,
    PaymentTender, PaymentTransaction, RefundOrder, RefundProgress, ReversalFailure, Selection,
    SettledMatter, Settlement, Tender, TenderKind, TransactionKind, Transition,
};

use super::{invoiced, order_of, usd, whole};
use crate::shop::{at, buyer_of, policy, request, staff};

fn tender(kind: TenderKind, method: &str, cents: i64) -> PaymentTender {
    PaymentTender {
        kind,
        method: method.into(),
        title: method.into(),
        amount: usd(cents),
    }
}

fn transaction(kind: TransactionKind, tender: usize, cents: i64) -> PaymentTransaction {
    PaymentTransaction {
        kind,
        tender,
        amount: usd(cents),
        charged: None,
        used: usd(0),
        owed: usd(0),
        abandoned: usd(0),
        outside: usd(0),
        reference: Some(format!("ref-{tender}")),
        created_at: at(0),
    }
}

/// Two items of $10.00 with shipping of $5.00 each, of which a card pays $20.00, a gift card $7.00 and store credit $3.00;
/// all is invoiced.
fn paid_by_three() -> Order {
    let mut order = order_of(&[1, 1]);
    order.payment.kind = PaymentKind::Online;
    order.payment.method = "stripe".into();
    order.payment.tenders = vec![
        tender(TenderKind::Provider, "stripe", 2000),
        tender(TenderKind::GiftCard, "giftcard", 700),
        tender(TenderKind::StoreCredit, "balance", 300),
    ];
    order.payment.transactions = vec![
        transaction(TransactionKind::Capture, 0, 2000),
        transaction(TransactionKind::Capture, 1, 700),
        transaction(TransactionKind::Capture, 2, 300),
    ];
    order.totals.paid = Some(usd(3000));
    let order = invoiced(&order, &[]);
    assert_kept(&order);
    order
}

fn assert_kept(order: &Order) {
    let broken: Vec<_> = broken_by(order).map(|it| it.name).collect();
    assert!(broken.is_empty(), "{broken:?}");
}

fn policy_by(refund_order: RefundOrder) -> CancellationPolicy {
    let usual = policy(true);
    CancellationPolicy {
        rules: CancellationRules {
            refund_order,
            ..usual.rules
        },
        ..usual
    }
}

/// What goes back by each tender, in minor units.
fn by_tender(change: &Transition) -> Vec<(usize, i64)> {
    let payment = &change.after.payment;
    let refunds = change.effects.iter().filter_map(|effect| match *effect {
        Effect::Refund { transaction, amount } => {
            let position = payment.tender_of(transaction).map(|it| it.position);
            position.map(|position| (position, amount.minor()))
        }
        Effect::Void { .. } | Effect::Notify(_) => None,
    });
    let mut refunds: Vec<_> = refunds.collect();
    refunds.sort_unstable();
    refunds
}

fn cancel(order: &Order, lines: Option<&[(i32, i64)]>, refund_order: RefundOrder) -> Transition {
    let selection = lines.map_or(Selection::All, |lines| Selection::Items(whole(lines)));
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    let change = order.cancel(&command, &policy_by(refund_order), at(4));
    let change = change.expect("it can be canceled");
    assert_kept(&change.after);
    change
}

#[test]
fn a_whole_cancellation_gives_each_tender_back_what_it_paid() {
    let order = paid_by_three();
    for refund_order in [RefundOrder::LastCapturedFirst, RefundOrder::InProportion] {
        let change = cancel(&order, None, refund_order);
        assert_eq!(by_tender(&change), [(0, 2000), (1, 700), (2, 300)]);
    }
}

#[test]
fn an_item_comes_back_from_the_last_capture_first() {
    let first = cancel(&paid_by_three(), Some(&[(1, 1)]), RefundOrder::LastCapturedFirst);
    assert_eq!(by_tender(&first), [(1, 700), (2, 300)]);
    let rest = cancel(&first.after, None, RefundOrder::LastCapturedFirst);
    assert_eq!(by_tender(&rest), [(0, 2000)]);
}

#[test]
fn an_item_comes_back_in_proportion() {
    let first = cancel(&paid_by_three(), Some(&[(1, 1)]), RefundOrder::InProportion);
    // A third of $20.00, $7.00 and $3.00.
    assert_eq!(by_tender(&first), [(0, 667), (1, 233), (2, 100)]);
    let rest = cancel(&first.after, None, RefundOrder::InProportion);
    assert_eq!(by_tender(&rest), [(0, 1333), (1, 467), (2, 200)]);
}

#[test]
fn a_credit_memo_of_staff_follows_the_same_order() {
    let amount = |refund_order| {
        let request = CreditMemoRequest {
            lines: Some(whole(&[(1, 1)])),
            refund_shipping: false,
            adjustment: usd(0),
            refund_order,
        };
        let change = paid_by_three().credit(&request, &staff(), at(3));
        by_tender(&change.expect("it can be credited"))
    };
    assert_eq!(amount(RefundOrder::LastCapturedFirst), [(1, 700), (2, 300)]);
    assert_eq!(amount(RefundOrder::InProportion), [(0, 667), (1, 233), (2, 100)]);
}

#[test]
fn a_quote_names_what_comes_back_by_each_tender() {
    let order = paid_by_three();
    let command = Cancel {
        selection: Selection::Items(whole(&[(1, 1)])),
        ..request(buyer_of(&order), "Other")
    };
    let quote = order.preview_cancellation(&command, &policy_by(RefundOrder::InProportion), at(4));
    let tenders = quote.expect("it can be quoted").tenders;
    let tenders: Vec<_> = tenders.iter().map(|it| (it.tender, it.amount.minor())).collect();
    assert_eq!(tenders, [(Some(0), 667), (Some(1), 233), (Some(2), 100)]);
}

#[test]
fn a_hold_is_released_and_the_gift_card_gets_its_money_back() {
    let mut order = order_of(&[1]);
    order.payment.tenders = vec![
        tender(TenderKind::Provider, "stripe", 1000),
        tender(TenderKind::GiftCard, "giftcard", 500),
    ];
    order.payment.transactions = vec![
        transaction(TransactionKind::Authorization, 0, 1000),
        transaction(TransactionKind::Capture, 1, 500),
    ];
    order.totals.paid = Some(usd(500));
    let change = cancel(&order, None, RefundOrder::default());
    assert_eq!(by_tender(&change), [(1, 500)]);
    let void = Effect::Void {
        transaction: 0,
        amount: usd(1000),
    };
    assert!(change.effects.contains(&void), "{:?}", change.effects);
}

#[test]
fn an_invoice_captures_from_the_tender_that_was_authorized() {
    let mut order = order_of(&[1, 1]);
    order.payment.tenders = vec![
        tender(TenderKind::Offline, "purchaseorder", 500),
        tender(TenderKind::Provider, "stripe", 1500),
        tender(TenderKind::Offline, "banktransfer", 1000),
    ];
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 1, 1500)];
    let order = invoiced(&order, &[]);
    assert_kept(&order);
    let captured = |tender| order.payment.captured_of(tender, order.currency());
    assert_eq!(
        [captured(0), captured(1), captured(2)],
        [Ok(usd(500)), Ok(usd(1500)), Ok(usd(1000))]
    );
}

/// The captures of the order: tender, amount and reference.
fn captures(order: &Order) -> Vec<(usize, i64, Option<&str>)> {
    let transactions = order.payment.transactions.iter();
    let captures = transactions.filter(|it| it.kind == TransactionKind::Capture);
    captures
        .map(|it| (it.tender, it.amount.minor(), it.reference.as_deref()))
        .collect()
}

/// `order`, of which all is billed and not paid.
fn billed(order: &Order) -> Order {
    let request = InvoiceRequest {
        unpaid: true,
        ..InvoiceRequest::default()
    };
    let billed = order.invoice(&request, &staff(), at(1));
    billed.expect("it can be invoiced").after
}

/// `order` once its open invoice is paid with `reference`.
fn paid(order: &Order, reference: &str) -> Order {
    let request = OpenInvoiceRequest {
        number: None,
        reference: Some(reference.into()),
    };
    let paid = order.pay_invoice(&request, &staff(), at(2));
    let after = paid.expect("it is open").after;
    assert_kept(&after);
    after
}

#[test]
fn each_capture_has_the_reference_of_the_authorization_of_its_tender() {
    let mut order = order_of(&[1, 1]);
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 3000)];
    let first = invoiced(&order, &[(1, 1)]);
    let both = invoiced(&first, &[(2, 1)]);
    assert_kept(&both);
    assert_eq!(
        captures(&both),
        [(0, 2000, Some("ref-0")), (0, 1000, Some("ref-0"))]
    );
    // An offline payment, which has no authorization, has no reference.
    assert_eq!(captures(&invoiced(&order_of(&[1]), &[])), [(0, 1500, None)]);

    order.payment.tenders = vec![
        tender(TenderKind::Provider, "stripe", 2000),
        tender(TenderKind::GiftCard, "giftcard", 1000),
    ];
    order.payment.transactions = vec![
        transaction(TransactionKind::Authorization, 0, 2000),
        transaction(TransactionKind::Authorization, 1, 1000),
    ];
    assert_eq!(
        captures(&invoiced(&order, &[])),
        [(0, 2000, Some("ref-0")), (1, 1000, Some("ref-1"))]
    );
}

#[test]
fn a_capture_of_several_payments_or_beyond_the_authorization_has_no_reference() {
    let mut order = order_of(&[1]);
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 1499)];
    assert_eq!(captures(&invoiced(&order, &[])), [(0, 1500, None)]);

    let mut other = transaction(TransactionKind::Authorization, 0, 1000);
    other.reference = Some("ref-other".into());
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 500), other.clone()];
    assert_eq!(captures(&invoiced(&order, &[])), [(0, 1500, None)]);

    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 1500), other];
    assert_eq!(captures(&invoiced(&order, &[])), [(0, 1500, Some("ref-0"))]);
}

#[test]
fn a_given_reference_belongs_to_one_tender() {
    let mut order = order_of(&[1, 1]);
    order.payment.tenders = vec![
        tender(TenderKind::Provider, "stripe", 2000),
        tender(TenderKind::Offline, "banktransfer", 1000),
    ];
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 2000)];
    let open = billed(&order);
    assert_eq!(
        captures(&paid(&open, "bank-7")),
        [(0, 2000, Some("ref-0")), (1, 1000, Some("bank-7"))]
    );
    assert_eq!(
        captures(&paid(&open, "ref-0")),
        [(0, 2000, Some("ref-0")), (1, 1000, None)],
        "the reference of the card is not that of the transfer"
    );
    // Of one tender, the payment that is named took the money.
    order.payment.tenders = Vec::new();
    order.payment.transactions = vec![transaction(TransactionKind::Authorization, 0, 3000)];
    assert_eq!(
        captures(&paid(&billed(&order), "tx-7")),
        [(0, 3000, Some("tx-7"))]
    );
    order.payment.transactions = Vec::new();
    assert_eq!(
        captures(&paid(&billed(&order), "tx-7")),
        [(0, 3000, Some("tx-7"))]
    );
}

#[test]
fn the_keeper_of_a_balance_is_told_what_is_due_to_it() {
    let order = cancel(&paid_by_three(), None, RefundOrder::default()).after;
    let told = order.tell_credit_due("o-1", 1, usd(700), at(5));
    let event = told.map(|change| change.event);
    let Some(EventData::CreditDue(due)) = event.as_ref().map(|event| &event.data) else {
        panic!("the gift card is a balance: {event:?}");
    };
    assert_eq!(
        (due.tender, due.kind, due.amount),
        (1, TenderKind::GiftCard, usd(700))
    );
    assert_eq!(due.reference.as_deref(), Some("ref-1"));
    assert_eq!(event.as_ref().map(|event| &event.actor), Some(&Actor::System));
    assert!(
        order.tell_credit_due("o-2", 0, usd(2000), at(5)).is_none(),
        "a card is no balance"
    );
}

#[test]
fn a_refund_that_failed_is_told_to_staff_and_owed_again_if_it_counted_as_paid() {
    let order = cancel(&paid_by_three(), None, RefundOrder::default()).after;
    let failed = |was_refunded| FailedReversal {
        obligation: "o-1".into(),
        is_refund: true,
        tender: 0,
        account: "main".into(),
        amount: usd(2000),
        reason: ReversalFailure::Disputed,
        was_refunded,
        is_by_others: false,
        audience: FailureAudience::Shop,
    };
    let told = order
        .fail_reversal(0, failed(false), at(5))
        .expect("a change")
        .after;
    assert_eq!(told.payment, order.payment);
    let line = told.comments.last().expect("a line of the history");
    assert_eq!(
        line.text,
        "The refund of $20.00 failed at the payment provider main: the buyer disputes the payment at the bank."
    );
    assert!(!line.visible_on_front);
    let paid_back = Settlement {
        matter: SettledMatter::Refund {
            transaction: 0,
            amount: usd(2000),
        },
        note: String::new(),
        reference: None,
    };
    let paid_back = told.settle(paid_back, &Actor::System, at(6));
    let paid_back = paid_back.expect("a change").after;
    let late = paid_back
        .fail_reversal(0, failed(true), at(7))
        .expect("a change")
        .after;
    assert_eq!(late.payment, order.payment);
    assert_kept(&late);
}

#[test]
fn each_tender_tells_how_far_its_refunds_are() {
    let order = cancel(&paid_by_three(), Some(&[(1, 1)]), RefundOrder::InProportion).after;
    let progress = |tender| order.payment.refund_progress_of(tender, order.currency());
    let expected = RefundProgress {
        on_its_way: usd(233),
        refunded: usd(0),
        not_refunded: usd(0),
    };
    assert_eq!(progress(1), Ok(expected));
    let whole = order.refund_progress().map(|it| it.on_its_way);
    assert_eq!(whole, Ok(usd(1000)));
}

#[test]
fn an_order_with_one_tender_is_paid_by_its_method() {
    let order = order_of(&[1]);
    let tenders: Vec<_> = order.payment.all_tenders().collect();
    let method = Tender {
        position: 0,
        kind: TenderKind::Offline,
        method: "checkmo",
        title: "Check / Money order",
    };
    assert_eq!(tenders, [method]);
    assert_eq!(order.payment.tender(1), None);
    let invoiced = invoiced(&order, &[]);
    assert_eq!(
        invoiced.payment.captured(order.currency()),
        Ok(Money::new(1500, order.currency()))
    );
}
