//! What staff must look at: cancellations that a channel refused, that came too late or whose answer got lost, and
//! channels that refuse the credentials.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use countermand_domain::Order;
use countermand_domain::channel::{
    ChannelCancellationState, ChannelOrderNumber, ChannelRecord, ChannelStatus,
};
use countermand_persistence::{NewObligation, SettledProblem};

use super::ConfiguredChannel;
use crate::App;
use crate::error::AppError;
use crate::obligations::{ChannelCanceled, ChannelMatter, ChannelProblem};
use crate::ports::ChannelError;

/// How long the answer to a cancellation may be unknown before staff is told.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

impl App {
    /// What the change of an order owes: a look of staff, and the completion of the shop's own order.
    pub(super) async fn owed_by_channel(
        &self,
        after: &ChannelRecord,
    ) -> Result<Vec<NewObligation>, AppError> {
        let mut owed = self.owed_to_staff(after).await?;
        owed.extend(self.owed_completion(after).await?);
        Ok(owed)
    }

    /// Owes the completion of the shop's own order once more: it may have been imported while the channel's
    /// cancellation was written, and then neither write saw the other.
    pub(super) async fn owe_late_completion(&self, after: &ChannelRecord) -> Result<(), AppError> {
        match self.owed_completion(after).await? {
            Some(owed) => Ok(self.database().insert_obligation(&owed).await?),
            None => Ok(()),
        }
    }

    /// Owes the completion of those of the `orders`, which were just imported, that their channels have canceled
    /// before.
    pub(crate) async fn owe_completions_of(&self, orders: &[Order]) -> Result<(), AppError> {
        let mut of_channels: BTreeMap<&str, Vec<ChannelOrderNumber>> = BTreeMap::new();
        for channel in orders.iter().filter_map(|order| order.channel.as_ref()) {
            let numbers = of_channels.entry(&channel.name).or_default();
            numbers.push(channel.number.clone());
        }
        for (channel, numbers) in of_channels {
            for record in self.database().channel_records(channel, &numbers).await? {
                self.owe_late_completion(&record).await?;
            }
        }
        Ok(())
    }

    /// The completion of the shop's own order, once, when the channel has canceled it.
    async fn owed_completion(&self, after: &ChannelRecord) -> Result<Option<NewObligation>, AppError> {
        if after.order.status != ChannelStatus::Canceled {
            return Ok(None);
        }
        let number = &after.order.number;
        let Some(order) = self.database().order_of_channel(&after.channel, number).await? else {
            return Ok(None);
        };
        let key = format!("channel_canceled:{}", order.number());
        if self.database().has_obligation(&key).await? {
            return Ok(None);
        }
        let owed = ChannelCanceled {
            channel: after.channel.clone(),
            number: number.as_str().into(),
        };
        let row = self.owe(&owed, self.env().next_id(), Some(order), self.now())?;
        Ok(Some(NewObligation {
            unique_key: key,
            ..row
        }))
    }

    async fn owed_to_staff(&self, after: &ChannelRecord) -> Result<Vec<NewObligation>, AppError> {
        let Some(cancellation) = &after.cancellation else {
            return Ok(Vec::new());
        };
        if after.order.status == ChannelStatus::Canceled {
            return Ok(Vec::new());
        }
        let matter = match cancellation.state {
            ChannelCancellationState::Rejected => ChannelMatter::Refused,
            ChannelCancellationState::TooLate => ChannelMatter::TooLate,
            ChannelCancellationState::Requested
            | ChannelCancellationState::Sent
            | ChannelCancellationState::Accepted
            | ChannelCancellationState::Canceled
            | ChannelCancellationState::Unknown => return Ok(Vec::new()),
        };
        let owed = self.channel_problem(after, matter).await?;
        Ok(owed.into_iter().collect())
    }

    /// Tells staff of a cancellation whose answer is not known for a while.
    pub(super) async fn owe_doubt(&self, record: &ChannelRecord) -> Result<(), AppError> {
        let Some(cancellation) = &record.cancellation else {
            return Ok(());
        };
        if self.now() - cancellation.changed_at < PATIENCE {
            return Ok(());
        }
        if let Some(owed) = self.channel_problem(record, ChannelMatter::Uncertain).await? {
            self.database().insert_obligation(&owed).await?;
        }
        Ok(())
    }

    /// Tells staff, once a day, that the channel refuses the credentials.
    pub(super) async fn owe_access(
        &self,
        channel: &ConfiguredChannel,
        problem: &ChannelError,
    ) -> Result<(), AppError> {
        let key = format!("channel_access:{}:{}", channel.name, self.now().date_naive());
        if self.database().has_obligation(&key).await? {
            return Ok(());
        }
        let owed = ChannelProblem {
            channel: channel.name.clone(),
            number: None,
            matter: ChannelMatter::Access,
            problem: problem.to_string(),
        };
        let row = self.owe(&owed, self.env().next_id(), None, self.now())?;
        let row = NewObligation {
            unique_key: key,
            ..row
        };
        Ok(self.database().insert_obligation(&row).await?)
    }

    /// The obligation about the cancellation of `record`; none if staff was told of it before.
    async fn channel_problem(
        &self,
        record: &ChannelRecord,
        matter: ChannelMatter,
    ) -> Result<Option<NewObligation>, AppError> {
        let Some(cancellation) = &record.cancellation else {
            return Ok(None);
        };
        let key = key_of(&cancellation.id);
        if self.database().has_obligation(&key).await? {
            return Ok(None);
        }
        let owed = ChannelProblem {
            channel: record.channel.clone(),
            number: Some(record.order.number.as_str().into()),
            matter,
            problem: cancellation.problem.clone().unwrap_or_default(),
        };
        let row = self.owe(&owed, self.env().next_id(), None, self.now())?;
        Ok(Some(NewObligation {
            unique_key: key,
            ..row
        }))
    }
}

/// The problem that is over once the order is canceled after all, by whichever side; none while it is not.
pub(super) fn settled_by(after: &ChannelRecord) -> Option<SettledProblem> {
    let cancellation = after.cancellation.as_ref()?;
    (after.order.status == ChannelStatus::Canceled).then(|| SettledProblem {
        unique_key: key_of(&cancellation.id),
        receipt: "the channel canceled the order".into(),
    })
}

fn key_of(cancellation: &str) -> String {
    format!("channel_problem:{cancellation}")
}
