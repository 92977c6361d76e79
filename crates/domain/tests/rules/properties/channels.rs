//! Orders of a sales channel: each answer, early or late, leaves the channel's decision as it is, and no money of ours
//! follows from it.

use countermand_domain::channel::{ChannelCancellationState, ChannelRecord, ChannelStatus};
use countermand_domain::invariants;
use proptest::prelude::*;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::config;
use crate::arbitrary::{ChannelStep, Told, channel_stories};

/// Whether the order here paid money back by this step, or owes more of it.
fn pays_back(told: &Told) -> bool {
    let (before, after) = (&told.before.order, &told.after.order);
    let transactions = before.payment.transactions.iter();
    let mut owed = transactions.zip(&after.payment.transactions);
    before.totals.refunded != after.totals.refunded
        || before.credit_memos.len() != after.credit_memos.len()
        || owed.any(|(before, after)| after.owed.minor() > before.owed.minor())
}

fn is_canceled(status: &ChannelStatus) -> bool {
    *status == ChannelStatus::Canceled
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_order_of_a_channel_keeps_every_invariant(story in channel_stories()) {
        for told in story.told() {
            let broken: Vec<_> = invariants::broken_by(&told.after.order).map(|it| it.name).collect();
            prop_assert!(broken.is_empty(), "{broken:?} after {:?}", told.step);
        }
    }

    #[test]
    fn what_the_channel_canceled_stays_canceled_after_each_later_reading(story in channel_stories()) {
        for told in story.told() {
            let (before, after) = (&told.before.record, &told.after.record);
            prop_assert!(after.order.updated_at >= before.order.updated_at, "{:?}", told.step);
            prop_assert!(!is_canceled(&before.order.status) || is_canceled(&after.order.status), "{:?}", told.step);
        }
    }

    #[test]
    fn a_cancellation_counts_only_when_the_order_says_so(story in channel_stories()) {
        for told in story.told() {
            if told.after.state() == Some(ChannelCancellationState::Canceled) {
                prop_assert!(is_canceled(&told.after.record.order.status), "{:?}", told.step);
            }
            let mark = told.after.order.channel.as_ref().and_then(|it| it.canceled_at);
            if mark.is_some() {
                prop_assert!(is_canceled(&told.after.record.order.status));
                prop_assert!(told.after.order.state.is_history(), "{:?}", told.after.order.state);
            }
        }
    }

    #[test]
    fn no_answer_of_a_channel_moves_money_and_no_cancellation_of_ours_takes_its_order(story in channel_stories()) {
        for told in story.told() {
            prop_assert!(told.step.pays_back() || !pays_back(&told), "{:?}", told.step);
            if told.step.cancels_here() {
                prop_assert!(told.change.is_none(), "{:?}", told.step);
            }
            if let (ChannelStep::Complete, Some(change)) = (&told.step, &told.change) {
                let (before, after) = (&told.before.order, &change.after);
                prop_assert_eq!(&change.effects, &[]);
                prop_assert_eq!((&before.totals, &before.items), (&after.totals, &after.items));
                prop_assert_eq!(&before.payment, &after.payment);
            }
        }
    }

    #[test]
    fn each_change_is_one_version_and_an_outcome_is_final_for_its_cancellation(story in channel_stories()) {
        use ChannelCancellationState::{Canceled, Rejected, TooLate};
        for told in story.told() {
            let (before, after) = (&told.before.record, &told.after.record);
            let is_changed = before != after;
            prop_assert_eq!(after.version, before.version + i64::from(is_changed), "{:?}", told.step);
            let (Some(was), Some(is)) = (&before.cancellation, &after.cancellation) else { continue };
            if was.id == is.id && [Canceled, Rejected, TooLate].contains(&was.state) {
                prop_assert_eq!(was, is, "{:?}", told.step);
            }
            // A second cancellation waits until the outcome of the first one is known.
            prop_assert!(was.id == is.id || !was.state.is_open(), "{:?}", told.step);
        }
    }

    #[test]
    fn a_declined_request_is_opened_by_no_reading(story in channel_stories()) {
        for told in story.told() {
            for declined in &told.after.record.declined {
                let items = told.after.record.order.items.iter().filter(|item| item.id == declined.item);
                let mut open = items.filter_map(|item| item.request.as_ref());
                prop_assert!(open.all(|request| !request.is_same(&declined.request)), "{:?}", told.step);
            }
        }
    }
}

/// The properties would hold for stories in which nothing happens, too.
#[test]
fn the_stories_reach_every_state_of_a_cancellation_and_complete_orders() {
    use ChannelCancellationState::{Accepted, Canceled, Rejected, Requested, Sent, TooLate, Unknown};
    let mut runner = TestRunner::deterministic();
    let mut told: Vec<Told> = Vec::new();
    for _ in 0..600 {
        let story = channel_stories()
            .new_tree(&mut runner)
            .expect("a story")
            .current();
        told.extend(story.told());
    }
    for state in [Requested, Sent, Accepted, Canceled, Rejected, TooLate, Unknown] {
        let entered = told.iter().filter(|it| it.before.state() != it.after.state());
        let there = entered.filter(|it| it.after.state() == Some(state)).count();
        assert!(there >= 5, "{there} cancellations in state {state:?}");
    }
    let completed = told
        .iter()
        .filter(|it| matches!(it.step, ChannelStep::Complete) && it.change.is_some());
    let completed = completed.count();
    assert!(completed >= 10, "{completed} orders are completed");
    let declined = |it: &&Told| it.after.record.declined.len() > it.before.record.declined.len();
    let declined = told.iter().filter(declined).count();
    assert!(declined >= 10, "{declined} requests are declined");
    let id = |record: &ChannelRecord| record.cancellation.as_ref().map(|it| it.id.clone());
    let again = |it: &&Told| id(&it.before.record).is_some_and(|was| id(&it.after.record) != Some(was));
    let again = told.iter().filter(again).count();
    assert!(again >= 5, "{again} orders are canceled a second time");
}
