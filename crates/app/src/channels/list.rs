//! Staff looks at sales channels and their orders.

use countermand_domain::channel::{ChannelCapabilities, ChannelOrderNumber, ChannelRecord};
use countermand_domain::{ConfigScope, OrderChannel};
use countermand_persistence::{ChannelOrderPage, ChannelOrderSearch, ChannelPulls};

use super::ConfiguredChannel;
use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::Failure;
use crate::orders::order_view::OrderView;
use crate::rights::StaffOperation;
use crate::shop::reason_mappings::codes;
use crate::shop::shop_settings::allow_scope;
use crate::viewer::Viewer;

/// A sales channel as staff sees it.
#[derive(Debug, Clone)]
pub struct SeenChannel {
    /// The name in the configuration.
    pub name: String,
    /// The kind of channel: `amazon`, `scx`, `buy_with_prime`.
    pub kind: &'static str,
    /// What can be done at the channel.
    pub capabilities: ChannelCapabilities,
    /// How far the orders are read; none before the first turn of a worker.
    pub pulls: Option<ChannelPulls>,
    /// The reasons that the channel has a code for: the reason's code, and the channel's.
    pub reasons: Vec<(String, String)>,
}

impl App {
    /// The sales channels, in the order of the configuration. A token for one store view sees none of them.
    pub async fn sales_channels(&self, viewer: &Viewer) -> Result<Vec<SeenChannel>, AppError> {
        reaches_channels(viewer, StaffOperation::SalesChannels)?;
        let mut seen = Vec::new();
        for channel in self.channels().all() {
            seen.push(self.seen_channel(viewer, channel).await?);
        }
        Ok(seen)
    }

    /// A page of the orders of a channel, newest first.
    pub async fn channel_orders(
        &self,
        viewer: &Viewer,
        channel: &str,
        search: &ChannelOrderSearch,
    ) -> Result<ChannelOrderPage, Failure<UserError>> {
        reaches_channels(viewer, StaffOperation::ChannelOrders)?;
        let channel = self.channel_named(channel)?;
        Ok(self.database().channel_orders(&channel.name, search).await?)
    }

    /// The order with `number` of a channel; none if the channel has shown no such order.
    pub async fn channel_order(
        &self,
        viewer: &Viewer,
        channel: &str,
        number: &str,
    ) -> Result<Option<ChannelRecord>, Failure<UserError>> {
        reaches_channels(viewer, StaffOperation::ChannelOrder)?;
        let channel = self.channel_named(channel)?;
        let Some(number) = ChannelOrderNumber::parse(number) else {
            return Ok(None);
        };
        Ok(self.database().channel_record(&channel.name, &number).await?)
    }

    /// The order of the shop that was imported from an order of a channel; none if none was, or if this token may not
    /// see it.
    pub async fn imported_order(
        &self,
        viewer: &Viewer,
        record: &ChannelRecord,
    ) -> Result<Option<OrderView>, AppError> {
        viewer.staff(StaffOperation::Order)?;
        let number = &record.order.number;
        match self.database().order_of_channel(&record.channel, number).await? {
            Some(id) => self.order_as_admin(viewer, id).await,
            None => Ok(None),
        }
    }

    /// The order of a channel from which an order of the shop was imported; none if the channel has not shown it, or if
    /// this token does not reach channels.
    pub async fn order_at_channel(
        &self,
        viewer: &Viewer,
        channel: &OrderChannel,
    ) -> Result<Option<ChannelRecord>, AppError> {
        if viewer.staff(StaffOperation::ChannelOrder)?.store.is_some() {
            return Ok(None);
        }
        let number = &channel.number;
        Ok(self.database().channel_record(&channel.name, number).await?)
    }

    pub(super) fn channel_named(&self, name: &str) -> Result<&ConfiguredChannel, UserError> {
        self.channels().named(name).ok_or_else(|| {
            UserError::about(
                "channel",
                UserErrorCode::NotFound,
                "there is no such sales channel",
            )
        })
    }

    async fn seen_channel(
        &self,
        viewer: &Viewer,
        channel: &ConfiguredChannel,
    ) -> Result<SeenChannel, AppError> {
        let codes = codes(&viewer.shop);
        let way = channel.way(None);
        let mut reasons: Vec<(String, String)> = Vec::new();
        for mapping in codes.mappings() {
            let is_new = reasons.iter().all(|(reason, _)| *reason != mapping.reason);
            if let (true, Ok(code)) = (is_new, codes.channel_code(&mapping.reason, &way)) {
                reasons.push((mapping.reason.clone(), code.code.clone()));
            }
        }
        Ok(SeenChannel {
            name: channel.name.clone(),
            kind: channel.kind,
            capabilities: channel.adapter.capabilities(),
            pulls: self.database().channel_pulls(&channel.name).await?,
            reasons,
        })
    }
}

/// Orders of channels belong to no store view, so a token for one store view does not reach them.
pub(super) fn reaches_channels(viewer: &Viewer, operation: StaffOperation) -> Result<(), AppError> {
    allow_scope(viewer.staff(operation)?, ConfigScope::Default)
}
