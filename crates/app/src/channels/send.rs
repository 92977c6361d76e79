//! The step of a turn that sends cancellations: as many as the channel takes at once, and no sooner than it allows.

use chrono::TimeDelta;
use countermand_domain::channel::{ChannelAnswer, ChannelCancellationState, ChannelRecord};
use countermand_persistence::{ChannelTurn, DatabaseError};

use super::ConfiguredChannel;
use super::turn::{Step, after};
use crate::App;
use crate::error::AppError;

/// The most cancellations of one call, however many the channel takes.
const MOST_AT_ONCE: usize = 200;
/// The most cancellations that are looked at for what is sent next.
const MOST_WAITING: u64 = 1_000;
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
        let requested = ChannelCancellationState::Requested;
        let mut waiting = self
            .database()
            .channel_work(&channel.name, requested, MOST_WAITING)
            .await?;
        // The one that was tried longest ago comes first, so an order that the channel cannot take holds up no other.
        waiting.sort_by_key(|record| record.cancellation.as_ref().map(|it| it.changed_at));
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
            if let Some(why) = record.why_not_sent() {
                let rejected = ChannelCancellationState::Rejected;
                let refused = record.with_cancellation(rejected, Some(why), now);
                self.keep_channel_change(&refused).await?;
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
        // The call gets a whole lease, and a worker that takes the turn after a slow call knows when this call began.
        if !self.keeps(turn).await? {
            self.put_back(channel, &sent, "another worker has the turn")
                .await?;
            return Ok(Step::default());
        }
        let changed = sent.len();
        let problem = match channel.adapter.cancel(&cancellations).await {
            Ok(answers) => {
                for (record, answer) in sent.iter().zip(answers) {
                    self.take_answer(channel, record, &answer).await?;
                }
                None
            }
            Err(problem) => {
                self.put_back(channel, &sent, &problem.to_string()).await?;
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
    /// canceled or as shipped. An answer that comes late changes nothing that was found out in the meantime.
    pub(super) async fn take_answer(
        &self,
        channel: &ConfiguredChannel,
        record: &ChannelRecord,
        answer: &ChannelAnswer,
    ) -> Result<(), AppError> {
        let shown = match answer {
            ChannelAnswer::Canceled | ChannelAnswer::TooLate | ChannelAnswer::Rejected { .. } => {
                // An order that cannot be read now is looked up at a later turn.
                channel
                    .order(&record.order.number, self.now())
                    .await
                    .ok()
                    .flatten()
            }
            ChannelAnswer::Accepted { .. } | ChannelAnswer::Unknown { .. } => None,
        };
        let id = id_of(record);
        self.change_newest(channel, record, |newest| {
            newest.answered(id, answer, shown.as_ref(), self.now())
        })
        .await
    }

    /// Makes cancellations wait again that did not reach the channel, as `why` tells.
    async fn put_back(
        &self,
        channel: &ConfiguredChannel,
        sent: &[ChannelRecord],
        why: &str,
    ) -> Result<(), AppError> {
        for record in sent {
            let id = id_of(record);
            self.change_newest(channel, record, |newest| {
                newest.not_sent(id, why.into(), self.now())
            })
            .await?;
        }
        Ok(())
    }

    /// Changes an order, which was `record`, by `decide`, which gives none where the order stays as it is. Decides
    /// again by what is kept then when another change came first: one of staff, or one of a worker that took the turn
    /// during a slow call.
    async fn change_newest(
        &self,
        channel: &ConfiguredChannel,
        record: &ChannelRecord,
        decide: impl Fn(&ChannelRecord) -> Option<ChannelRecord>,
    ) -> Result<(), AppError> {
        let number = &record.order.number;
        let mut newest = Some(record.clone());
        for _ in 0..ATTEMPTS {
            let Some(after) = newest.as_ref().and_then(&decide) else {
                tracing::info!(channel = channel.name, order = %number, "an answer came late and says nothing new");
                return Ok(());
            };
            if self.keep_channel_change(&after).await? {
                return Ok(());
            }
            newest = self.database().channel_record(&channel.name, number).await?;
        }
        tracing::warn!(channel = channel.name, order = %number, "an order of a channel changes too fast");
        Ok(())
    }

    /// Writes `after` with what it owes to staff. False if another change of the order came first.
    pub(super) async fn keep_channel_change(&self, after: &ChannelRecord) -> Result<bool, AppError> {
        let mut written = self.write_channel_change(after).await;
        if matches!(written, Err(AppError::Database(DatabaseError::Duplicate))) {
            // An import owes since then what this change owes, so the change owes it no more.
            written = self.write_channel_change(after).await;
        }
        match written {
            Ok(()) => {
                self.owe_late_completion(after).await?;
                Ok(true)
            }
            Err(AppError::Database(DatabaseError::Conflict)) => Ok(false),
            Err(problem) => Err(problem),
        }
    }

    async fn write_channel_change(&self, after: &ChannelRecord) -> Result<(), AppError> {
        let change = self.change_to(after.clone()).await?;
        Ok(self.database().change_channel_orders(&[change]).await?)
    }
}

/// Our id of the cancellation of `record`; empty where there is none.
fn id_of(record: &ChannelRecord) -> &str {
    record.cancellation.as_ref().map_or("", |it| it.id.as_str())
}
