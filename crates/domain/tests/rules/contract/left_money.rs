//! Money that is left when an order has ended, money that waits to be paid out, and what happens elsewhere afterwards
//! (`docs/contract.md` sections 6.3 and 6.7).

use countermand_domain::OrderState::{Canceled, Closed};
use countermand_domain::{
    CreditMemoRequest, DocumentRefusal, Effect, Money, Order, OrderState, Quantity, RefundOrder,
    RefundProgress, SettledMatter, Settlement, UpstreamChange,
};

use super::{canceled, cancellation, credited, invoiced, order_of, refunds, shipped, texts, usd};
use crate::shop::{at, staff};

fn amount(cents: i64) -> CreditMemoRequest {
    CreditMemoRequest {
        lines: Some(Vec::new()),
        refund_shipping: false,
        adjustment: usd(cents),
        refund_order: RefundOrder::default(),
    }
}

fn credit(order: &Order, request: &CreditMemoRequest) -> Result<Order, DocumentRefusal> {
    Ok(order.credit(request, &staff(), at(5))?.after)
}

/// The order after staff paid out the money that it owes.
fn paid_out(order: &Order) -> Order {
    let owing = order.payment.transactions.iter().enumerate();
    let owing = owing.filter(|(_, it)| it.owed.is_positive());
    owing.fold(order.clone(), |order, (transaction, it)| {
        let settlement = Settlement {
            matter: SettledMatter::Refund {
                transaction,
                amount: it.owed,
            },
            note: "by bank <transfer>".into(),
            reference: Some("B-1".into()),
        };
        order
            .settle(settlement, &staff(), at(6))
            .expect("amounts add up")
            .after
    })
}

#[test]
fn a_fee_that_was_kept_is_given_back_after_the_cancellation() {
    let kept = credited(&invoiced(&order_of(&[2]), &[]), &[(1, 1)], false, -100);
    let ended = canceled(&kept);
    assert_eq!((ended.state, ended.refundable()), (Closed, Ok(usd(100))));
    assert_eq!(
        credit(&ended, &amount(101)),
        Err(DocumentRefusal::TooMuch(usd(100)))
    );
    let after = credit(&ended, &amount(100)).expect("the fee was paid");
    assert_eq!((after.state, after.refundable()), (Closed, Ok(usd(0))));
    assert_eq!(refunds(&after).iter().sum::<i64>(), 3000);
    assert_eq!(credit(&after, &amount(1)), Err(DocumentRefusal::State(Closed)));
}

#[test]
fn an_order_that_was_canceled_elsewhere_although_it_was_paid_is_refunded() {
    let mut order = invoiced(&order_of(&[1]), &[]);
    (order.state, order.status) = (Canceled, "canceled".into());
    let all = CreditMemoRequest {
        lines: None,
        refund_shipping: true,
        adjustment: usd(0),
        refund_order: RefundOrder::default(),
    };
    let after = credit(&order, &all).expect("money was paid");
    assert_eq!((after.state, refunds(&after)), (Canceled, vec![1500]));
    assert_eq!(credit(&after, &all), Err(DocumentRefusal::State(Canceled)));

    // Nothing of it was invoiced, and nothing of it can be invoiced any more.
    let mut order = order_of(&[1]);
    order.totals.paid = Some(usd(1500));
    order.payment = invoiced(&order_of(&[1]), &[]).payment;
    (order.state, order.status) = (Canceled, "canceled".into());
    let after = credit(&order, &amount(1500)).expect("money was paid");
    assert_eq!((after.state, refunds(&after)), (Canceled, vec![1500]));
}

#[test]
fn an_order_without_money_left_gets_no_credit_memo_after_its_end() {
    let unpaid = canceled(&order_of(&[1]));
    assert_eq!(credit(&unpaid, &amount(1)), Err(DocumentRefusal::State(Canceled)));
    let closed = credited(&shipped(&invoiced(&order_of(&[1]), &[]), &[]), &[], true, 0);
    assert_eq!(credit(&closed, &amount(1)), Err(DocumentRefusal::State(Closed)));
}

#[test]
fn a_refund_is_on_its_way_until_it_is_paid_out() {
    let ended = canceled(&invoiced(&order_of(&[1]), &[]));
    let progress = |on_its_way, refunded| RefundProgress {
        on_its_way: usd(on_its_way),
        refunded: usd(refunded),
        not_refunded: usd(0),
    };
    assert_eq!(ended.refund_progress(), Ok(progress(1500, 0)));
    assert_eq!(texts(&ended)[0], "We will refund $15.00.");
    assert!(
        texts(&ended).iter().all(|text| !text.contains("refunded")),
        "nothing was paid out"
    );

    let after = paid_out(&ended);
    assert_eq!(after.refund_progress(), Ok(progress(0, 1500)));
    assert_eq!((after.state, after.totals), (ended.state, ended.totals));
    let new: Vec<_> = after.comments[ended.comments.len()..].iter().collect();
    assert_eq!(
        (new[0].text.as_str(), new[0].visible_on_front),
        ("We refunded $15.00.", true)
    );
    let note = "refund of $15.00 settled, reference B-1: by bank &lt;transfer&gt;";
    assert_eq!((new[1].text.as_str(), new[1].visible_on_front), (note, false));
}

#[test]
fn a_free_order_that_is_canceled_refunds_nothing() {
    let mut basket = super::basket_of(&[1]);
    (basket.shipping, basket.items[0].ordered) = (
        countermand_domain::RowMoney::zero(usd(0).currency()),
        countermand_domain::RowMoney::zero(usd(0).currency()),
    );
    let change = cancellation(&invoiced(&basket.order(), &[]));
    assert!(change.after.credit_memos.is_empty());
    assert_eq!(change.after.items[0].quantities.refunded, Quantity::ZERO);
    assert!(
        !change
            .effects
            .iter()
            .any(|it| matches!(it, Effect::Refund { .. }))
    );
    let none = RefundProgress {
        on_its_way: usd(0),
        refunded: usd(0),
        not_refunded: usd(0),
    };
    assert_eq!(change.after.refund_progress(), Ok(none));
    assert!(texts(&change.after).iter().all(|text| !text.contains("refund")));
}

#[test]
fn what_happens_elsewhere_after_a_cancellation_is_noticed_once_and_undoes_nothing() {
    let here = canceled(&order_of(&[2]));
    let nothing = order_of(&[2]);
    assert_eq!(here.upstream_change(&nothing, usd(0)), Ok(None));
    let there = shipped(&invoiced(&nothing, &[]), &[]);
    let change = here
        .upstream_change(&there, usd(0))
        .expect("one currency")
        .expect("it was shipped");
    let expected = UpstreamChange {
        shipped: Quantity::whole(2),
        canceled: Quantity::ZERO,
        paid: usd(3000),
        refunded: usd(0),
    };
    assert_eq!(change, expected);
    let told = here.note_upstream_change(change, &staff(), at(9)).after;
    let text = "The order is canceled here, but in the shop that it came from: shipped there (2 units), paid there ($30.00).";
    let line = told.comments.last().expect("a line");
    assert_eq!((line.text.as_str(), line.visible_on_front), (text, false));
    assert_eq!(
        (told.state, told.totals, &told.items),
        (OrderState::Canceled, here.totals, &here.items)
    );
}

#[test]
fn a_refund_that_was_made_elsewhere_is_told_from_the_one_that_was_decided_here() {
    let paid = invoiced(&order_of(&[2]), &[]);
    let refunded_before = credited(&paid, &[(1, 1)], false, 0);
    let here = canceled(&refunded_before);
    let decided_here = usd(2000);
    let change = |there: &Order| here.upstream_change(there, decided_here).expect("one currency");
    assert_eq!(change(&refunded_before), None);
    let there = credited(&refunded_before, &[(1, 1)], true, 0);
    let refunded = change(&there).map(|it| (it.refunded, it.paid, it.shipped));
    assert_eq!(
        refunded,
        Some((usd(2000), Money::zero(usd(0).currency()), Quantity::ZERO))
    );
}
