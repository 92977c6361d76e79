//! The states of money that goes back, one after the other, and the words that buyers see for them.

use chrono::{DateTime, Utc};
use countermand_domain::{ReversalEntry, ReversalOperation, ReversalRefusal, ReversalState};
use countermand_persistence::ReversalSeries;

use super::refund_cursor::{Seen, SeenEnd};

/// The state of money that goes back, in the words for buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundWord {
    /// The shop has decided to give the money back, and it is not there yet.
    OnItsWay,
    /// Something is in the way, and the shop looks into it.
    LookedInto,
    /// Captured money was paid back.
    Refunded,
    /// A reserved amount was released.
    Released,
    /// The shop ended it, and did not give the money back.
    NotRefunded,
}

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
            let is_news_for_buyer = last_word != Some(step.word);
            last_word = Some(step.word);
            if before.is_none_or(|before| step.seen > before) {
                steps.push(Step {
                    is_news_for_buyer,
                    ..step
                });
            }
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
    let mut is_refund = series.is_refund;
    for (entry, number) in series.entries.iter().zip(1..) {
        is_refund = entry.call.operation == ReversalOperation::Refund;
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
        let word = if is_refund {
            RefundWord::Refunded
        } else {
            RefundWord::Released
        };
        steps.push(step(seen(entries, SeenEnd::Settled), at, word, None));
    }
    steps
}

/// The word for a state at the provider. What the provider says it has done counts once the books say so, too.
fn word(entry: &ReversalEntry) -> RefundWord {
    match entry.state {
        ReversalState::Requested | ReversalState::Pending | ReversalState::Succeeded => RefundWord::OnItsWay,
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
    use countermand_domain::ReversalCall;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).expect("an instant")
    }

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
            entries: states.iter().zip(1..).map(entry).collect(),
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
        let all = [series(&[Requested, Succeeded, Failed], false)];
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
    fn a_refund_that_comes_later_is_told_from_its_beginning() {
        let all = [series(&[], true), series(&[], false)];
        let seen = [Some(Seen {
            entries: 0,
            end: SeenEnd::Settled,
        })];
        assert_eq!(words(&all, &seen), [(RefundWord::OnItsWay, true)]);
    }
}
