//! Meets obligations. Each call meets one batch of each kind, so that a test can drive a worker step by step.

use std::time::{Duration, Instant};

use countermand_domain::OrderId;
use countermand_persistence::ClaimedObligation;

use super::attempts::{MAX_ATTEMPTS, counts_at_failing, next_wait, wait_at_failing, waiting_time};
use super::lease::LEASE;
use super::registry::ObligationKind;
use super::{Outcome, Ports, delivery_key};
use crate::App;
use crate::error::AppError;
use crate::journal;
use crate::payments::failure_of;

/// How many obligations of a kind a worker claims at once.
const BATCH: u64 = 16;
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

    /// Meets due obligations, at most one batch of each of `kinds`; begins no attempt once `is_stopped`. An empty
    /// answer says that no obligation was due, that other workers were faster, or that mails wait for their server.
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
            let most = self.places(kind);
            if most == 0 {
                continue;
            }
            let claimed_at = Instant::now();
            let held = self
                .database()
                .claim_obligations(kind.code(), most, LEASE)
                .await?;
            for (index, obligation) in held.iter().enumerate() {
                let is_held_up =
                    index > 0 && kind == ObligationKind::Mail && self.mail_breaker().is_tripped();
                if is_stopped() || is_held_up || claimed_at.elapsed() > LAST_BEGIN {
                    self.database().give_back_obligations(&held[index..]).await?;
                    break;
                }
                attempted.push(self.meet_held(kind, ports, obligation).await?);
            }
        }
        Ok(attempted)
    }

    /// How many obligations of `kind` are claimed at once now. While the mail server takes no mails, they stay due where
    /// they are, and go out one after the other once it is back.
    fn places(&self, kind: ObligationKind) -> u64 {
        if kind == ObligationKind::Mail {
            self.mail_breaker().places(self.now(), BATCH)
        } else {
            BATCH
        }
    }

    /// Claims at most `most` due obligations of `kind`, to be met side by side with [`App::meet_held`], each at once.
    /// Messages to endpoints that take no more now are left where they are.
    pub async fn claim_due(
        &self,
        kind: ObligationKind,
        most: usize,
    ) -> Result<Vec<ClaimedObligation>, AppError> {
        if self.database().due_kinds(&[kind]).await?.is_empty() {
            return Ok(Vec::new());
        }
        let most = u64::try_from(most).unwrap_or(BATCH).min(BATCH);
        let full = if kind == ObligationKind::WebhookDelivery {
            self.messages_per_endpoint().full()
        } else {
            Vec::new()
        };
        let full: Vec<_> = full.iter().map(|endpoint| delivery_key(endpoint, "")).collect();
        Ok(self
            .database()
            .claim_obligations_but(kind.code(), most, LEASE, &full)
            .await?)
    }

    /// Meets an obligation that this worker holds.
    pub async fn meet_held(
        &self,
        kind: ObligationKind,
        ports: &Ports<'_>,
        held: &ClaimedObligation,
    ) -> Result<Attempted, AppError> {
        let outcome = kind.meet(self, ports, held).await;
        let settlement = self.settle(kind, held, outcome).await?;
        journal::count_attempt(kind.code(), settlement.code());
        Ok(Attempted {
            kind,
            id: held.id.clone(),
            order: held.order,
            settlement,
        })
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
            Outcome::Again {
                why,
                wait,
                is_counted,
            } => {
                let postponed = if is_counted {
                    database.postpone_obligation(held, wait, &why).await?
                } else {
                    database.put_off_obligation(held, wait, &why).await?
                };
                (postponed, Settlement::Postponed(why))
            }
            Outcome::Waiting { why, until } => {
                let waited = self.now() - held.created_at;
                let wait = match until.map(|until| until - self.now()) {
                    Some(asked) => next_wait(1, self.env()).max(asked.to_std().unwrap_or_default()),
                    None => waiting_time(waited.to_std().unwrap_or_default(), self.env()),
                };
                // What only waits keeps all its attempts.
                let postponed = database.put_off_obligation(held, wait, &why).await?;
                (postponed, Settlement::Postponed(why))
            }
            Outcome::Failing {
                account,
                why,
                was_sent,
            } => self.wait_at_failing(held, &account, &why, was_sent).await?,
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

    /// Lets an obligation wait whose account at a payment provider fails. Says whether the worker still held it.
    async fn wait_at_failing(
        &self,
        held: &ClaimedObligation,
        account: &str,
        why: &str,
        was_sent: bool,
    ) -> Result<(bool, Settlement), AppError> {
        let (database, why) = (self.database(), failure_of(account, why));
        let pause = self.payment_account_suspended_until(account);
        let pause = pause.map(|until| (until - self.now()).to_std().unwrap_or_default());
        let wait = wait_at_failing(held.attempt, pause.unwrap_or_default(), was_sent, self.env());
        if !was_sent || !counts_at_failing(held.attempt, self.env()) {
            let postponed = database.put_off_obligation(held, wait, &why).await?;
            return Ok((postponed, Settlement::Postponed(why)));
        }
        if held.attempt < MAX_ATTEMPTS {
            let postponed = database.postpone_obligation(held, wait, &why).await?;
            return Ok((postponed, Settlement::Postponed(why)));
        }
        let left = database.leave_obligation_to_staff(held, &why).await?;
        Ok((left, Settlement::NeedsAttention(why)))
    }
}
