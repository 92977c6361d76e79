//! The codes of sales channels for reasons: `cancellationReasonMappings`, `channelReasonCode`, `reasonOfChannelCode`,
//! `setCancellationReasonMapping` and `resetCancellationReasonMapping`.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use countermand_app::shop::reason_mappings::{MappingChange, MappingFilter};
use countermand_domain::{ChannelWay, ReasonNotForChannel};

use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::{Category, internal, refused};

/// Staff's queries for the codes of sales channels.
#[derive(Default)]
pub(crate) struct AdminReasonMappingQuery;

#[Object]
impl AdminReasonMappingQuery {
    /// The codes that sales channels have for reasons: the built-in ones, with the shop's own in their place. The
    /// caller needs the role `viewer` and a token for all store views.
    async fn cancellation_reason_mappings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The code of a reason; null for all reasons.", name = "reason_code")]
        reason_code: Option<String>,
        #[graphql(desc = "The name of a channel, such as `amazon`; null for all channels.")] channel: Option<
            String,
        >,
    ) -> Result<Vec<CancellationReasonMapping>> {
        let viewer = staff(context)?;
        let filter = MappingFilter {
            reason: reason_code,
            channel,
        };
        let mappings = app(context)?.reason_mappings(viewer, &filter).map_err(internal)?;
        Ok(mappings.into_iter().map(Into::into).collect())
    }

    /// The code that a sales channel has for a reason. A channel without a code for the reason is an error with the
    /// code
    /// `REASON_NOT_FOR_CHANNEL`. The caller needs the role `viewer` and a token for all store views.
    async fn channel_reason_code(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The code of the reason, such as `out_of_stock`.",
            name = "reason_code"
        )]
        reason_code: String,
        #[graphql(desc = "The channel, its market and the way to cancel there.")] place: ChannelWayInput,
    ) -> Result<ChannelReasonCode> {
        let viewer = staff(context)?;
        let found = app(context)?.channel_reason_code(viewer, &reason_code, &place.into());
        match found.map_err(internal)? {
            Ok(code) => Ok(ChannelReasonCode {
                channel_code: code.code,
                needs: code.needs.map(Into::into),
            }),
            Err(refusal) => Err(refused(
                Category::NoSuchEntity,
                ReasonNotForChannel::CODE,
                refusal.to_string(),
            )),
        }
    }

    /// The code of the reason that a sales channel's own code means: the first reason of the catalogue with that code.
    /// Null for a code that no reason has. The caller needs the role `viewer` and a token for all store views.
    async fn reason_of_channel_code(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The channel's own code, such as `NoInventory`.",
            name = "channel_code"
        )]
        channel_code: String,
        #[graphql(desc = "The channel, its market and the way to cancel there.")] place: ChannelWayInput,
    ) -> Result<Option<String>> {
        let viewer = staff(context)?;
        let found = app(context)?.reason_of_channel_code(viewer, &channel_code, &place.into());
        found.map_err(internal)
    }
}

/// Staff's mutations of the codes of sales channels.
#[derive(Default)]
pub(crate) struct AdminReasonMappingMutation;

#[Object]
impl AdminReasonMappingMutation {
    /// Sets the code that a sales channel has for a reason, in place of the built-in one. The caller needs the role
    /// `manager` and a token for all store views.
    async fn set_cancellation_reason_mapping(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The reason, the place and the channel's code there.")]
        input: SetCancellationReasonMappingInput,
    ) -> Result<CancellationReasonMappingPayload> {
        let change = MappingChange {
            reason: input.reason_code,
            place: input.place.into(),
            code: Some(input.channel_code),
        };
        CancellationReasonMappingPayload::of(context, &change).await
    }

    /// Takes the shop's own code for a reason at a sales channel back, so that the built-in one holds. The caller needs
    /// the role `manager` and a token for all store views.
    async fn reset_cancellation_reason_mapping(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The reason and the place whose own code is taken back.")]
        input: ResetCancellationReasonMappingInput,
    ) -> Result<CancellationReasonMappingPayload> {
        let change = MappingChange {
            reason: input.reason_code,
            place: input.place.into(),
            code: None,
        };
        CancellationReasonMappingPayload::of(context, &change).await
    }
}

/// A sales channel, one of its markets, and a way to cancel there.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelWayInput {
    /// The name of the channel, such as `amazon`: at most 32 letters, digits, `_` and `-`.
    channel: String,
    /// The market of the channel, such as `US`; `*` for every market.
    #[graphql(default = "*")]
    market: String,
    /// The way to cancel at the channel, such as `feed`; `*` for every way.
    #[graphql(default = "*")]
    way: String,
}

/// A reason, a place, and the code that the channel has there.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SetCancellationReasonMappingInput {
    /// The code of the reason, such as `out_of_stock`.
    reason_code: String,
    /// The channel, its market and the way to cancel there.
    place: ChannelWayInput,
    /// The channel's own code, at most 128 characters without spaces; null says that the channel has no code.
    channel_code: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A reason and a place whose own code is taken back.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ResetCancellationReasonMappingInput {
    /// The code of the reason, such as `out_of_stock`.
    reason_code: String,
    /// The channel, its market and the way to cancel there.
    place: ChannelWayInput,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The code of one reason at one place of a sales channel.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationReasonMapping {
    /// The code of the reason, such as `out_of_stock`.
    reason_code: String,
    /// The name of the channel, such as `amazon`.
    channel: String,
    /// The market of the channel, such as `US`; `*` for every market.
    market: String,
    /// The way to cancel at the channel, such as `feed`; `*` for every way.
    way: String,
    /// The channel's own code; null when the shop says that the channel has none.
    channel_code: Option<String>,
    /// The fact that must be true before the code is sent; null when the channel asks for none.
    needs: Option<ChannelFact>,
    /// Whether the mapping is built in; false for one of the shop's own.
    built_in: bool,
}

/// The code that a sales channel has for a reason.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ChannelReasonCode {
    /// The channel's own code, such as `NoInventory`.
    channel_code: String,
    /// The fact that must be true before the code is sent; null when the channel asks for none.
    needs: Option<ChannelFact>,
}

/// A fact that a sales channel's code states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_domain::ChannelFact")]
pub(crate) enum ChannelFact {
    /// The buyer asked at the channel for the cancellation. Without the request, the code counts against the seller.
    BuyersRequest,
    /// The fraud is confirmed, not only suspected.
    ConfirmedFraud,
}

/// The result of the mutations that change the codes of sales channels.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationReasonMappingPayload {
    /// All mappings of the reason after the mutation; null when the mutation was refused.
    mappings: Option<Vec<CancellationReasonMapping>>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

impl CancellationReasonMappingPayload {
    async fn of(context: &Context<'_>, change: &MappingChange) -> Result<Self> {
        let viewer = staff(context)?;
        let outcome = app(context)?.change_reason_mapping(viewer, change).await;
        let (mappings, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            mappings: mappings.map(|it| it.into_iter().map(Into::into).collect()),
            user_errors,
        })
    }
}

impl From<ChannelWayInput> for ChannelWay {
    fn from(input: ChannelWayInput) -> Self {
        Self {
            channel: input.channel,
            market: input.market,
            way: input.way,
        }
    }
}

impl From<countermand_domain::ReasonMapping> for CancellationReasonMapping {
    fn from(mapping: countermand_domain::ReasonMapping) -> Self {
        let (channel_code, needs) = mapping.code.map(|it| (it.code, it.needs)).unzip();
        Self {
            reason_code: mapping.reason,
            channel: mapping.place.channel,
            market: mapping.place.market,
            way: mapping.place.way,
            channel_code,
            needs: needs.flatten().map(Into::into),
            built_in: !mapping.is_own,
        }
    }
}
