//! What a cancellation adds to the history, and who may read it (`docs/contract.md` sections 4 and 5.2).

use countermand_domain::comment::escape_html;
use countermand_domain::{
    CancellationPolicy, CancellationReason, Comment, EventKind, ItemPosition, Money, Order, OrderItem,
    Quantity, ReasonList, RowMoney,
};

use super::{canceled, credited, invoiced, order_of, texts, usd};
use crate::shop::{Basket, at, buyer_of, currency, policy, request, staff};

const MAIL: &str = "Order cancellation notification email was sent.";

#[test]
fn comments_come_in_the_order_of_the_contract() {
    assert_eq!(texts(&canceled(&order_of(&[1]))), [MAIL, "Other"]);

    let paid = invoiced(&order_of(&[1]), &[]);
    assert_eq!(texts(&canceled(&paid)), ["We will refund $15.00.", MAIL, "Other"]);

    let one_back = credited(&invoiced(&order_of(&[3]), &[]), &[(1, 1)], true, 0);
    assert_eq!(
        texts(&canceled(&one_back)),
        ["We will refund $25.00.", "We will refund $20.00.", MAIL, "Other"]
    );

    let partly = invoiced(&order_of(&[1, 1]), &[(1, 1)]);
    assert_eq!(
        texts(&canceled(&partly)),
        ["We will refund $20.00.", MAIL, "Other"]
    );
}

#[test]
fn the_refund_is_for_staff_and_the_rest_for_the_buyer() {
    let comments = canceled(&invoiced(&order_of(&[1]), &[])).comments;
    let flags = |it: &Comment| (it.visible_on_front, it.customer_notified);
    assert_eq!(
        comments.iter().map(flags).collect::<Vec<_>>(),
        [(false, Some(false)), (true, None), (true, None)]
    );
    for comment in &comments {
        assert_eq!(comment.status, "closed");
        assert_eq!(comment.created_at, at(4));
    }
    let unpaid = canceled(&order_of(&[1])).comments;
    assert!(unpaid.iter().all(|comment| comment.status == "canceled"));
}

#[test]
fn an_order_is_canceled_without_a_mail_where_mails_are_off() {
    let silent = CancellationPolicy {
        notifies_customer: false,
        ..policy(true)
    };
    let after = canceled_with(&order_of(&[1]), "Other", &silent);
    assert_eq!(texts(&after), ["Email notification failed.", "Other"]);
}

#[test]
fn the_reason_is_kept_as_it_was_sent() {
    let order = order_of(&[1]);
    for sent in ["Other", "  oTHER ", "other", "THE ORDER WAS PLACED BY MISTAKE"] {
        let after = canceled_with(&order, sent, &policy(true));
        assert_eq!(texts(&after), [MAIL, sent]);
    }
    let plan = order.cancel(&request(buyer_of(&order), "  oTHER "), &policy(true), at(4));
    let canceled = plan.expect("it can be canceled");
    let facts = canceled.cancellation().expect("a cancellation");
    assert_eq!(
        (facts.reason_code.as_str(), facts.reason.as_str()),
        ("other", "  oTHER ")
    );
}

#[test]
fn a_reason_is_escaped_for_html() {
    let deal = CancellationPolicy {
        reasons: ReasonList::new(vec![CancellationReason::new(
            "deal",
            "Found a \"deal\" at <R&D's>",
        )])
        .expect("a list"),
        ..policy(true)
    };
    let after = canceled_with(&order_of(&[1]), "Found a \"deal\" at <R&D's>", &deal);
    assert_eq!(
        texts(&after)[1],
        "Found a &quot;deal&quot; at &lt;R&amp;D&#039;s&gt;"
    );
    assert_eq!(escape_html("Größe 5 > 4"), "Größe 5 &gt; 4");
}

#[test]
fn the_history_shows_the_refund_in_the_base_currency() {
    let mut order = order_of(&[1]);
    order.totals.base_grand_total = Money::new(1380, currency("EUR"));
    let after = canceled(&invoiced(&order, &[]));
    assert_eq!(texts(&after)[0], "We will refund €13.80.");
    assert_eq!(after.totals.refunded, usd(1500));

    let yen = |minor| RowMoney::net(Money::new(minor, currency("JPY")));
    let item = OrderItem::new(
        ItemPosition(1),
        "simple",
        "A thing",
        Quantity::whole(1),
        yen(120_000),
    );
    let order = Basket::of(vec![item], yen(3456)).order();
    assert_eq!(
        texts(&canceled(&invoiced(&order, &[])))[0],
        "We will refund ¥123,456."
    );
}

#[test]
fn the_event_names_who_canceled_and_when() {
    let order = order_of(&[1]);
    let actor = staff();
    let plan = order.cancel(&request(actor.clone(), "Other"), &policy(true), at(4));
    let event = plan.expect("it can be canceled").event;
    assert_eq!((event.data.kind(), event.at), (EventKind::Canceled, at(4)));
    assert_eq!(event.actor, actor);
}

fn canceled_with(order: &Order, reason: &str, policy: &CancellationPolicy) -> Order {
    let canceled = order.cancel(&request(buyer_of(order), reason), policy, at(4));
    canceled.expect("it can be canceled").after
}
