//! A payment provider fails, and answers again: what waits only because of its failures is tried soon after that.
//!
//! Each process learns by its own calls how an account does. It learns of the calls of the others by the problem of an
//! obligation, which says that calls failed, or that one of them was answered since.
//!
//! While a provider answers some calls and fails at others, attempts that repeat others have a budget, so that they do
//! not add much to what the provider has to do.

use std::time::Duration;

use crate::App;
use crate::obligations::{Attempt, ObligationKind, Outcome};

/// The kinds that wait for payment providers.
pub(super) const KINDS: [ObligationKind; 3] = [
    ObligationKind::Void,
    ObligationKind::Refund,
    ObligationKind::PaymentCheck,
];

/// The shortest wait of an attempt whose account has no repetition left: the account then has another one.
const REPETITION_WAIT: Duration = Duration::from_secs(10);
/// The longest part of the wait that is drawn, in seconds.
const LONGEST_DRAWN: u32 = 20;

/// The problem of an obligation that waits only because calls at the account `name` fail.
pub(crate) fn failure_of(name: &str, why: &str) -> String {
    format!("{}{why}", failure_at(name))
}

/// How such a problem begins. A name has only letters, digits and hyphens.
fn failure_at(name: &str) -> String {
    format!("the payment provider {name} fails: ")
}

/// The problem of an obligation that waited, once the provider answers.
fn answer_of(name: &str) -> String {
    format!("the payment provider {name} answers again")
}

impl App {
    /// Begins an attempt at the account `name`. The outcome says that the attempt repeats another one, and that the
    /// budget of the account is used up: it is made later, and does not count.
    pub(crate) fn begin_attempt(&self, name: &str, attempt: &Attempt) -> Option<Outcome> {
        self.note_failures(name, &attempt.problem);
        if !is_repetition(attempt) || self.payment_providers().takes_repetition(name) {
            return None;
        }
        let drawn = self.env().at_most(LONGEST_DRAWN);
        Some(Outcome::Again {
            why: format!(
                "too many attempts at the payment provider {name} failed: this one waits for its turn"
            ),
            wait: REPETITION_WAIT + Duration::from_secs(u64::from(drawn)),
            is_counted: false,
        })
    }

    /// Ends an attempt that began at the account `name`. One that failed is taken from the budget of the account.
    pub(crate) async fn end_attempt(&self, name: &str, attempt: &Attempt, outcome: &Outcome) {
        let has_failed = matches!(
            outcome,
            Outcome::Failing { was_sent: true, .. } | Outcome::Unknown { .. }
        );
        if is_repetition(attempt) && !has_failed {
            self.payment_providers().gives_repetition_back(name);
        }
        self.wake_after_failures(name).await;
    }

    /// Lets the account `name` know why an obligation waited, before it is tried: `problem` is its problem.
    fn note_failures(&self, name: &str, problem: &str) {
        let answers_again = problem == answer_of(name);
        if answers_again || problem.starts_with(&failure_at(name)) {
            self.payment_providers().note_failures(name, answers_again);
        }
    }

    /// Makes due soon what waits only because calls at the account `name` failed, if one was answered since.
    async fn wake_after_failures(&self, name: &str) {
        if !self.payment_providers().takes_recovery(name) {
            return;
        }
        let kinds = KINDS.map(ObligationKind::code);
        let (failure, answer) = (failure_at(name), answer_of(name));
        let woken = self.database().wake_obligations(&kinds, &failure, &answer).await;
        if let Err(problem) = woken {
            // Each of them is tried within a minute without this.
            tracing::warn!(%problem, account = name, "cannot wake what waits for a payment provider");
        }
    }
}

/// Whether an earlier attempt was made, which failed or whose outcome is not known. What only waited is no attempt.
fn is_repetition(attempt: &Attempt) -> bool {
    attempt.number > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_one_account_and_ends_with_its_answer() {
        let problem = failure_of("main", "it is down");
        assert_eq!(problem, "the payment provider main fails: it is down");
        for other in ["main-2", "mai", "ain"] {
            assert!(!problem.starts_with(&failure_at(other)), "{other}");
        }
        assert!(!answer_of("main").starts_with(&failure_at("main")));
        assert!(failure_at("a-1").chars().all(|it| it != '%' && it != '_'));
    }
}
