//! The step of a turn that asks what became of cancellations: of those that the channel accepted, and of those whose
//! answer got lost. A worker whose turn ended during a slow call leaves the answer to the worker that has the turn.
//! Staff is told of those that wait too long.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countermand_domain::channel::{ChannelAnswer, ChannelCancellationState, ChannelRecord};
use countermand_persistence::ChannelTurn;

use super::ConfiguredChannel;
use super::turn::{Step, after};
use crate::App;
use crate::error::AppError;

/// How much time passes between two questions about the same cancellations.
const FOLLOWS_EVERY: TimeDelta = TimeDelta::seconds(30);
/// How much time passes between two looks at an order whose answer got lost.
const LOOKS_EVERY: TimeDelta = TimeDelta::minutes(2);
/// The most cancellations that a turn asks about.
const MOST_FOLLOWED: u64 = 500;
/// The most orders that a turn looks up one by one.
const MOST_LOOKED_UP: u64 = 20;

impl App {
    pub(super) async fn follow_cancellations(
        &self,
        channel: &ConfiguredChannel,
        turn: &ChannelTurn,
    ) -> Result<Step, AppError> {
        let accepted = self.follow_accepted(channel, turn).await?;
        let unknown = self.look_up_unknown(channel, turn).await?;
        self.doubt_unsent(channel).await?;
        Ok(Step {
            due_at: accepted.due_at.into_iter().chain(unknown.due_at).min(),
            problem: accepted.problem.or(unknown.problem),
            changed: accepted.changed + unknown.changed,
        })
    }

    async fn follow_accepted(
        &self,
        channel: &ConfiguredChannel,
        turn: &ChannelTurn,
    ) -> Result<Step, AppError> {
        let accepted = ChannelCancellationState::Accepted;
        let waiting = self
            .database()
            .channel_work(&channel.name, accepted, MOST_FOLLOWED)
            .await?;
        let mut step = Step::default();
        let mut undecided = Vec::new();
        for record in waiting {
            // A reading may have shown meanwhile that the order is canceled or shipped.
            match record.looked_up(&record.order, self.now()) {
                Some(decided) => {
                    self.keep_channel_change(&decided).await?;
                    step.changed += 1;
                }
                None => undecided.push(record),
            }
        }
        let mut silent = Vec::new();
        for (reference, records) in by_reference(undecided) {
            if step.problem.is_some() {
                silent.extend(records);
                continue;
            }
            let sent: Vec<_> = records
                .iter()
                .filter_map(ChannelRecord::sent_cancellation)
                .collect();
            let answers = channel.adapter.outcome(&reference, &sent).await;
            if !self.keeps(turn).await? {
                return Ok(step);
            }
            match answers {
                Ok(answers) => {
                    for (record, answer) in records.into_iter().zip(answers) {
                        if matches!(answer, ChannelAnswer::Accepted { .. }) {
                            silent.push(record);
                            continue;
                        }
                        self.take_answer(channel, &record, &answer).await?;
                        step.changed += 1;
                    }
                    step.due_at = Some(self.now() + FOLLOWS_EVERY);
                }
                Err(problem) => {
                    step.due_at = Some(after(&problem, self.now()));
                    step.problem = Some(problem);
                    silent.extend(records);
                }
            }
        }
        for record in &silent {
            self.owe_doubt(record).await?;
        }
        Ok(step)
    }

    /// Tells staff of cancellations that wait to be sent for too long.
    async fn doubt_unsent(&self, channel: &ConfiguredChannel) -> Result<(), AppError> {
        let requested = ChannelCancellationState::Requested;
        let waiting = self
            .database()
            .channel_work(&channel.name, requested, MOST_FOLLOWED)
            .await?;
        for record in waiting {
            self.owe_doubt(&record).await?;
        }
        Ok(())
    }

    async fn look_up_unknown(
        &self,
        channel: &ConfiguredChannel,
        turn: &ChannelTurn,
    ) -> Result<Step, AppError> {
        let unknown = ChannelCancellationState::Unknown;
        let waiting = self
            .database()
            .channel_work(&channel.name, unknown, MOST_LOOKED_UP)
            .await?;
        let mut step = Step::default();
        for record in waiting {
            step.due_at = Some(self.now() + LOOKS_EVERY);
            let shown = channel.adapter.order(&record.order.number).await;
            if !self.keeps(turn).await? {
                break;
            }
            match shown {
                Ok(Some(shown)) => {
                    if let Some(decided) = record.looked_up(&shown, self.now()) {
                        self.keep_channel_change(&decided).await?;
                        step.changed += 1;
                    } else {
                        self.owe_doubt(&record).await?;
                    }
                }
                Ok(None) => self.owe_doubt(&record).await?,
                Err(problem) => {
                    step.due_at = Some(after(&problem, self.now()));
                    step.problem = Some(problem);
                    break;
                }
            }
        }
        Ok(step)
    }
}

/// The orders whose cancellations have the same reference, which one question answers.
fn by_reference(records: Vec<ChannelRecord>) -> BTreeMap<String, Vec<ChannelRecord>> {
    let mut groups: BTreeMap<String, Vec<ChannelRecord>> = BTreeMap::new();
    for record in records {
        let reference = record.cancellation.as_ref().and_then(|it| it.reference.clone());
        groups
            .entry(reference.unwrap_or_default())
            .or_default()
            .push(record);
    }
    groups
}
