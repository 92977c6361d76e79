//! Meets obligations. Each call meets one batch of each kind, so that a test can drive a worker step by step.

use std::time::{Duration, Instant};

use countermand_persistence::ClaimedObligation;

use super::registry::ObligationKind;
use super::{Outcome, Ports};
use crate::App;
use crate::env::Env;
use crate::error::AppError;

/// How many obligations of a kind a worker claims at once.
const BATCH: u64 = 16;
/// How long a claim holds.
const LEASE: Duration = Duration::from_secs(120);
/// How long after its claim a worker still begins an attempt: a mail server may take a minute for a mail.
const LAST_BEGIN: Duration = Duration::from_secs(45);
/// The most attempts: about three days of doubling waits, each an hour at most.
const MAX_ATTEMPTS: i32 = 80;
/// How many obligations are deleted in one statement, and in one round of cleaning up.
const FORGOTTEN_AT_ONCE: u64 = 500;
const FORGOTTEN_IN_A_ROUND: u64 = 20_000;

/// An obligation that a worker tried to meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// The kind of the obligation.
    pub kind: ObligationKind,
    /// The id of the obligation.
    pub id: String,
    /// What became of the obligation.
    pub settlement: Settlement,
}

/// What became of an obligation after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The obligation is met.
    Met,
    /// The obligation is tried again later; the text says why.
    Postponed(String),
    /// The obligation waits for staff; the text says why.
    NeedsAttention(String),
    /// The lease ended during the attempt, and another worker has claimed it.
    TakenOver,
}

impl App {
    /// Meets due obligations, at most one batch of each kind; begins no attempt once `is_stopped`. An empty answer
    /// says that no obligation was due, or that other workers were faster.
    pub async fn meet_due_obligations(
        &self,
        ports: &Ports<'_>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Attempted>, AppError> {
        let mut attempted = Vec::new();
        for kind in self.database().due_kinds(ObligationKind::ALL).await? {
            if is_stopped() {
                break;
            }
            let claimed_at = Instant::now();
            let held = self
                .database()
                .claim_obligations(kind.code(), BATCH, LEASE)
                .await?;
            for (index, obligation) in held.iter().enumerate() {
                if is_stopped() || claimed_at.elapsed() > LAST_BEGIN {
                    self.database().give_back_obligations(&held[index..]).await?;
                    break;
                }
                let outcome = kind.meet(self, ports, obligation).await;
                attempted.push(Attempted {
                    kind,
                    id: obligation.id.clone(),
                    settlement: self.settle(kind, obligation, outcome).await?,
                });
            }
        }
        Ok(attempted)
    }

    async fn settle(
        &self,
        kind: ObligationKind,
        held: &ClaimedObligation,
        outcome: Outcome,
    ) -> Result<Settlement, AppError> {
        let store = self.database();
        let (holds, settlement) = match outcome {
            Outcome::Met(receipt) => (
                store.obligation_is_met(held, &receipt.0, !kind.is_job()).await?,
                Settlement::Met,
            ),
            Outcome::Later { why } | Outcome::Unknown { why } if held.attempt < MAX_ATTEMPTS => (
                store
                    .postpone_obligation(held, next_wait(held.attempt, self.env()), &why)
                    .await?,
                Settlement::Postponed(why),
            ),
            Outcome::Later { why } | Outcome::Unknown { why } | Outcome::NeedsAttention { why } => (
                store.leave_obligation_to_staff(held, &why).await?,
                Settlement::NeedsAttention(why),
            ),
        };
        Ok(if holds { settlement } else { Settlement::TakenOver })
    }

    /// Forgets jobs that were met longer ago than the installation keeps them; says how many.
    pub(crate) async fn forget_met_obligations(&self) -> Result<u64, AppError> {
        let kept = self.settings().met_jobs_kept.to_std().unwrap_or_default();
        let mut forgotten = 0;
        for kind in ObligationKind::ALL.iter().filter(|kind| kind.is_job()) {
            while forgotten < FORGOTTEN_IN_A_ROUND {
                let batch = self
                    .database()
                    .forget_met_obligations(kind.code(), kept, FORGOTTEN_AT_ONCE)
                    .await?;
                forgotten += batch;
                if batch < FORGOTTEN_AT_ONCE {
                    break;
                }
            }
        }
        Ok(forgotten)
    }
}

/// The wait before the next attempt: 5 s, 10 s, 20 s, up to an hour, changed at
/// random by up to a quarter so that many obligations do not become due at once.
fn next_wait(attempt: i32, env: &Env) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(10);
    let wait = (5_u32 << doublings).min(3600);
    Duration::from_secs(u64::from(wait + env.at_most(wait / 4)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::tests::counting_env;

    #[test]
    fn waits_double_up_to_an_hour() {
        for (attempt, shortest) in [(1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (79, 3600)] {
            let wait = next_wait(attempt, &counting_env()).as_secs();
            assert!(
                (shortest..=shortest + shortest / 4).contains(&wait),
                "{attempt}: {wait}"
            );
        }
    }
}
