//! A worker's turn at a sales channel: it sends what waits, asks what became of what was sent, and reads changed
//! orders.
//!
//! One worker at a time has the turn, so that cancellations are collected and the channel's limits hold for all
//! servers.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::ConfigScope;
use countermand_persistence::ChannelTurn;

use super::ConfiguredChannel;
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::ports::ChannelError;
use crate::rights::StaffOperation;
use crate::shop::shop_settings::allow_scope;
use crate::viewer::Viewer;

/// How long a turn holds after its last step.
const LEASE: Duration = Duration::from_secs(180);
/// How long a channel that does not answer is left alone.
const UNAVAILABLE: TimeDelta = TimeDelta::minutes(1);
/// How long a channel that answers something unreadable is left alone.
const UNREADABLE: TimeDelta = TimeDelta::minutes(5);
/// How long a channel that refuses the credentials is left alone.
const UNAUTHORIZED: TimeDelta = TimeDelta::minutes(15);

/// The outcome of a step of a turn.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// When there is something to do again; none while nothing waits.
    pub(super) due_at: Option<DateTime<Utc>>,
    /// What went wrong at the channel; none when nothing did.
    pub(super) problem: Option<ChannelError>,
    /// How many orders changed.
    pub(super) changed: usize,
}

impl App {
    /// Takes a turn at each channel that is due, and returns how many orders changed. No step begins once `is_stopped`.
    pub async fn work_on_channels(&self, is_stopped: &(dyn Fn() -> bool + Sync)) -> Result<usize, AppError> {
        let mut changed = 0;
        for channel in self.channels().all() {
            if is_stopped() {
                break;
            }
            changed += self.take_channel_turn(channel, is_stopped).await?;
        }
        Ok(changed)
    }

    /// Makes the orders of a channel be read at the next turn of a worker.
    pub async fn sync_sales_channel(&self, viewer: &Viewer, name: &str) -> Result<(), Failure<UserError>> {
        let staff = viewer.staff(StaffOperation::SyncSalesChannel)?;
        allow_scope(staff, ConfigScope::Default)?;
        let channel = self.channel_named(name)?;
        self.database().read_channel_now(&channel.name).await?;
        Ok(())
    }

    /// Reads the orders of the channel `name` now, by this program; the number of orders that changed. None when
    /// another program has the turn, or when there is no such channel.
    pub async fn read_sales_channel(
        &self,
        name: &str,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<usize>, AppError> {
        let Some(channel) = self.channels().named(name) else {
            return Ok(None);
        };
        self.database().read_channel_now(name).await?;
        Ok(Some(self.take_channel_turn(channel, is_stopped).await?))
    }

    async fn take_channel_turn(
        &self,
        channel: &ConfiguredChannel,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<usize, AppError> {
        let now = self.now();
        let from = now - channel.first_reading;
        let claimed = self
            .database()
            .claim_channel(&channel.name, LEASE, from, now)
            .await?;
        let Some(mut turn) = claimed else {
            return Ok(0);
        };
        turn.pulls.problem.clear();
        let mut steps = vec![self.send_cancellations(channel, &mut turn).await?];
        if !is_stopped() && self.keeps(&turn).await? {
            steps.push(self.follow_cancellations(channel, &turn).await?);
        }
        if !is_stopped() && self.keeps(&turn).await? {
            steps.push(self.read_changed_orders(channel, &mut turn, is_stopped).await?);
        }
        let changed = steps.iter().map(|step| step.changed).sum();
        if let Some(problem) = steps.iter().find_map(|step| step.problem.as_ref()) {
            turn.pulls.problem = problem.to_string();
            self.tell_problem(channel, problem).await?;
        }
        let due_at = steps.iter().filter_map(|step| step.due_at).min();
        let due_at = due_at.unwrap_or(turn.pulls.reads_at).min(turn.pulls.reads_at);
        self.database().end_channel_turn(&turn, due_at.max(now)).await?;
        Ok(changed)
    }

    pub(super) async fn keeps(&self, turn: &ChannelTurn) -> Result<bool, AppError> {
        Ok(self.database().keep_channel_turn(turn, LEASE).await?)
    }

    async fn tell_problem(
        &self,
        channel: &ConfiguredChannel,
        problem: &ChannelError,
    ) -> Result<(), AppError> {
        match problem {
            ChannelError::Throttled { .. } => {
                tracing::info!(channel = channel.name, %problem, "a sales channel asks for patience");
                Ok(())
            }
            ChannelError::Unavailable(_) | ChannelError::Unreadable(_) => {
                tracing::warn!(channel = channel.name, %problem, "a sales channel cannot be worked on");
                Ok(())
            }
            ChannelError::Unauthorized(_) => {
                tracing::error!(channel = channel.name, %problem, "a sales channel refuses the credentials");
                self.owe_access(channel, problem).await
            }
        }
    }
}

/// When a channel may be asked again after `problem`.
pub(super) fn after(problem: &ChannelError, now: DateTime<Utc>) -> DateTime<Utc> {
    match problem {
        ChannelError::Throttled { until } => *until,
        ChannelError::Unavailable(_) => now + UNAVAILABLE,
        ChannelError::Unauthorized(_) => now + UNAUTHORIZED,
        ChannelError::Unreadable(_) => now + UNREADABLE,
    }
}
