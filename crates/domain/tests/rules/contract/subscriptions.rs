//! Subscriptions: no cancellation takes them; they end with the paid period, or at once with a share of the price back.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{
    Actor, Cancel, CancellationAction, CancellationRefusal, CreditMemoRequest, CustomerId, Effect,
    EndSubscription, EventData, InvoiceRequest, ItemPosition, Money, Notice, Order, OrderItem, OrderState,
    Quantity, RefundOrder, RowMoney, Selection, SubscriptionEndRule, SubscriptionEndTime,
    SubscriptionRefusal, SubscriptionState, Transition, invariants,
};
use proptest::prelude::*;

use crate::arbitrary::stories;
use crate::shop::{
    Basket, at, buyer, buyer_of, currency, policy, request, staff, subscription_policy, yearly_subscription,
};

const MUG: ItemPosition = ItemPosition(1);
const MAGAZINE: ItemPosition = ItemPosition(2);
const ID: &str = "SUB-2";

fn usd(cents: i64) -> Money {
    Money::new(cents, currency("USD"))
}

fn days(count: i64) -> DateTime<Utc> {
    at(0) + TimeDelta::days(count)
}

/// An order of a mug at $20.00 and of a year of a magazine at $100.00, without shipping.
fn placed() -> Order {
    let one = Quantity::whole(1);
    let mug = OrderItem::new(MUG, "mug", "A mug", one, RowMoney::net(usd(2_000)));
    let magazine = OrderItem {
        is_virtual: true,
        ..OrderItem::new(MAGAZINE, "mag", "A magazine", one, RowMoney::net(usd(10_000)))
    };
    let mut order = Basket::of(vec![mug, magazine], RowMoney::net(usd(0))).order();
    order.subscriptions = vec![yearly_subscription(MAGAZINE)];
    order
}

/// The same order, invoiced and paid.
fn paid() -> Order {
    let invoice = InvoiceRequest::default();
    placed()
        .invoice(&invoice, &staff(), at(0))
        .expect("an invoice")
        .after
}

fn end(when: Option<SubscriptionEndTime>) -> EndSubscription {
    EndSubscription {
        subscription: ID.into(),
        when,
        reason: None,
        comment: None,
    }
}

/// The buyer's command to end the subscription of `order` where buyers choose the time.
fn ended(
    order: &Order,
    when: SubscriptionEndTime,
    now: DateTime<Utc>,
) -> Result<Transition, SubscriptionRefusal> {
    let policy = subscription_policy(SubscriptionEndRule::Choice);
    order.end_subscription(&end(Some(when)), &policy, &buyer_of(order), now)
}

fn canceled(order: &Order, selection: Selection) -> Result<Transition, CancellationRefusal> {
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, &policy(true), at(60))
}

fn only(position: ItemPosition) -> Selection {
    Selection::Items(vec![(position, Quantity::whole(1))])
}

#[test]
fn a_cancellation_takes_the_other_items_and_never_the_subscription() {
    for order in [placed(), paid()] {
        let refusal = Err(CancellationRefusal::Subscription);
        assert_eq!(canceled(&order, Selection::All).map(drop), refusal);
        assert_eq!(canceled(&order, only(MAGAZINE)).map(drop), refusal);
        let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(60));
        assert_eq!(terms.action, CancellationAction::None);
        assert_eq!(terms.refusals, [CancellationRefusal::Subscription]);
        assert_eq!(terms.items[0].action, CancellationAction::Cancel);
        assert_eq!(terms.items[1].refusals, [CancellationRefusal::Subscription]);
        let after = canceled(&order, only(MUG)).expect("a cancellation").after;
        assert_eq!(after.subscriptions, order.subscriptions);
        assert!(after.item(MAGAZINE) == order.item(MAGAZINE));
    }
    let unpaid = canceled(&placed(), only(MUG)).expect("a cancellation").after;
    let refused = canceled(&unpaid, Selection::All).map(drop);
    assert_eq!(refused, Err(CancellationRefusal::Subscription));
}

#[test]
fn an_order_of_a_subscription_alone_names_the_subscription() {
    let mut order = placed();
    order.items.remove(0);
    let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(60));
    assert_eq!(terms.refusals, [CancellationRefusal::Subscription]);
}

#[test]
fn a_renewal_takes_the_end_of_the_period_before_it_over_and_moves_no_money() {
    let first = ended(&paid(), SubscriptionEndTime::AtOnce, days(10))
        .expect("an end")
        .after;
    let before = first
        .subscription(ID)
        .and_then(|it| it.end.clone())
        .expect("the end");
    assert!(before.credit_memo.is_some());
    let mut renewal = paid();
    for period in &mut renewal.subscriptions {
        (period.paid_from, period.paid_until) = (days(365), days(730));
    }
    let change = renewal.take_end_over(ID, &before, days(11)).expect("an end");
    assert_eq!(change.effects, []);
    assert_eq!(
        (change.after.state, &change.after.totals),
        (renewal.state, &renewal.totals)
    );
    let taken = change.after.subscription(ID).expect("the subscription");
    assert_eq!(taken.state(days(11)), SubscriptionState::Ending);
    let end = taken.end.as_ref().expect("the end");
    assert_eq!((end.at, end.asked_at), (days(730), days(10)));
    assert_eq!(end.credit_memo, None);
    assert_eq!(invariants::broken_by(&change.after).count(), 0);
    assert!(
        change.after.take_end_over(ID, &before, days(12)).is_none(),
        "once"
    );
    let policy = subscription_policy(SubscriptionEndRule::Choice);
    let again = change
        .after
        .resume_subscription(ID, &policy, &buyer_of(&renewal), days(12));
    assert_eq!(again.expect("resumed").after.subscriptions, renewal.subscriptions);
}

#[test]
fn the_end_of_the_period_moves_no_money_and_can_be_taken_back() {
    let order = paid();
    let change = ended(&order, SubscriptionEndTime::PeriodEnd, days(10)).expect("an end");
    assert_eq!(change.effects, [Effect::Notify(Notice::SubscriptionChanged)]);
    let ending = change.after;
    assert_eq!((ending.state, &ending.totals), (order.state, &order.totals));
    let subscription = ending.subscription(ID).expect("the subscription");
    assert_eq!(subscription.state(days(364)), SubscriptionState::Ending);
    assert_eq!(subscription.state(days(365)), SubscriptionState::Ended);
    let policy = subscription_policy(SubscriptionEndRule::PeriodEnd);
    let resume = |order: &Order, day| order.resume_subscription(ID, &policy, &buyer_of(order), days(day));
    let again = ended(&ending, SubscriptionEndTime::PeriodEnd, days(11));
    assert_eq!(again.map(drop), Err(SubscriptionRefusal::Ending));
    assert_eq!(resume(&ending, 365).map(drop), Err(SubscriptionRefusal::Ended));
    let resumed = resume(&ending, 364).expect("a resumption").after;
    assert_eq!(resumed.subscriptions, order.subscriptions);
    assert_eq!(
        resume(&resumed, 364).map(drop),
        Err(SubscriptionRefusal::NotEnding)
    );
}

#[test]
fn an_end_at_once_pays_the_days_that_are_left_rounded_down() {
    let order = paid();
    for (now, share) in [
        (days(219), 4_000),
        (days(364), 27),
        (days(364) + TimeDelta::minutes(1), 0),
        (days(400), 0),
        (days(0) - TimeDelta::days(3), 10_000),
    ] {
        let change = ended(&order, SubscriptionEndTime::AtOnce, now).expect("an end");
        let EventData::SubscriptionEnded(facts) = &change.event.data else {
            panic!("{:?}", change.event);
        };
        assert_eq!(facts.share, usd(share), "{now}");
        let refunded = change.effects.iter().map(|effect| match effect {
            Effect::Refund { amount, .. } => amount.minor(),
            Effect::Void { .. } | Effect::Notify(_) => 0,
        });
        assert_eq!(refunded.sum::<i64>(), share);
        assert_eq!(change.after.credit_memos.len(), usize::from(share > 0));
        assert_eq!(change.after.totals.refunded, usd(share));
        assert!(invariants::broken_by(&change.after).next().is_none());
        let subscription = change.after.subscription(ID).expect("the subscription");
        assert_eq!(subscription.state(now), SubscriptionState::Ended);
        let again = ended(&change.after, SubscriptionEndTime::AtOnce, now);
        assert_eq!(again.map(drop), Err(SubscriptionRefusal::Ended));
        // The mug still comes back in full.
        let rest = canceled(&change.after, only(MUG)).expect("a cancellation").after;
        assert_eq!(
            rest.totals.refunded,
            usd(share + 2_000).checked_min(usd(12_000)).expect("USD")
        );
    }
}

#[test]
fn a_share_is_never_more_than_the_money_that_is_left() {
    let goodwill = CreditMemoRequest {
        lines: Some(Vec::new()),
        refund_shipping: false,
        adjustment: usd(11_500),
        refund_order: RefundOrder::default(),
    };
    let order = paid()
        .credit(&goodwill, &staff(), days(1))
        .expect("a credit memo")
        .after;
    let change = ended(&order, SubscriptionEndTime::AtOnce, days(219)).expect("an end");
    assert_eq!(change.after.totals.refunded, usd(12_000));
    let unpaid = ended(&placed(), SubscriptionEndTime::AtOnce, days(219))
        .expect("an end")
        .after;
    assert_eq!(unpaid.credit_memos, []);
    // The units that were never invoiced can be canceled afterwards, with the mug.
    let after = canceled(&unpaid, Selection::All).expect("a cancellation").after;
    assert_eq!(after.state, OrderState::Canceled);
}

#[test]
fn the_store_view_decides_who_ends_a_subscription_and_when() {
    let order = paid();
    let me = Actor::Customer(buyer());
    let told = |actor: &Actor, rule, when| {
        let policy = subscription_policy(rule);
        let change = order.end_subscription(&end(when), &policy, actor, days(219));
        change.map(|it| it.after.totals.refunded.minor())
    };
    let (at_end, at_once) = (SubscriptionEndTime::PeriodEnd, SubscriptionEndTime::AtOnce);
    let not_offered = Err(SubscriptionRefusal::EndNotOffered);
    assert_eq!(told(&me, SubscriptionEndRule::PeriodEnd, None), Ok(0));
    assert_eq!(
        told(&me, SubscriptionEndRule::PeriodEnd, Some(at_once)),
        not_offered
    );
    assert_eq!(told(&me, SubscriptionEndRule::AtOnce, None), Ok(4_000));
    assert_eq!(told(&me, SubscriptionEndRule::AtOnce, Some(at_end)), not_offered);
    assert_eq!(told(&me, SubscriptionEndRule::Choice, None), Ok(0));
    assert_eq!(told(&me, SubscriptionEndRule::Choice, Some(at_once)), Ok(4_000));
    assert_eq!(
        told(&staff(), SubscriptionEndRule::PeriodEnd, Some(at_once)),
        Ok(4_000)
    );
    let other = Actor::Customer(CustomerId::from_number(10_000_000_002));
    // The order is that of an account, so the token of a guest is no key to it.
    for stranger in [other, Actor::Guest] {
        let refused = told(&stranger, SubscriptionEndRule::Choice, None);
        assert_eq!(refused, Err(SubscriptionRefusal::NotFound));
    }
    let mut off = subscription_policy(SubscriptionEndRule::Choice);
    off.enabled = false;
    let refused = order.end_subscription(&end(None), &off, &me, days(1));
    assert_eq!(refused.map(drop), Err(SubscriptionRefusal::Disabled));
    assert!(
        order
            .end_subscription(&end(None), &off, &staff(), days(1))
            .is_ok()
    );
    let subscription = order.subscription(ID).expect("the subscription");
    assert_eq!(order.subscription_ends(subscription, &off, &me, days(1)), []);
}

#[test]
fn a_guest_ends_with_the_paid_period_only_by_each_rule() {
    let mut order = paid();
    order.customer.id = None;
    let subscription = order.subscription(ID).expect("the subscription");
    for rule in [
        SubscriptionEndRule::PeriodEnd,
        SubscriptionEndRule::AtOnce,
        SubscriptionEndRule::Choice,
    ] {
        let policy = subscription_policy(rule);
        let offered = order.subscription_ends(subscription, &policy, &Actor::Guest, days(1));
        assert_eq!(offered, [SubscriptionEndTime::PeriodEnd]);
        let ended = order.end_subscription(&end(None), &policy, &Actor::Guest, days(1));
        let ended = ended.expect("an end").after;
        assert_eq!(ended.totals.refunded.minor(), 0);
        assert_eq!(
            ended.subscription(ID).map(|it| it.state(days(1))),
            Some(SubscriptionState::Ending)
        );
        let at_once = end(Some(SubscriptionEndTime::AtOnce));
        let refused = ended.end_subscription(&at_once, &policy, &Actor::Guest, days(1));
        assert_eq!(refused.map(drop), Err(SubscriptionRefusal::EndNotOffered));
        assert!(
            ended
                .resume_subscription(ID, &policy, &Actor::Guest, days(1))
                .is_ok()
        );
    }
}

#[test]
fn a_reason_of_the_store_view_and_the_comment_are_kept_until_the_buyer_is_erased() {
    let order = paid();
    let policy = subscription_policy(SubscriptionEndRule::PeriodEnd);
    let command = |reason: &str| EndSubscription {
        reason: Some(reason.into()),
        comment: Some(" Annabel reads no more ".into()),
        ..end(None)
    };
    let refused = order.end_subscription(&command("Bored"), &policy, &buyer_of(&order), days(1));
    assert_eq!(refused.map(drop), Err(SubscriptionRefusal::InvalidReason));
    let change = order.end_subscription(&command("other"), &policy, &buyer_of(&order), days(1));
    let after = change.expect("an end").after;
    let end = after.subscriptions[0].end.clone().expect("an end");
    assert_eq!(end.reason_code.as_deref(), Some("other"));
    assert_eq!(end.comment.as_deref(), Some("Annabel reads no more"));
    let lines: Vec<_> = after.history_for_buyer().map(|line| line.text.as_str()).collect();
    assert!(
        lines.contains(&"The subscription ends at 2027-01-01: A magazine."),
        "{lines:?}"
    );
    let erased = after.erase_buyer(&staff(), days(2)).after;
    assert!(!format!("{erased:?}").contains("Annabel"));
}

proptest! {
    #[test]
    fn no_cancellation_takes_what_a_subscription_was_paid_for(story in stories()) {
        for order in story.told() {
            for subscription in &order.subscriptions {
                let item = order.item(subscription.item).expect("the item");
                let share = order.subscription_share(subscription, at(0))?;
                prop_assert!(share.minor() >= 0 && share.minor() <= order.refundable()?.minor().max(0));
                let open = order.to_give_up(item);
                prop_assert!(open <= item.quantities.to_cancel());
                prop_assert!(subscription.end.is_some() || !open.is_positive());
            }
            let change = canceled(&order, Selection::All);
            let taken = change.iter().filter_map(Transition::cancellation).flat_map(|facts| &facts.items);
            for row in taken {
                let is_paid = order.subscriptions.iter().any(|it| it.item == row.item);
                prop_assert!(!is_paid || !row.refunded.is_positive());
            }
        }
    }
}
