//! Meets obligations. Each call meets one batch of each kind, so that a test can drive a worker step by step.

use std::time::{Duration, Instant};

use countermand_domain::OrderId;
use countermand_persistence::ClaimedObligation;

use super::attempts::{MAX_ATTEMPTS, next_wait};
use super::registry::ObligationKind;
use super::{Outcome, Ports};
use crate::App;
use crate::error::AppError;
use crate::journal;

/// How many obligations of a kind a worker claims at once.
const BATCH: u64 = 16;
/// How long a claim holds.
const LEASE: Duration = Duration::from_secs(120);
/// How long after its claim a worker still begins an attempt: a mail server may take a minute for a mail.
const LAST_BEGIN: Duration = Duration::from_secs(45);

/// An obligation that a worker tried to meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    /// The kind of the obligation.
    pub kind: ObligationKind,
    /// The id of the obligation.
    pub id: String,
    /// The order that the obligation is about.
    pub order: Option<OrderId>,
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

impl Settlement {
    /// The code for metrics.
    fn code(&self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Postponed(_) => "postponed",
            Self::NeedsAttention(_) => "needs_attention",
            Self::TakenOver => "taken_over",
        }
    }
}

impl App {
    /// Meets due obligations of every kind; see [`App::meet_due`].
    pub async fn meet_due_obligations(
        &self,
        ports: &Ports<'_>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Attempted>, AppError> {
        self.meet_due(ObligationKind::ALL, ports, is_stopped).await
    }

    /// Meets due obligations, at most one batch of each of `kinds`; begins no attempt once `is_stopped`. An empty answer
    /// says that no obligation was due, or that other workers were faster.
    pub async fn meet_due(
        &self,
        kinds: &[ObligationKind],
        ports: &Ports<'_>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Attempted>, AppError> {
        let mut attempted = Vec::new();
        for kind in self.database().due_kinds(kinds).await? {
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
                let settlement = self.settle(kind, obligation, outcome).await?;
                journal::count_attempt(kind.code(), settlement.code());
                attempted.push(Attempted {
                    kind,
                    id: obligation.id.clone(),
                    order: obligation.order,
                    settlement,
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
        let database = self.database();
        let (holds, settlement) = match outcome {
            Outcome::Booked => (true, Settlement::Met),
            Outcome::Met(receipt) => (
                database
                    .obligation_is_met(held, &receipt.0, !kind.is_job())
                    .await?,
                Settlement::Met,
            ),
            Outcome::Waiting { why, until } => {
                let asked = until.map(|until| until - self.now());
                let asked = asked.and_then(|wait| wait.to_std().ok()).unwrap_or_default();
                let wait = next_wait(held.attempt, self.env()).max(asked);
                let postponed = database.postpone_obligation(held, wait, &why).await?;
                (postponed, Settlement::Postponed(why))
            }
            Outcome::Later { why } | Outcome::Unknown { why } if held.attempt < MAX_ATTEMPTS => (
                database
                    .postpone_obligation(held, next_wait(held.attempt, self.env()), &why)
                    .await?,
                Settlement::Postponed(why),
            ),
            Outcome::Later { why } | Outcome::Unknown { why } | Outcome::NeedsAttention { why } => (
                database.leave_obligation_to_staff(held, &why).await?,
                Settlement::NeedsAttention(why),
            ),
        };
        Ok(if holds { settlement } else { Settlement::TakenOver })
    }
}
