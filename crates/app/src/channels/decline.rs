//! Staff declines what the buyer asked for at a sales channel.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countermand_domain::channel::{ChannelOrderNumber, ChannelRecord, ChannelRefusal};
use countermand_persistence::ChannelChange;

use super::ConfiguredChannel;
use super::cancel::text;
use super::list::reaches_channels;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// The longest answer to a buyer whose request is declined, in characters.
const LONGEST_DECLINE: usize = 250;
/// How long no other command decides about an order while its channel is told of a decline. A call takes less.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

/// A decision against what the buyer asked for at a channel.
#[derive(Debug, Clone)]
pub struct DeclineChannelRequest {
    /// The name of the channel.
    pub channel: String,
    /// The channel's number of the order.
    pub number: String,
    /// The channel's ids of the items whose requests are declined; none for all of them.
    pub items: Option<Vec<String>>,
    /// Why: 1 to 250 characters, for the buyer where the channel has such a call.
    pub reason: String,
}

impl App {
    /// Declines the buyer's open requests of an order: the order ships, and the next reading does not open them again.
    /// A channel that has such a call is told first.
    pub async fn decline_channel_request(
        &self,
        viewer: &Viewer,
        command: &DeclineChannelRequest,
    ) -> Result<ChannelRecord, Failure<UserError>> {
        let operation = StaffOperation::DeclineChannelRequest;
        self.decline_there(viewer, operation, command).await
    }

    /// The same as the mutation `operation`.
    pub(super) async fn decline_there(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        command: &DeclineChannelRequest,
    ) -> Result<ChannelRecord, Failure<UserError>> {
        reaches_channels(viewer, operation)?;
        let channel = self.channel_named(&command.channel)?;
        let reason = text("reason", Some(&command.reason), LONGEST_DECLINE)?.ok_or_else(|| {
            UserError::about(
                "reason",
                UserErrorCode::Invalid,
                "must say why, in 1 to 250 characters",
            )
        })?;
        if channel.adapter.capabilities().declines_requests && !viewer.is_carried_out() {
            self.tell_channel(channel, command, &reason).await?;
        }
        let (number, items) = (&command.number, command.items.as_deref());
        self.change_channel_order(viewer, operation, channel, number, &reason, |record| {
            let declined = record.decline_requests(items, &reason, &viewer.actor().label(), self.now());
            std::future::ready(declined.map_err(|refusal| UserError::from(refusal).into()))
        })
        .await
    }

    /// Tells the channel of the decline. The record says meanwhile that it is on its way, so that no other command
    /// decides about the order: of a decline and a cancellation, one is told that the other came first.
    async fn tell_channel(
        &self,
        channel: &ConfiguredChannel,
        command: &DeclineChannelRequest,
        reason: &str,
    ) -> Result<(), Failure<UserError>> {
        let Some(number) = ChannelOrderNumber::parse(&command.number) else {
            return Ok(());
        };
        let begun = self.retry_on_conflict::<_, UserError, _>(AppError::OrderContended, || async {
            let Some(before) = self.database().channel_record(&channel.name, &number).await? else {
                return Ok(None);
            };
            let now = self.now();
            let begun = before.begin_decline(command.items.as_deref(), now + ON_ITS_WAY, now);
            let begun = begun.map_err(UserError::from)?;
            self.write_decline(&begun).await?;
            Ok(Some((before, begun)))
        });
        let Some((before, begun)) = begun.await? else {
            return Ok(());
        };
        let told = tell_declined(channel, &before, command.items.as_deref(), reason).await;
        if told.is_err() {
            let ended = self.write_decline(&begun.end_decline()).await;
            if let Err(problem) = ended {
                tracing::info!(channel = channel.name, order = %number, %problem, "a decline ends by itself");
            }
        }
        told
    }

    async fn write_decline(&self, after: &ChannelRecord) -> Result<(), AppError> {
        let change = ChannelChange {
            after: after.clone(),
            at: self.now(),
            owed: Vec::new(),
            settles: Vec::new(),
        };
        Ok(self.database().change_channel_orders(&[change]).await?)
    }
}

/// Tells the channel which of the buyer's open requests in `record` are declined: those for `items`, or all of them.
async fn tell_declined(
    channel: &ConfiguredChannel,
    record: &ChannelRecord,
    items: Option<&[String]>,
    reason: &str,
) -> Result<(), Failure<UserError>> {
    let is_named = |item: &str| items.is_none_or(|named| named.iter().any(|it| it == item));
    let declined = record
        .order
        .open_requests()
        .filter(|(item, _)| is_named(&item.id));
    // A request may be for several items.
    let ids: BTreeSet<_> = declined
        .filter_map(|(_, request)| request.id.as_deref())
        .collect();
    for id in ids {
        let told = channel
            .adapter
            .decline_request(&record.order.number, id, reason)
            .await;
        match told.map_err(UserError::from)? {
            Ok(()) | Err(ChannelRefusal::NotOffered) => {}
            Err(ChannelRefusal::Refused(why)) => {
                let message = format!("the channel refuses: {why}");
                return Err(UserError::about("number", UserErrorCode::ChannelManaged, message).into());
            }
        }
    }
    Ok(())
}
