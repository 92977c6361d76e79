//! Successes of a void or a refund that did not hold: a bank returned the money, or the payment provider said later that
//! no money had moved.

use chrono::{DateTime, Utc};

use super::reversal::{Reversal, ReversalEntry, ReversalState};
use crate::money::Money;
use crate::order::Settlement;

impl Reversal {
    /// Whether it counted as carried out at its provider before, and did not stay so.
    #[must_use]
    pub fn has_lost_success(&self) -> bool {
        self.lost_successes().next().is_some()
    }

    /// Whether the books said of a success that did not hold that `amount` of the capture at index `transaction` was paid
    /// back by it. `settlements` are those of the order that the program wrote, with their times. That of a success has the
    /// provider's id of the refund. Where the provider names no refunds, it stands between the success and the state that
    /// follows it: a success that failed before it was booked has none, even where another refund has the same amount.
    #[must_use]
    pub fn was_booked_before<'a>(
        &self,
        transaction: usize,
        amount: Money,
        mut settlements: impl Iterator<Item = (DateTime<Utc>, &'a Settlement)>,
    ) -> bool {
        settlements.any(|(at, settlement)| {
            self.lost_successes().any(|(success, lost_at)| {
                let reference = success.reference.as_deref();
                // The clocks of two servers differ, so the times decide only where no id does.
                (reference.is_some() || (success.at..=lost_at).contains(&at))
                    && settlement.books_refund(transaction, amount, reference)
            })
        })
    }

    /// The successes that another state follows, each with the time of that state.
    fn lost_successes(&self) -> impl Iterator<Item = (&ReversalEntry, DateTime<Utc>)> {
        let successes = self.entries.iter().enumerate();
        let successes = successes.filter(|(_, entry)| entry.state == ReversalState::Succeeded);
        successes.filter_map(move |(index, success)| {
            let mut later = self.entries.iter().skip(index);
            let next = later.find(|entry| entry.state != ReversalState::Succeeded)?;
            Some((success, next.at))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::SettledMatter;
    use crate::payment::reversal::{ReversalCall, ReversalOperation};

    fn usd(minor: i64) -> Money {
        Money::new(minor, "USD".parse().expect("a currency"))
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a time")
    }

    /// A refund that went through these states, one each ten seconds from 0 on, with the provider's ids of the refund.
    fn refund(states: &[(ReversalState, &str)]) -> Reversal {
        let entries = (0..).step_by(10).zip(states);
        let entries = entries.map(|(second, (state, reference))| ReversalEntry {
            at: at(second),
            call: ReversalCall {
                operation: ReversalOperation::Refund,
                generation: 1,
            },
            state: *state,
            reference: (!reference.is_empty()).then(|| (*reference).to_owned()),
            refusal: None,
            detail: String::new(),
        });
        Reversal {
            obligation: "o-1".into(),
            owed: ReversalOperation::Refund,
            entries: entries.collect(),
        }
    }

    fn settled(matter: SettledMatter, reference: &str) -> Settlement {
        Settlement {
            matter,
            note: String::new(),
            reference: Some(reference.to_owned()),
        }
    }

    /// `amount` of the first capture was paid back.
    fn of_refund(amount: Money) -> SettledMatter {
        SettledMatter::Refund {
            transaction: 0,
            amount,
        }
    }

    #[test]
    fn a_success_is_lost_once_another_state_follows_it() {
        use ReversalState::{Failed, Pending, Requested, Succeeded};
        let is_lost = |states: &[ReversalState]| {
            let states: Vec<_> = states.iter().map(|state| (*state, "")).collect();
            refund(&states).has_lost_success()
        };
        assert!(!is_lost(&[]));
        assert!(!is_lost(&[Requested, Pending]));
        assert!(!is_lost(&[Requested, Failed, Requested, Succeeded]));
        assert!(
            !is_lost(&[Requested, Succeeded, Succeeded]),
            "the second one only names the refund"
        );
        assert!(is_lost(&[Requested, Succeeded, Failed]));
        assert!(is_lost(&[Requested, Succeeded, Failed, Succeeded]));
        assert!(is_lost(&[Requested, Succeeded, Failed, Requested, Succeeded]));
    }

    #[test]
    fn a_success_that_did_not_hold_was_booked_before_if_a_settlement_names_it() {
        use ReversalState::{Failed, Requested, Succeeded};
        let again = refund(&[
            (Requested, ""),
            (Succeeded, "re_1"),
            (Failed, "re_1"),
            (Requested, ""),
            (Succeeded, "re_2"),
        ]);
        let was_booked_at = |second, settlement: Settlement| {
            again.was_booked_before(0, usd(1500), std::iter::once((at(second), &settlement)))
        };
        let was_booked = |settlement| was_booked_at(11, settlement);
        assert!(!again.was_booked_before(0, usd(1500), std::iter::empty()));
        for second in [5, 11, 25] {
            let booked = settled(of_refund(usd(1500)), "re_1");
            assert!(was_booked_at(second, booked), "a server's clock said {second}");
        }
        let adopted = |reversal| SettledMatter::Adopted {
            reversal,
            transaction: 0,
            amount: usd(1500),
        };
        assert!(was_booked(settled(adopted(ReversalOperation::Refund), "re_1")));
        // What others paid back has another reference, and another refund another amount or capture.
        assert!(!was_booked(settled(of_refund(usd(1500)), "pi_1")));
        assert!(!was_booked(settled(of_refund(usd(500)), "re_1")));
        assert!(!was_booked(settled(adopted(ReversalOperation::Void), "re_1")));
        assert!(!was_booked(settled(
            SettledMatter::Refund {
                transaction: 1,
                amount: usd(1500),
            },
            "re_1"
        )));
        // The success that holds is not one before.
        assert!(!was_booked(settled(of_refund(usd(1500)), "re_2")));
    }

    #[test]
    fn a_success_of_a_provider_that_names_no_refunds_is_known_without_a_reference() {
        use ReversalState::{Failed, Succeeded};
        let again = refund(&[(Succeeded, ""), (Failed, ""), (Succeeded, "")]);
        let booked = Settlement {
            reference: None,
            ..settled(of_refund(usd(1500)), "")
        };
        assert!(again.was_booked_before(0, usd(1500), std::iter::once((at(1), &booked))));
        let by_others = settled(of_refund(usd(1500)), "pi_1");
        assert!(!again.was_booked_before(0, usd(1500), std::iter::once((at(1), &by_others))));
    }

    #[test]
    fn a_settlement_is_that_of_the_success_before_it_and_not_of_another_refund() {
        use ReversalState::{Failed, Requested, Succeeded};
        // It succeeded at 10, which a second answer repeated at 20, failed at 30, and succeeded again at 50.
        let states = [Requested, Succeeded, Succeeded, Failed, Requested, Succeeded];
        let again = refund(&states.map(|state| (state, "")));
        let booked = Settlement {
            reference: None,
            ..settled(of_refund(usd(1500)), "")
        };
        let was_booked =
            |second| again.was_booked_before(0, usd(1500), std::iter::once((at(second), &booked)));
        for second in [10, 15, 25, 30] {
            assert!(was_booked(second), "{second}");
        }
        for second in [0, 9, 31, 40, 50, 60] {
            assert!(
                !was_booked(second),
                "a refund of the same amount was booked at {second}"
            );
        }
    }
}
