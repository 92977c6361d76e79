//! The states of money that goes back, one after the other, and the words that buyers see for them.

use chrono::{DateTime, Utc};
use countermand_domain::{ReversalEntry, ReversalRefusal, ReversalState};
use countermand_persistence::ReversalSeries;

use super::refund_cursor::{Seen, SeenEnd};
use crate::refund_word::RefundWord;

/// One state of a void or a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The position of the void or the refund among those of its order, from 0.
    pub(super) index: usize,
    /// What a reader has seen of it after this step.
    pub(super) seen: Seen,
    pub(super) at: DateTime<Utc>,
    pub(super) word: RefundWord,
    /// Whether the word is another one than at the step before.
    pub(super) is_news_for_buyer: bool,
    /// The state at the payment provider; none where the step is one of the shop.
    pub(super) entry: Option<ReversalEntry>,
}

/// The steps of all voids and refunds of an order that a reader has not seen, who has seen `seen` of them.
///
/// A settled refund can be opened again, when a bank returns the money: then the provider's state tells it.
pub(super) fn steps_after(all: &[ReversalSeries], seen: &[Option<Seen>]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, series) in all.iter().enumerate() {
        let before = seen.get(index).copied().flatten();
        let mut last_word = None;
        for step in steps_of(series, index) {
            let word = step.word;
            last_word = match before.filter(|before| step.seen <= *before) {
                // What was left to staff is no step any more when the provider tries again, but the reader has seen it.
                Some(before) if before.end == SeenEnd::LeftToStaff => Some(RefundWord::LookedInto),
                Some(_) => Some(word),
                None => {
                    steps.push(Step {
                        is_news_for_buyer: last_word != Some(word),
                        ..step
                    });
                    Some(word)
                }
            };
        }
    }
    steps
}

/// The newest step of each void and refund of an order.
pub(super) fn newest_steps(all: &[ReversalSeries]) -> Vec<Step> {
    let newest = all
        .iter()
        .enumerate()
        .filter_map(|(index, series)| steps_of(series, index).pop());
    newest.collect()
}

fn steps_of(series: &ReversalSeries, index: usize) -> Vec<Step> {
    let step = |seen, at, word, entry| Step {
        index,
        seen,
        at,
        word,
        is_news_for_buyer: true,
        entry,
    };
    let seen = |entries, end| Seen { entries, end };
    let mut steps = vec![step(
        seen(0, SeenEnd::Open),
        series.owed_at,
        RefundWord::OnItsWay,
        None,
    )];
    for (entry, number) in series.entries.iter().zip(1..) {
        steps.push(step(
            seen(number, SeenEnd::Open),
            entry.at,
            word(entry),
            Some(entry.clone()),
        ));
    }
    let entries = u32::try_from(series.entries.len()).unwrap_or(u32::MAX);
    if let Some(at) = series.abandoned_at {
        let seen = seen(entries, SeenEnd::Abandoned);
        steps.push(step(seen, at, RefundWord::NotRefunded, None));
    }
    if let Some(at) = series.settled_at {
        let word = RefundWord::of(series);
        steps.push(step(seen(entries, SeenEnd::Settled), at, word, None));
    }
    if let Some(at) = series.left_to_staff_at
        && RefundWord::of(series) == RefundWord::LookedInto
    {
        let end = SeenEnd::LeftToStaff;
        match steps.last_mut() {
            // The state at the provider is why it was left to staff, so one step tells both.
            Some(last) if last.entry.as_ref().is_some_and(has_failed) => last.seen.end = end,
            Some(_) | None => steps.push(step(seen(entries, end), at, RefundWord::LookedInto, None)),
        }
    }
    // A state that failed is not the last word: staff may have let the provider try again since.
    if let Some(last) = steps.last_mut() {
        last.word = RefundWord::of(series);
    }
    steps
}

/// Whether the state at the provider is one in which no money moves any more.
fn has_failed(entry: &ReversalEntry) -> bool {
    matches!(entry.state, ReversalState::Failed | ReversalState::Canceled)
}

/// The word for a state at the provider that another state followed. What the provider says it has done counts once the
/// books say so, too.
fn word(entry: &ReversalEntry) -> RefundWord {
    match entry.state {
        ReversalState::Due | ReversalState::Requested | ReversalState::Pending | ReversalState::Succeeded => {
            RefundWord::OnItsWay
        }
        // A refund follows at once.
        ReversalState::Failed if entry.refusal == Some(ReversalRefusal::AlreadyCaptured) => {
            RefundWord::OnItsWay
        }
        ReversalState::RequiresAction | ReversalState::Failed | ReversalState::Canceled => {
            RefundWord::LookedInto
        }
    }
}

#[cfg(test)]
mod tests {
    use countermand_domain::{ReversalCall, ReversalOperation};

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

    /// A refund of 15.00 that went through `states` at the provider, and is settled or on its way.
    fn series(states: &[ReversalState], is_settled: bool) -> ReversalSeries {
        let entry = |(state, second): (&ReversalState, i64)| ReversalEntry {
            at: at(second),
            call: ReversalCall {
                operation: ReversalOperation::Refund,
                generation: 1,
            },
            state: *state,
            reference: None,
            refusal: None,
            detail: String::new(),
        };
        ReversalSeries {
            obligation: "1".into(),
            is_refund: true,
            transaction: 0,
            amount: 1500,
            owed_at: at(0),
            settled_at: is_settled.then(|| at(99)),
            abandoned_at: None,
            left_to_staff_at: None,
            problem: String::new(),
            entries: states.iter().zip(1..).map(entry).collect(),
        }
    }

    /// A refund that went through `states` and was left to staff because of `problem`.
    fn left_to_staff(states: &[ReversalState], problem: &str) -> ReversalSeries {
        ReversalSeries {
            left_to_staff_at: Some(at(50)),
            problem: problem.into(),
            ..series(states, false)
        }
    }

    fn words(all: &[ReversalSeries], seen: &[Option<Seen>]) -> Vec<(RefundWord, bool)> {
        let steps = steps_after(all, seen);
        steps.iter().map(|it| (it.word, it.is_news_for_buyer)).collect()
    }

    #[test]
    fn a_reader_gets_each_state_after_those_that_were_seen() {
        use ReversalState::{Pending, Requested, Succeeded};
        let all = [series(&[Requested, Pending, Succeeded], true)];
        let (way, back) = (RefundWord::OnItsWay, RefundWord::Refunded);
        let every = [
            (way, true),
            (way, false),
            (way, false),
            (way, false),
            (back, true),
        ];
        assert_eq!(words(&all, &[]), every);
        let seen = |entries, end| [Some(Seen { entries, end })];
        assert_eq!(words(&all, &seen(1, SeenEnd::Open)), every[2..]);
        assert_eq!(words(&all, &seen(3, SeenEnd::Open)), every[4..]);
        assert_eq!(words(&all, &seen(3, SeenEnd::Settled)), []);
        let newest: Vec<_> = newest_steps(&all).iter().map(|it| it.word).collect();
        assert_eq!(newest, [back]);
    }

    #[test]
    fn money_that_a_bank_returns_is_told_after_it_was_settled() {
        use ReversalState::{Failed, Requested, Succeeded};
        let all = [left_to_staff(
            &[Requested, Succeeded, Failed],
            "the account is closed",
        )];
        let seen = [Some(Seen {
            entries: 2,
            end: SeenEnd::Settled,
        })];
        assert_eq!(words(&all, &seen), [(RefundWord::LookedInto, true)]);
    }

    #[test]
    fn a_refund_that_staff_ended_is_told_and_so_is_money_that_moves_later() {
        use ReversalState::{Failed, Requested};
        let failed = series(&[Requested, Failed], false);
        let all = [ReversalSeries {
            abandoned_at: Some(at(50)),
            ..failed
        }];
        let seen = |end| [Some(Seen { entries: 2, end })];
        let told = [(RefundWord::NotRefunded, true)];
        assert_eq!(words(&all, &seen(SeenEnd::Open)), told);
        assert_eq!(words(&all, &seen(SeenEnd::Abandoned)), []);
        let moved = [series(&[Requested, Failed], true)];
        let told = [(RefundWord::Refunded, true)];
        assert_eq!(words(&moved, &seen(SeenEnd::Abandoned)), told);
    }

    #[test]
    fn a_refund_is_looked_into_from_when_it_is_left_to_staff_until_it_is_tried_again() {
        use ReversalState::{Failed, Requested, Succeeded};
        let (way, looked_into) = (RefundWord::OnItsWay, RefundWord::LookedInto);
        let seen = |entries, end| [Some(Seen { entries, end })];
        let newest = |all: &[ReversalSeries]| {
            let newest = newest_steps(all).pop().expect("a step");
            (newest.word, newest.seen.entries, newest.seen.end)
        };
        let cases: [(&[ReversalState], u32); 3] = [(&[], 0), (&[Requested], 1), (&[Requested, Failed], 2)];
        for (states, open) in cases {
            let left = [left_to_staff(states, "the amount differs")];
            assert_eq!(RefundWord::of(&left[0]), looked_into);
            assert_eq!(newest(&left), (looked_into, open, SeenEnd::LeftToStaff));
            assert_eq!(words(&left, &seen(open, SeenEnd::Open)), [(looked_into, true)]);
            assert_eq!(words(&left, &seen(open, SeenEnd::LeftToStaff)), []);
            // Staff lets the provider try again: the next state of the provider tells it.
            let again = [series(states, false)];
            assert_eq!(RefundWord::of(&again[0]), way);
            assert_eq!(newest(&again), (way, open, SeenEnd::Open));
            assert_eq!(words(&again, &seen(open, SeenEnd::LeftToStaff)), []);
            let sent = [series(&[states, &[Requested, Succeeded]].concat(), false)];
            let told = words(&sent, &seen(open, SeenEnd::LeftToStaff));
            assert_eq!(told, [(way, true), (way, false)]);
        }
    }

    #[test]
    fn a_refund_by_hand_is_on_its_way_until_staff_has_paid_it() {
        use crate::payments::{BY_HAND, BY_KEEPER, WITHOUT_REFERENCE};
        let way = RefundWord::OnItsWay;
        for problem in ["", BY_HAND, BY_KEEPER, WITHOUT_REFERENCE] {
            let by_hand = [left_to_staff(&[], problem)];
            assert_eq!(RefundWord::of(&by_hand[0]), way, "{problem}");
            assert_eq!(words(&by_hand, &[]), [(way, true)], "{problem}");
        }
    }

    #[test]
    fn what_needs_the_buyer_at_the_provider_is_looked_into() {
        use ReversalState::{Pending, Requested, RequiresAction};
        let all = [series(&[Requested, RequiresAction], false)];
        assert_eq!(RefundWord::of(&all[0]), RefundWord::LookedInto);
        let all = [series(&[Requested, RequiresAction, Pending], false)];
        assert_eq!(RefundWord::of(&all[0]), RefundWord::OnItsWay);
    }

    #[test]
    fn a_refund_that_comes_later_is_told_from_its_beginning() {
        let all = [series(&[], true), series(&[], false)];
        let seen = [Some(Seen {
            entries: 0,
            end: SeenEnd::Settled,
        })];
        assert_eq!(words(&all, &seen), [(RefundWord::OnItsWay, true)]);
    }
}
