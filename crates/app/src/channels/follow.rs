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
use crate::ports::ChannelError;

/// How much time passes between two questions about the same cancellations.
const FOLLOWS_EVERY: TimeDelta = TimeDelta::seconds(30);
/// How much time passes between two looks at an order whose answer got lost.
const LOOKS_EVERY: TimeDelta = TimeDelta::minutes(2);
/// The most cancellations that a turn asks about.
const MOST_FOLLOWED: u64 = 1_000;
/// The most orders that a turn looks up one by one.
const MOST_LOOKED_UP: usize = 20;

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
        for (reference, mut records) in by_reference(undecided) {
            if step.problem.as_ref().is_some_and(is_of_channel) {
                silent.extend(records);
                continue;
            }
            // A channel that is asked order by order may stop in the middle, so each turn begins with another order.
            let first = self.place_in_turn(records.len(), FOLLOWS_EVERY);
            records.rotate_left(first);
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
            .channel_work(&channel.name, unknown, MOST_FOLLOWED)
            .await?;
        for record in &waiting {
            self.owe_doubt(record).await?;
        }
        let mut step = Step::default();
        // Each turn looks at the orders after those of the turn before.
        let first = self.place_in_turn(waiting.len().div_ceil(MOST_LOOKED_UP), LOOKS_EVERY) * MOST_LOOKED_UP;
        for record in waiting.into_iter().skip(first).take(MOST_LOOKED_UP) {
            step.due_at = Some(self.now() + LOOKS_EVERY);
            let shown = channel.order(&record.order.number, self.now()).await;
            if !self.keeps(turn).await? {
                break;
            }
            match shown {
                Ok(Some(shown)) => {
                    if let Some(decided) = record.looked_up(&shown, self.now()) {
                        self.keep_channel_change(&decided).await?;
                        step.changed += 1;
                    }
                }
                Ok(None) => {}
                Err(problem) => {
                    let is_of_channel = is_of_channel(&problem);
                    if is_of_channel {
                        step.due_at = Some(after(&problem, self.now()));
                    }
                    step.problem = Some(problem);
                    if is_of_channel {
                        break;
                    }
                }
            }
        }
        Ok(step)
    }

    /// The place of this turn among `places`, which follow each other every `pace`.
    fn place_in_turn(&self, places: usize, pace: TimeDelta) -> usize {
        let turn = self.now().timestamp().div_euclid(pace.num_seconds().max(1));
        let places = i64::try_from(places.max(1)).unwrap_or(1);
        usize::try_from(turn.rem_euclid(places)).unwrap_or_default()
    }
}

/// Whether `problem` is one of the channel as a whole, so that it makes no sense to ask for the next order.
fn is_of_channel(problem: &ChannelError) -> bool {
    match problem {
        ChannelError::Throttled { .. } | ChannelError::Unavailable(_) | ChannelError::Unauthorized(_) => true,
        ChannelError::Unreadable(_) => false,
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
