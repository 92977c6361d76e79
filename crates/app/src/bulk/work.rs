//! Workers cancel the orders of jobs. Each turn cancels a few orders of one job, so that the workers of several servers
//! take turns and mails are sent in between.
//!
//! The result of a canceled order is written with its cancellation: a worker that dies leaves no order canceled
//! without its result, and the next one begins at the first order that waits.

use std::time::Duration;

use countermand_domain::{BulkPace, Cancel, CancellationIntent, StaffRole};
use countermand_persistence::{BulkOutcome, ClaimedBulk, DatabaseError, DueBulk, WaitingBulkOrder};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::{Failure, Refusal};
use crate::order_command::OrderCommand;
use crate::rights::StaffOperation;
use crate::viewer::{Caller, Staff, Viewer};

/// The most orders of one turn.
const MOST_IN_A_TURN: u32 = 25;
/// How long a claim holds. A turn takes less than a second as a rule.
const LEASE: Duration = Duration::from_secs(60);
/// How often in a row the database may fail at an order before the job goes on without it.
const MOST_FAILURES: i32 = 8;
/// How long a job rests after the first failure of the database. Each further one in a row doubles the rest.
const SHORTEST_REST: Duration = Duration::from_secs(2);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(300);

impl App {
    /// Takes one turn at the oldest job that may cancel orders now, and returns how many orders got their result. Zero
    /// says that no job has work, or that each must wait for its pace. No order is begun once `is_stopped`.
    pub async fn work_on_bulk_cancellations(
        &self,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<usize, AppError> {
        for due in self.database().due_bulk_cancellations().await? {
            if let Some(done) = self.take_turn(&due, is_stopped).await? {
                return Ok(done);
            }
        }
        Ok(0)
    }

    /// Takes one turn at the job `id`, as [`work_on_bulk_cancellations`](Self::work_on_bulk_cancellations) does.
    pub async fn work_on_bulk_cancellation(
        &self,
        id: &str,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<usize, AppError> {
        let due = self.database().due_bulk_cancellations().await?;
        match due.iter().find(|due| due.work.id == id) {
            Some(due) => Ok(self.take_turn(due, is_stopped).await?.unwrap_or(0)),
            None => Ok(0),
        }
    }

    /// One turn at a job; none if the job must wait or another worker has it.
    async fn take_turn(
        &self,
        due: &DueBulk,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<usize>, AppError> {
        let pace = BulkPace::new(due.per_second)
            .ok_or_else(|| AppError::Internal(format!("a pace of {}", due.per_second)))?;
        let (allowed, paced_at) = pace.allow(due.paced_at, due.now, MOST_IN_A_TURN);
        if allowed == 0 || is_stopped() {
            return Ok(None);
        }
        let database = self.database();
        let Some(held) = database.claim_bulk_cancellation(due, LEASE, paced_at).await? else {
            return Ok(None);
        };
        // One more order tells whether this turn is the last one.
        let limit = u64::from(allowed) + 1;
        let waiting = database.waiting_bulk_orders(&held, limit).await?;
        let most = usize::try_from(allowed).unwrap_or(usize::MAX);
        let mut done = 0;
        for waiting in waiting.iter().take(most) {
            if is_stopped() || !database.holds_bulk_cancellation(&held).await? {
                break;
            }
            if let Err(problem) = self.cancel_bulk_order(&held, waiting).await {
                let failures = if done == 0 { due.failures + 1 } else { 1 };
                self.rest_after_failure(&held, waiting, failures).await?;
                return Err(problem);
            }
            done += 1;
        }
        database
            .release_bulk_cancellation(&held, done == waiting.len())
            .await?;
        Ok(Some(done))
    }

    /// Lets a job rest at whose order the database failed, longer after each failure in a row. After the last one that
    /// is allowed, the order gets its result, and the job goes on without it.
    async fn rest_after_failure(
        &self,
        held: &ClaimedBulk,
        waiting: &WaitingBulkOrder,
        failures: i32,
    ) -> Result<(), AppError> {
        if failures < MOST_FAILURES {
            let rest = rest_after(failures);
            self.database()
                .postpone_bulk_cancellation(held, failures, rest)
                .await?;
            return Ok(());
        }
        let message = format!("the database failed {failures} times at the order");
        let outcome = BulkOutcome::Failed("DATABASE".into(), message);
        self.database()
            .record_bulk_outcome(&waiting.place, &outcome, self.now())
            .await?;
        self.database().release_bulk_cancellation(held, false).await?;
        Ok(())
    }

    /// Gives one order its result. A database that fails leaves it waiting.
    async fn cancel_bulk_order(
        &self,
        held: &ClaimedBulk,
        waiting: &WaitingBulkOrder,
    ) -> Result<(), AppError> {
        let outcome = match self.cancel_in_bulk(held, waiting).await {
            Ok(()) => return Ok(()),
            Err(Failure::Refused(refusal)) => {
                BulkOutcome::Refused(refusal.code().to_owned(), refusal.message)
            }
            Err(Failure::App(AppError::OrderContended)) => {
                let message = "other requests change the order at the moment";
                BulkOutcome::Failed("IN_PROGRESS".into(), message.into())
            }
            Err(Failure::App(
                problem @ (AppError::Internal(_) | AppError::Database(DatabaseError::Corrupt(_))),
            )) => {
                tracing::error!(%problem, job = held.id, order = waiting.order.number(), "cannot cancel an order");
                BulkOutcome::Failed(
                    "INTERNAL".into(),
                    "the program cannot read or change the order".into(),
                )
            }
            Err(Failure::App(problem)) => return Err(problem),
        };
        let at = self.now();
        Ok(self
            .database()
            .record_bulk_outcome(&waiting.place, &outcome, at)
            .await?)
    }

    async fn cancel_in_bulk(
        &self,
        held: &ClaimedBulk,
        waiting: &WaitingBulkOrder,
    ) -> Result<(), Failure<UserError>> {
        let shop = self.database().shop().await?;
        let store = shop.stores.first().cloned();
        let viewer = Viewer {
            store: store.ok_or_else(|| AppError::Internal("the shop has no store view".into()))?,
            shop,
            // The rights were checked when the job began.
            caller: Caller::Staff(Staff {
                store: held.store,
                ..Staff::new(&held.actor, StaffRole::Support)
            }),
            origin: held.origin.clone(),
            key: None,
        };
        let intent = CancellationIntent {
            comment: held.comment.clone(),
            ..CancellationIntent::all(&held.reason)
        };
        let command = OrderCommand::of_staff(&viewer, StaffOperation::BulkCancelOrders)?
            .canceling_for(&intent.reason)
            .in_bulk(&waiting.place);
        let cancel = Cancel {
            notifies_customer: held.notifies_customer,
            ..intent.by(command.actor.clone())
        };
        self.change_order_as_staff(&command, waiting.order, |subject, now| {
            subject.order.cancel(&cancel, &subject.policy(), now)
        })
        .await
        .map(|_| ())
    }
}

/// How long a job rests after so many failures in a row.
fn rest_after(failures: i32) -> Duration {
    let doublings = u32::try_from(failures - 1).unwrap_or(0);
    let rest = SHORTEST_REST.saturating_mul(2_u32.saturating_pow(doublings));
    rest.min(LONGEST_REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_rests_longer_after_each_failure_and_never_longer_than_five_minutes() {
        let seconds: Vec<_> = (1..=9).map(|failures| rest_after(failures).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 300]);
    }
}
