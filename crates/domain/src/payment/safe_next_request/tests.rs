use super::*;
use crate::payment::reversal::ReversalRefusal;
use crate::payment::reversal::tests::{REFUND, refund};

const DAY: ProviderCapabilities = ProviderCapabilities {
    key_retention: Some(TimeDelta::hours(24)),
    look_up: LookUp::Likely,
    ..FOR_EVER
};
const FOR_EVER: ProviderCapabilities = ProviderCapabilities {
    key_retention: None,
    look_up: LookUp::Certain,
    answers_at_once: true,
    reads_payments: true,
    reverses_either: false,
};
const SILENT: ProviderCapabilities = ProviderCapabilities {
    key_retention: Some(TimeDelta::days(7)),
    look_up: LookUp::None,
    answers_at_once: false,
    reads_payments: false,
    reverses_either: true,
};

fn after_hours(hours: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
}

#[test]
fn while_the_outcome_is_unknown_the_same_key_is_sent_as_long_as_the_provider_keeps_it() {
    let unknown = refund(&[ReversalState::Requested]);
    assert_eq!(
        unknown.next_step(DAY, after_hours(22)),
        ReversalStep::Repeat(REFUND)
    );
    assert_eq!(
        unknown.next_step(DAY, after_hours(23)),
        ReversalStep::LookUp(REFUND)
    );
    assert_eq!(
        unknown.next_step(FOR_EVER, after_hours(9_000)),
        ReversalStep::Repeat(REFUND)
    );
    assert_eq!(
        unknown.next_step(SILENT, after_hours(200)),
        ReversalStep::AskPerson
    );
}

#[test]
fn a_new_key_is_used_only_when_no_second_refund_can_follow() {
    let unknown = refund(&[ReversalState::Requested]);
    let second = ReversalStep::Begin(ReversalCall {
        generation: 2,
        ..REFUND
    });
    let found = |capabilities, takes_the_rest, hours| {
        unknown.after_nothing_found(REFUND, capabilities, takes_the_rest, after_hours(hours))
    };
    assert_eq!(found(FOR_EVER, false, 1), ReversalStep::Repeat(REFUND));
    assert_eq!(found(DAY, true, 1), second);
    for hours in [1, 23, 24, 25, 47] {
        assert_eq!(found(DAY, false, hours), ReversalStep::Await, "{hours}");
    }
    // The same request may be sent for 23 hours, and the key of the last one is kept for a day and, to be sure, an hour.
    assert_eq!(found(DAY, false, 48), second);
    assert_eq!(found(SILENT, true, 200), ReversalStep::AskPerson);
}

#[test]
fn a_refund_that_failed_is_tried_again_under_a_key_of_its_own() {
    let failed = refund(&[ReversalState::Requested, ReversalState::Failed]);
    let ReversalStep::Begin(call) = failed.next_step(DAY, after_hours(1)) else {
        panic!("a failed refund begins anew");
    };
    assert_eq!(failed.key(call), "0198c0de:refund:2");
}

/// A refund that failed, and that staff lets the provider try again `at` this time.
fn tried_again(at: DateTime<Utc>) -> (Reversal, ReversalCall) {
    let mut again = refund(&[ReversalState::Requested, ReversalState::Failed]);
    let call = again.call_after_failure().expect("a refund that failed");
    let due = ReversalEntry {
        at,
        call,
        state: ReversalState::Due,
        ..again.entries[1].clone()
    };
    again.entries.push(due);
    (again, call)
}

#[test]
fn what_staff_lets_the_provider_try_again_begins_once_under_the_next_key() {
    let (again, call) = tried_again(after_hours(1));
    assert_eq!(again.key(call), "0198c0de:refund:2");
    for capabilities in [DAY, FOR_EVER, SILENT] {
        let step = again.next_step(capabilities, after_hours(90));
        assert_eq!(step, ReversalStep::Begin(call));
    }
    assert!(!again.is_at_provider());
    // It has not failed since, and staff asked for it once.
    assert_eq!(again.ended_without_money(), None);
    assert_eq!(again.call_after_failure(), None);
    assert_eq!(
        again.state().map(ReversalState::shown),
        Some(ReversalState::Requested)
    );
    let unknown = refund(&[ReversalState::Requested]);
    assert_eq!(unknown.call_after_failure(), None);
}

#[test]
fn a_key_counts_from_its_first_request_and_not_from_when_staff_asked_for_it() {
    let (mut again, call) = tried_again(after_hours(0));
    let sent = ReversalEntry {
        at: after_hours(100),
        call,
        state: ReversalState::Requested,
        ..again.entries[1].clone()
    };
    again.entries.push(sent);
    assert_eq!(again.next_step(DAY, after_hours(122)), ReversalStep::Repeat(call));
    assert_eq!(again.next_step(DAY, after_hours(123)), ReversalStep::LookUp(call));
    let found = |hours| again.after_nothing_found(call, DAY, false, after_hours(hours));
    assert_eq!(found(147), ReversalStep::Await);
    assert!(matches!(found(148), ReversalStep::Begin(_)));
}

#[test]
fn a_void_of_captured_money_becomes_a_refund() {
    let call = ReversalCall {
        operation: ReversalOperation::Void,
        generation: 1,
    };
    let mut void = refund(&[ReversalState::Failed]);
    void.owed = ReversalOperation::Void;
    void.entries[0].call = call;
    void.entries[0].refusal = Some(ReversalRefusal::AlreadyCaptured);
    assert_eq!(void.next_step(DAY, after_hours(1)), ReversalStep::Begin(REFUND));
}

#[test]
fn a_refund_under_way_is_looked_up_or_awaited_and_a_success_is_booked() {
    let pending = refund(&[ReversalState::Requested, ReversalState::Pending]);
    assert_eq!(
        pending.next_step(DAY, after_hours(90)),
        ReversalStep::LookUp(REFUND)
    );
    assert_eq!(pending.next_step(SILENT, after_hours(90)), ReversalStep::Await);
    assert_eq!(
        pending.next_step(SILENT, after_hours(7 * 24)),
        ReversalStep::AskPerson
    );
    let done = refund(&[ReversalState::Requested, ReversalState::Succeeded]);
    assert_eq!(done.next_step(DAY, after_hours(90)), ReversalStep::Book);
}

#[test]
fn a_whole_authorization_goes_back_in_one_call_where_the_provider_can() {
    let mut void = refund(&[]);
    void.owed = ReversalOperation::Void;
    let begin = |capabilities: ProviderCapabilities, is_whole| {
        let step = void.next_step(capabilities, after_hours(1));
        match step.in_one_call(capabilities, is_whole) {
            ReversalStep::Begin(call) => void.key(call),
            step => panic!("{step:?}"),
        }
    };
    assert_eq!(begin(SILENT, true), "0198c0de:either:1");
    assert_eq!(begin(SILENT, false), "0198c0de:void:1");
    assert_eq!(begin(DAY, true), "0198c0de:void:1");
    let owed = refund(&[]);
    let step = owed.next_step(SILENT, after_hours(1));
    assert_eq!(step.in_one_call(SILENT, true), ReversalStep::Begin(REFUND));
}

#[test]
fn one_call_that_met_captured_money_becomes_a_refund() {
    let mut void = refund(&[ReversalState::Failed]);
    void.entries[0].call.operation = ReversalOperation::Either;
    void.entries[0].refusal = Some(ReversalRefusal::AlreadyCaptured);
    assert_eq!(
        void.next_step(SILENT, after_hours(1)),
        ReversalStep::Begin(REFUND)
    );
}
