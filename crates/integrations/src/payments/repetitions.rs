//! How many attempts that repeat others this process may send to an account: one for ten answers of the provider, and
//! one each ten seconds.

use chrono::{DateTime, TimeDelta, Utc};

/// What a repetition takes of the budget. The budget is kept as a time and grows by the time that passes, so one
/// repetition in ten seconds is always allowed.
const REPETITION: TimeDelta = TimeDelta::seconds(10);
/// What an answer adds to the budget: a tenth of a repetition.
const ANSWER: TimeDelta = TimeDelta::seconds(1);
/// The most that is saved up: ten repetitions.
const MOST: TimeDelta = TimeDelta::seconds(100);

/// The budget of an account for repetitions. It is full at first.
#[derive(Debug, Default)]
pub(super) struct RepetitionBudget {
    saved: TimeDelta,
    /// Until when the time that passed is counted; none before the first repetition.
    counted_until: Option<DateTime<Utc>>,
}

impl RepetitionBudget {
    /// Takes a repetition; false where none is left.
    pub(super) fn take(&mut self, now: DateTime<Utc>) -> bool {
        let passed = self.counted_until.map_or(MOST, |until| now - until);
        self.counted_until = Some(now);
        self.earn(passed.clamp(TimeDelta::zero(), MOST));
        let is_left = self.saved >= REPETITION;
        if is_left {
            self.saved -= REPETITION;
        }
        is_left
    }

    /// Puts a repetition back.
    pub(super) fn give_back(&mut self) {
        self.earn(REPETITION);
    }

    /// Records that the provider answered a request.
    pub(super) fn note_answer(&mut self) {
        self.earn(ANSWER);
    }

    fn earn(&mut self, earned: TimeDelta) {
        self.saved = (self.saved + earned).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    /// Takes all repetitions that are left, and gives their number.
    fn all_of(budget: &mut RepetitionBudget, now: DateTime<Utc>) -> usize {
        (0..100).take_while(|_| budget.take(now)).count()
    }

    #[test]
    fn ten_repetitions_are_saved_up_and_one_in_ten_seconds_is_always_allowed() {
        let mut budget = RepetitionBudget::default();
        for (seconds, taken) in [
            (0, 10),
            (0, 0),
            (9, 0),
            (10, 1),
            (19, 0),
            (20, 1),
            (45, 2),
            (3_600, 10),
        ] {
            let now = NOW + TimeDelta::seconds(seconds);
            assert_eq!(all_of(&mut budget, now), taken, "after {seconds} seconds");
        }
        let set_back = NOW + TimeDelta::seconds(60);
        assert_eq!(all_of(&mut budget, set_back), 0, "a clock that was set back");
    }

    #[test]
    fn ten_answers_earn_a_repetition() {
        let mut budget = RepetitionBudget::default();
        for (answers, taken) in [(0, 10), (9, 0), (1, 1), (25, 2), (5, 1), (1_000, 10)] {
            for _ in 0..answers {
                budget.note_answer();
            }
            assert_eq!(all_of(&mut budget, NOW), taken, "after {answers} answers more");
        }
    }

    #[test]
    fn repetitions_that_are_put_back_take_nothing() {
        let mut budget = RepetitionBudget::default();
        for _ in 0..100 {
            assert!(budget.take(NOW));
            budget.give_back();
        }
        assert_eq!(all_of(&mut budget, NOW), 10);
        budget.give_back();
        assert_eq!(all_of(&mut budget, NOW), 1);
    }
}
