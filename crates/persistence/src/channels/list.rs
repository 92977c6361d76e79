//! Lists orders of sales channels: for staff, and for the workers that send and follow cancellations.

use chrono::{DateTime, Utc};
use countermand_domain::channel::{
    ChannelCancellationState, ChannelOrderNumber, ChannelRecord, ChannelStatus,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::channel_content::record_of;
use crate::rows::entity::channel_order::{Column, Entity, Model};
use crate::rows::time::to_micros;
use crate::sql::script::{Rows, Script};

/// Which orders of a channel are listed.
#[derive(Debug, Clone, Default)]
pub struct ChannelOrderSearch {
    /// Only orders with one of these statuses at the channel; empty for all.
    pub statuses: Vec<String>,
    /// Only orders with, or without, an open request of the buyer.
    pub has_request: Option<bool>,
    /// Only orders with, or without, a cancellation whose outcome is open.
    pub is_waiting: Option<bool>,
    /// The place of the last order of the page before.
    pub after: Option<ChannelOrderPlace>,
    /// The most orders on the page.
    pub limit: u64,
}

/// The place of an order in the list of its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOrderPlace {
    /// When the order was placed.
    pub placed_at: DateTime<Utc>,
    /// The channel's number of the order.
    pub number: String,
}

/// A page of the orders of a channel, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOrderPage {
    /// The orders.
    pub orders: Vec<ChannelRecord>,
    /// Whether older orders follow.
    pub has_more: bool,
}

impl Database {
    /// At most `most` numbers of orders of `channel` that are neither shipped nor canceled there, in ascending order,
    /// after the number `after`.
    pub async fn open_channel_numbers(
        &self,
        channel: &str,
        after: Option<&ChannelOrderNumber>,
        most: u64,
    ) -> Result<Vec<ChannelOrderNumber>, DatabaseError> {
        let (script, found) = self.open_channel_numbers_script(channel, after, most);
        let found = script.fetch().await?.take(found)?;
        let numbers = found
            .into_iter()
            .map(|row| record_of(row).map(|record| record.order.number));
        numbers.collect()
    }

    pub(crate) fn open_channel_numbers_script(
        &self,
        channel: &str,
        after: Option<&ChannelOrderNumber>,
        most: u64,
    ) -> (Script<'_>, Rows<Model>) {
        let mut found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Status.is_not_in(over()));
        if let Some(after) = after {
            found = found.filter(Column::Number.gt(after.as_str()));
        }
        let mut script = Script::read(self);
        let found = script.select(found.order_by_asc(Column::Number).limit(most));
        (script, found)
    }

    /// The orders of `channel` whose cancellation is in `state`, at most `limit`.
    pub async fn channel_work(
        &self,
        channel: &str,
        state: ChannelCancellationState,
        limit: u64,
    ) -> Result<Vec<ChannelRecord>, DatabaseError> {
        let (script, found) = self.channel_work_script(channel, state, limit);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(record_of).collect()
    }

    pub(crate) fn channel_work_script(
        &self,
        channel: &str,
        state: ChannelCancellationState,
        limit: u64,
    ) -> (Script<'_>, Rows<Model>) {
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Work.eq(state.code()))
            .order_by_asc(Column::Number)
            .limit(limit);
        let found = script.select(found);
        (script, found)
    }

    /// A page of the orders of `channel`, newest first.
    pub async fn channel_orders(
        &self,
        channel: &str,
        search: &ChannelOrderSearch,
    ) -> Result<ChannelOrderPage, DatabaseError> {
        let (script, found) = self.channel_orders_script(channel, search);
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        Ok(ChannelOrderPage {
            orders: found.into_iter().map(record_of).collect::<Result<_, _>>()?,
            has_more,
        })
    }

    pub(crate) fn channel_orders_script(
        &self,
        channel: &str,
        search: &ChannelOrderSearch,
    ) -> (Script<'_>, Rows<Model>) {
        let mut found = Entity::find().filter(Column::Channel.eq(channel));
        if !search.statuses.is_empty() {
            found = found.filter(Column::Status.is_in(search.statuses.iter().map(String::as_str)));
        }
        if let Some(has_request) = search.has_request {
            // A row of an older version may keep the request of an order that is over.
            let open = Column::HasRequest.eq(true).and(Column::Status.is_not_in(over()));
            found = found.filter(if has_request { open } else { open.not() });
        }
        if let Some(is_waiting) = search.is_waiting {
            let none = Expr::col(Column::Work).eq("");
            found = found.filter(if is_waiting { none.not() } else { none });
        }
        if let Some(after) = &search.after {
            let at = to_micros(after.placed_at);
            let same_time = Condition::all()
                .add(Column::PlacedAt.eq(at))
                .add(Column::Number.lt(after.number.as_str()));
            found = found.filter(Condition::any().add(Column::PlacedAt.lt(at)).add(same_time));
        }
        let found = found
            .order_by_desc(Column::PlacedAt)
            .order_by_desc(Column::Number)
            .limit(search.limit.saturating_add(1));
        let mut script = Script::read(self);
        let found = script.select(found);
        (script, found)
    }
}

/// The codes of the statuses of orders that are over at their channel.
fn over() -> [String; 2] {
    [ChannelStatus::Shipped, ChannelStatus::Canceled].map(|status| status.code().to_owned())
}
