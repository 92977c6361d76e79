//! The step of a turn that sends cancellations: as many as the channel takes at once, and no sooner than it allows.

use chrono::TimeDelta;
use countermand_domain::channel::{ChannelAnswer, ChannelCancellationState, ChannelRecord};
use countermand_persistence::{ChannelChange, ChannelTurn, DatabaseError};

use super::ConfiguredChannel;
use super::problem::settled_by;
use super::turn::{Step, after};
use crate::App;
use crate::error::AppError;

/// The most cancellations of one call, however many the channel takes.
const MOST_AT_ONCE: usize = 200;
/// How often a change is decided again when staff changes the same order.
const ATTEMPTS: u32 = 3;

impl App {
    pub(super) async fn send_cancellations(
        &self,
        channel: &ConfiguredChannel,
        turn: &mut ChannelTurn,
    ) -> Result<Step, AppError> {
        self.doubt_unanswered(channel).await?;
        let capabilities = channel.adapter.capabilities();
        let most = capabilities.largest_batch.clamp(1, MOST_AT_ONCE);
        let limit = u64::try_from(most).unwrap_or(1) + 1;
        let requested = ChannelCancellationState::Requested;
        let mut waiting = self
            .database()
            .channel_work(&channel.name, requested, limit)
            .await?;
        let now = self.now();
        if waiting.is_empty() || turn.pulls.sends_at > now {
            return Ok(Step {
                due_at: (!waiting.is_empty()).then_some(turn.pulls.sends_at),
                ..Step::default()
            });
        }
        let has_more = waiting.len() > most;
        waiting.truncate(most);
        let mut sent = Vec::new();
        for record in waiting {
            // A reading may have shown meanwhile that the order is canceled or shipped.
            if let Some(decided) = record.looked_up(&record.order, now) {
                self.keep_channel_change(&decided).await?;
                continue;
            }
            let sending = record.with_cancellation(ChannelCancellationState::Sent, None, now);
            if self.keep_channel_change(&sending).await? {
                sent.push(sending);
            }
        }
        let cancellations: Vec<_> = sent.iter().filter_map(ChannelRecord::sent_cancellation).collect();
        if cancellations.is_empty() {
            return Ok(Step {
                due_at: has_more.then_some(now),
                ..Step::default()
            });
        }
        turn.pulls.sends_at = now + TimeDelta::seconds(capabilities.seconds_between_batches.into());
        let changed = sent.len();
        let problem = match channel.adapter.cancel(&cancellations).await {
            Ok(answers) => {
                for (record, answer) in sent.iter().zip(answers) {
                    self.take_answer(channel, record, &answer).await?;
                }
                None
            }
            Err(problem) => {
                for record in &sent {
                    let back = record.with_cancellation(requested, Some(problem.to_string()), now);
                    self.keep_channel_change(&back).await?;
                }
                turn.pulls.sends_at = turn.pulls.sends_at.max(after(&problem, now));
                Some(problem)
            }
        };
        tracing::info!(
            channel = channel.name,
            orders = changed,
            "cancellations were sent to a sales channel"
        );
        Ok(Step {
            due_at: Some(turn.pulls.sends_at),
            problem,
            changed,
        })
    }

    /// Cancellations that a worker was sending when it died: it is not known whether the channel has them.
    async fn doubt_unanswered(&self, channel: &ConfiguredChannel) -> Result<(), AppError> {
        let sent = ChannelCancellationState::Sent;
        let left = self.database().channel_work(&channel.name, sent, 1_000).await?;
        for record in left {
            let why = "the program ended while it sent the cancellation".to_owned();
            let doubted = record.with_cancellation(ChannelCancellationState::Unknown, Some(why), self.now());
            self.keep_channel_change(&doubted).await?;
        }
        Ok(())
    }

    /// Writes what the channel answered about the cancellation of `record`. An order is read again before it counts as
    /// canceled or as shipped.
    pub(super) async fn take_answer(
        &self,
        channel: &ConfiguredChannel,
        record: &ChannelRecord,
        answer: &ChannelAnswer,
    ) -> Result<(), AppError> {
        let shown = match answer {
            ChannelAnswer::Canceled | ChannelAnswer::TooLate | ChannelAnswer::Rejected { .. } => {
                // An order that cannot be read now is looked up at a later turn.
                channel.adapter.order(&record.order.number).await.ok().flatten()
            }
            ChannelAnswer::Accepted { .. } | ChannelAnswer::Unknown { .. } => None,
        };
        let mut current = record.clone();
        for _ in 0..ATTEMPTS {
            let answered = current.answered(answer, shown.as_ref(), self.now());
            if self.keep_channel_change(&answered).await? {
                return Ok(());
            }
            let number = &record.order.number;
            let Some(newer) = self.database().channel_record(&channel.name, number).await? else {
                return Ok(());
            };
            current = newer;
        }
        tracing::warn!(channel = channel.name, order = %record.order.number, "an order of a channel changes too fast");
        Ok(())
    }

    /// Writes `after` with what it owes to staff. False if another change of the order came first.
    pub(super) async fn keep_channel_change(&self, after: &ChannelRecord) -> Result<bool, AppError> {
        let change = ChannelChange {
            after: after.clone(),
            at: self.now(),
            owed: self.owed_by_channel(after).await?,
            settles: settled_by(after),
        };
        match self.database().change_channel_orders(&[change]).await {
            Ok(()) => Ok(true),
            Err(DatabaseError::Conflict) => Ok(false),
            Err(problem) => Err(problem.into()),
        }
    }
}
