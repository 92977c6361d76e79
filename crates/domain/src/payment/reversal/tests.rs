use super::*;

pub(in crate::payment) const REFUND: ReversalCall = ReversalCall {
    operation: ReversalOperation::Refund,
    generation: 1,
};

pub(in crate::payment) fn refund(states: &[ReversalState]) -> Reversal {
    let entries = states.iter().map(|state| ReversalEntry {
        at: DateTime::UNIX_EPOCH,
        call: REFUND,
        state: *state,
        reference: None,
        refusal: None,
        detail: String::new(),
    });
    Reversal {
        obligation: "0198c0de".into(),
        owed: ReversalOperation::Refund,
        entries: entries.collect(),
    }
}

#[test]
fn a_void_that_is_not_sent_has_a_key_of_its_own() {
    let void = |generation| ReversalCall {
        operation: ReversalOperation::Void,
        generation,
    };
    let mut rest = refund(&[ReversalState::Requested]);
    assert_eq!(rest.next_void(), void(1));
    assert!(rest.was_requested(REFUND) && !rest.was_requested(void(1)));
    rest.entries[0].call = void(2);
    assert_eq!(rest.next_void(), void(3));
}

#[test]
fn a_refund_follows_a_void_only_while_the_capture_is_the_last_that_is_known() {
    let void = ReversalCall {
        operation: ReversalOperation::Void,
        generation: 1,
    };
    let mut captured = refund(&[ReversalState::Failed]);
    captured.entries[0].call = void;
    captured.entries[0].refusal = Some(ReversalRefusal::AlreadyCaptured);
    assert!(captured.turns_into_refund() && captured.has_met_capture());
    captured.entries.extend(refund(&[ReversalState::Failed]).entries);
    assert!(!captured.turns_into_refund() && captured.has_met_capture());
    captured.entries.remove(0);
    assert!(!captured.has_met_capture());
}

#[test]
fn a_call_is_open_until_its_outcome_is_known() {
    for (state, is_open) in [
        (ReversalState::Due, false),
        (ReversalState::Requested, true),
        (ReversalState::Pending, true),
        (ReversalState::RequiresAction, true),
        (ReversalState::Succeeded, false),
        (ReversalState::Failed, false),
        (ReversalState::Canceled, false),
    ] {
        assert_eq!(refund(&[state]).open_call().is_some(), is_open, "{state:?}");
    }
    assert_eq!(refund(&[]).open_call(), None);
}
