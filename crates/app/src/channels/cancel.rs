//! Staff cancels an order at its sales channel.
//!
//! The cancellation is stored first and sent by the channel's next turn. Nothing here says that the order is canceled:
//! the channel decides.

use std::future::Future;

use countermand_domain::channel::{
    CancelAtChannel, ChannelBlock, ChannelCommandRefusal, ChannelOrderNumber, ChannelRecord,
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
            let (id, comment) = (id.clone(), comment.clone());
            async move {
                if grants && !record.has_request() {
                    return Err(UserError::from(ChannelCommandRefusal::NoOpenRequest).into());
                }
                let (reason, code) = if grants {
                    // The buyer's own words stand at the channel, so the reason needs neither an offer nor a comment.
                    coded(viewer, channel, &record, command.reason.trim())?
                } else {
                    self.reason_for(viewer, channel, &record, command)?
                };
                let after = record.cancel(
                    CancelAtChannel {
                        id,
                        reason,
                        code,
                        comment,
                        confirms: command.confirms,
                        actor: viewer.actor().label(),
                    },
                    self.now(),
                );
                let after = after.map_err(UserError::from)?;
                // Packing and shipping change the record, so what comes after this look is a conflict.
                self.check_imported_order(&record, command.confirms).await?;
                Ok(after)
            }
        })
        .await
    }

    /// Changes one order of a channel by `decide`, with an entry in the audit log, and decides again when another
    /// change came first. A request that has changed the order before is shown the order as it is now.
    pub(super) async fn change_channel_order<F>(
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
            if viewer.is_carried_out() {
                return Ok(before);
            }
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

    /// Refuses to cancel an order whose imported order is shipped, or is packed without a confirmation of that.
    async fn check_imported_order(
        &self,
        record: &ChannelRecord,
        confirms: bool,
    ) -> Result<(), Failure<UserError>> {
        let number = &record.order.number;
        let Some(id) = self.database().order_of_channel(&record.channel, number).await? else {
            return Ok(());
        };
        let Some(imported) = self.database().order(id).await? else {
            return Ok(());
        };
        if imported.order.has_shipment() {
            return Err(UserError::from(ChannelCommandRefusal::ShippedHere).into());
        }
        if imported.order.is_in_fulfilment() && !confirms {
            return Err(UserError::from(ChannelCommandRefusal::PackedHere).into());
        }
        Ok(())
    }

    /// The reason that staff chose, with the channel's code for it: one that the catalogue offers to the merchant now,
    /// or a code that has a mapping and is no reason of the catalogue.
    fn reason_for(
        &self,
        viewer: &Viewer,
        channel: &ConfiguredChannel,
        record: &ChannelRecord,
        command: &CancelChannelOrder,
    ) -> Result<(String, ChannelCode), UserError> {
        let text = command.reason.trim();
        let policy = viewer.shop.cancellation_policy(viewer.store.number);
        let audience = Some(ReasonAudience::Merchant);
        let offered = policy
            .reasons
            .find_offered(text, viewer.store.number, audience, self.now());
        if offered.is_none() && policy.reasons.by_code(text).is_some() {
            let message = "the reason is not offered to the merchant now";
            return Err(UserError::about("reason", UserErrorCode::InvalidReason, message));
        }
        let has_comment = command.comment.as_deref().is_some_and(|it| !it.trim().is_empty());
        if offered.is_some_and(|reason| reason.rules.needs_comment) && !has_comment {
            let message = "a comment is needed for this reason";
            return Err(UserError::about(
                "comment",
                UserErrorCode::CommentRequired,
                message,
            ));
        }
        let reason = offered.map_or(text, |reason| reason.code.as_str());
        coded(viewer, channel, record, reason)
    }
}

/// The reason with this code, and the channel's own code for it.
fn coded(
    viewer: &Viewer,
    channel: &ConfiguredChannel,
    record: &ChannelRecord,
    reason: &str,
) -> Result<(String, ChannelCode), UserError> {
    let way = channel.way(record.order.market.as_deref());
    let code = codes(&viewer.shop).channel_code(reason, &way).cloned()?;
    Ok((reason.to_owned(), code))
}

/// The trimmed text; none where it is empty.
pub(super) fn text(field: &str, text: Option<&str>, most: usize) -> Result<Option<String>, UserError> {
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
            ChannelCommandRefusal::ShippedHere => ("number", UserErrorCode::PartialOrderItemShipped),
            ChannelCommandRefusal::BeingDeclined => ("number", UserErrorCode::InProgress),
            ChannelCommandRefusal::NotAskedByBuyer
            | ChannelCommandRefusal::NotAskedForAll
            | ChannelCommandRefusal::PackedHere
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
