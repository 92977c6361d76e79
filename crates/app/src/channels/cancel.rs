//! Staff cancels an order at its sales channel, or declines what the buyer asked for there.
//!
//! The cancellation is stored first and sent by the channel's next turn. Nothing here says that the order is canceled:
//! the channel decides.

use std::collections::BTreeSet;
use std::future::Future;

use countermand_domain::channel::{
    CancelAtChannel, ChannelBlock, ChannelCommandRefusal, ChannelOrderNumber, ChannelRecord, ChannelRefusal,
};
use countermand_domain::{ChannelCode, ReasonAudience, ReasonNotForChannel};
use countermand_persistence::ChannelChange;

use super::ConfiguredChannel;
use super::list::reaches_channels;
use super::problem::settled_by_staff;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::ports::ChannelError;
use crate::rights::StaffOperation;
use crate::shop::reason_mappings::codes;
use crate::viewer::Viewer;

/// The longest comment, in characters.
const LONGEST_COMMENT: usize = 500;
/// The longest answer to a buyer whose request is declined, in characters.
const LONGEST_DECLINE: usize = 250;

/// A cancellation at a channel as staff asks for it.
#[derive(Debug, Clone)]
pub struct CancelChannelOrder {
    /// The name of the channel.
    pub channel: String,
    /// The channel's number of the order.
    pub number: String,
    /// The reason: a code or a description of the catalogue, or a code that has a mapping for the channel.
    pub reason: String,
    /// What the person adds: at most 500 characters.
    pub comment: Option<String>,
    /// Whether the person confirms what the channel did not show: a fact that the reason states, or that the buyer who
    /// asked for some items gives up the others too.
    pub confirms: bool,
}

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
    /// Asks the channel to cancel all that is open of an order. The answer shows the order with its cancellation, which
    /// waits to be sent.
    pub async fn cancel_channel_order(
        &self,
        viewer: &Viewer,
        command: &CancelChannelOrder,
    ) -> Result<ChannelRecord, Failure<UserError>> {
        let operation = StaffOperation::CancelChannelOrder;
        self.ask_channel(viewer, operation, command, false).await
    }

    /// The same as the mutation `operation`. With `grants`, only what the buyer asked for is canceled.
    pub(super) async fn ask_channel(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        command: &CancelChannelOrder,
        grants: bool,
    ) -> Result<ChannelRecord, Failure<UserError>> {
        reaches_channels(viewer, operation)?;
        let channel = self.channel_named(&command.channel)?;
        let comment = text("comment", command.comment.as_deref(), LONGEST_COMMENT)?;
        let id = self.env().next_id().to_string();
        let details = format!("reason {}", command.reason.trim());
        self.change_channel_order(viewer, operation, channel, &command.number, &details, |record| {
            if grants && !record.has_request() {
                let refusal = UserError::from(ChannelCommandRefusal::NoOpenRequest);
                return std::future::ready(Err(refusal.into()));
            }
            let decided = self
                .reason_for(viewer, channel, &record, &command.reason)
                .and_then(|(reason, code)| {
                    let cancel = CancelAtChannel {
                        id: id.clone(),
                        reason,
                        code,
                        comment: comment.clone(),
                        confirms: command.confirms,
                        actor: viewer.actor().label(),
                    };
                    record.cancel(cancel, self.now()).map_err(UserError::from)
                });
            std::future::ready(decided.map_err(Failure::from))
        })
        .await
    }

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
        let number = &command.number;
        self.change_channel_order(viewer, operation, channel, number, &reason, |record| {
            let (actor, reason) = (viewer.actor().label(), reason.clone());
            async move {
                let after = record
                    .decline_requests(command.items.as_deref(), &reason, &actor, self.now())
                    .map_err(UserError::from)?;
                tell_declined(channel, &record, &after, &reason).await?;
                Ok(after)
            }
        })
        .await
    }

    /// Changes one order of a channel by `decide`, with an entry in the audit log, and decides again when another
    /// change came first.
    async fn change_channel_order<F>(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        channel: &ConfiguredChannel,
        number: &str,
        details: &str,
        decide: impl Fn(ChannelRecord) -> F,
    ) -> Result<ChannelRecord, Failure<UserError>>
    where
        F: Future<Output = Result<ChannelRecord, Failure<UserError>>>,
    {
        let unknown = || {
            UserError::about(
                "number",
                UserErrorCode::NotFound,
                "the channel has shown no such order",
            )
        };
        let number = ChannelOrderNumber::parse(number).ok_or_else(unknown)?;
        let target = format!("{} {number}", channel.name);
        let audit = self.trail_of(viewer, operation.name(), &target, details);
        let changed = self.retry_on_conflict(AppError::OrderContended, || async {
            let record = self.database().channel_record(&channel.name, &number).await?;
            let before = record.ok_or_else(unknown)?;
            let after = decide(before.clone()).await?;
            let change = ChannelChange {
                settles: settled_by_staff(&before, &after),
                after: after.clone(),
                at: self.now(),
                owed: Vec::new(),
            };
            self.database()
                .change_channel_order_as_staff(&change, &audit)
                .await?;
            Ok(after)
        });
        let after = changed.await?;
        tracing::info!(
            channel = channel.name,
            operation = operation.name(),
            "an order of a channel was changed"
        );
        Ok(after)
    }

    /// The reason of the catalogue that `text` means, with the channel's code for it.
    fn reason_for(
        &self,
        viewer: &Viewer,
        channel: &ConfiguredChannel,
        record: &ChannelRecord,
        text: &str,
    ) -> Result<(String, ChannelCode), UserError> {
        let reasons = viewer.shop.cancellation_policy(viewer.store.number).reasons;
        let catalogue = reasons.find_offered(
            text.trim(),
            viewer.store.number,
            Some(ReasonAudience::Merchant),
            self.now(),
        );
        let reason = catalogue.map_or(text.trim(), |reason| reason.code.as_str());
        let way = channel.way(record.order.market.as_deref());
        let code = codes(&viewer.shop).channel_code(reason, &way).cloned()?;
        Ok((reason.to_owned(), code))
    }
}

/// Tells the channel which of the buyer's requests are declined since `before`, where it has such a call.
async fn tell_declined(
    channel: &ConfiguredChannel,
    before: &ChannelRecord,
    after: &ChannelRecord,
    reason: &str,
) -> Result<(), Failure<UserError>> {
    if !channel.adapter.capabilities().declines_requests {
        return Ok(());
    }
    let declined = after.declined.iter().skip(before.declined.len());
    // A request may be for several items.
    let ids: BTreeSet<_> = declined.filter_map(|it| it.request.id.as_deref()).collect();
    for id in ids {
        let told = channel
            .adapter
            .decline_request(&after.order.number, id, reason)
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

/// The trimmed text; none where it is empty.
fn text(field: &str, text: Option<&str>, most: usize) -> Result<Option<String>, UserError> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    let is_bad =
        |text: &&str| text.chars().count() > most || text.chars().any(|it| it.is_control() && it != '\n');
    if text.as_ref().is_some_and(is_bad) {
        let message = format!("must have at most {most} characters and no control characters");
        return Err(UserError::about(field, UserErrorCode::Invalid, message));
    }
    Ok(text.map(str::to_owned))
}

impl From<ReasonNotForChannel> for UserError {
    fn from(refusal: ReasonNotForChannel) -> Self {
        Self::about("reason", UserErrorCode::ReasonNotForChannel, refusal.to_string())
    }
}

impl From<ChannelCommandRefusal> for UserError {
    fn from(refusal: ChannelCommandRefusal) -> Self {
        let (field, code) = match &refusal {
            ChannelCommandRefusal::Blocked { block, .. } => match block {
                ChannelBlock::ChannelManaged => ("number", UserErrorCode::ChannelManaged),
                ChannelBlock::PartlyShipped | ChannelBlock::Shipped => {
                    ("number", UserErrorCode::PartialOrderItemShipped)
                }
                ChannelBlock::AlreadyCanceled => ("number", UserErrorCode::InvalidOrderStatus),
                ChannelBlock::RequestOpen => ("number", UserErrorCode::RequestOpen),
            },
            ChannelCommandRefusal::NotAskedByBuyer
            | ChannelCommandRefusal::NotAskedForAll
            | ChannelCommandRefusal::FraudNotConfirmed => ("confirm", UserErrorCode::ConfirmationNeeded),
            ChannelCommandRefusal::NoOpenRequest => ("number", UserErrorCode::NoOpenRequest),
            ChannelCommandRefusal::NotRequested(_) => ("item_ids", UserErrorCode::NoOpenRequest),
            ChannelCommandRefusal::OneRequest(_) => ("item_ids", UserErrorCode::Invalid),
        };
        Self::about(field, code, refusal.to_string())
    }
}

impl From<ChannelError> for UserError {
    fn from(problem: ChannelError) -> Self {
        Self::about(
            "channel",
            UserErrorCode::InProgress,
            format!("{problem}: try again later"),
        )
    }
}
