//! Staff's list of the buyers' open requests at all sales channels, oldest first.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::channel::ChannelRecord;
use countermand_domain::{Order, StoreNumber};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::payments::ReversalsOfOrders;
use crate::rows::channel_content::record_of;
use crate::rows::entity::channel_import;
use crate::rows::entity::channel_order::{Column, Entity, Model};
use crate::rows::entity::order;
use crate::rows::time::to_micros;
use crate::sql::script::{Rows, Script};

/// The buyers' requests at sales channels that staff looks for, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelRequestSearch {
    /// Only requests at this channel.
    pub channel: Option<String>,
    /// Only requests for orders that were imported into this store view.
    pub store: Option<StoreNumber>,
    /// Only requests that became known at this time or later.
    pub requested_from: Option<DateTime<Utc>>,
    /// Only requests that became known at this time or earlier.
    pub requested_to: Option<DateTime<Utc>>,
    /// Only requests that have to be decided at this time or earlier.
    pub due_to: Option<DateTime<Utc>>,
    /// The last request of the page before.
    pub after: Option<ChannelRequestPlace>,
    /// The most requests on a page.
    pub limit: u64,
}

/// The place of a buyer's request at a sales channel in the list of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRequestPlace {
    /// When the request became known.
    pub requested_at: DateTime<Utc>,
    /// The name of the channel.
    pub channel: String,
    /// The channel's number of the order.
    pub number: String,
}

/// An order of a channel with a buyer's open request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedChannelRequest {
    /// The order of the channel.
    pub record: ChannelRecord,
    /// The order of the shop that was imported from it, as it is now; none where none was.
    pub order: Option<Order>,
}

/// A page of the buyers' requests at sales channels, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelRequestPage {
    /// The requests.
    pub requests: Vec<ListedChannelRequest>,
    /// The voids and refunds of the orders that were imported; none where they were not read.
    pub reversals: Option<ReversalsOfOrders>,
    /// Whether newer requests follow.
    pub has_more: bool,
}

/// Orders by the channel and the number from which they were imported, and their voids and refunds where they were read.
type ImportedOrders = (HashMap<(String, String), Order>, Option<ReversalsOfOrders>);

impl Database {
    /// The buyers' open requests at sales channels that `search` finds, oldest first, in three round trips at most.
    pub async fn channel_requests(
        &self,
        search: &ChannelRequestSearch,
    ) -> Result<ChannelRequestPage, DatabaseError> {
        let (script, found) = self.channel_requests_script(search);
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        let records = found.into_iter().map(record_of);
        let mut records = records.collect::<Result<Vec<_>, _>>()?;
        records.retain(ChannelRecord::has_request);
        let (mut orders, reversals) = self.imported_orders(&records).await?;
        let listed = records.into_iter().map(|record| ListedChannelRequest {
            order: orders.remove(&key(&record)),
            record,
        });
        Ok(ChannelRequestPage {
            requests: listed.collect(),
            reversals,
            has_more,
        })
    }

    pub(crate) fn channel_requests_script(&self, search: &ChannelRequestSearch) -> (Script<'_>, Rows<Model>) {
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(search.condition())
            .order_by_asc(Column::RequestedAt)
            .order_by_asc(Column::Channel)
            .order_by_asc(Column::Number)
            .limit(search.limit.saturating_add(1));
        let found = script.select(found);
        (script, found)
    }

    /// The orders of the shop that were imported from `records`, by channel and number, and their voids and refunds where
    /// this handle reads them.
    async fn imported_orders(&self, records: &[ChannelRecord]) -> Result<ImportedOrders, DatabaseError> {
        if records.is_empty() {
            return Ok(ImportedOrders::default());
        }
        let (script, imports) = self.imports_script(records.iter().map(|it| it.order.number.as_str()));
        let imports = script.fetch().await?.take(imports)?;
        let of_record: HashMap<i64, (String, String)> = imports
            .into_iter()
            .map(|row| (row.order_id, (row.channel, row.number)))
            .collect();
        let ids: Vec<i64> = of_record.keys().copied().collect();
        let (orders, reversals) = self.read_page(ids.clone(), ids).await?;
        let named = orders.into_iter().filter_map(|order| {
            let key = of_record.get(&order.id.number())?.clone();
            Some((key, order))
        });
        Ok((named.collect(), reversals))
    }

    /// What was imported from orders with these numbers, of whichever channel.
    pub(crate) fn imports_script<'a>(
        &self,
        numbers: impl Iterator<Item = &'a str>,
    ) -> (Script<'_>, Rows<channel_import::Model>) {
        let mut script = Script::read(self);
        let found = channel_import::Entity::find().filter(channel_import::Column::Number.is_in(numbers));
        let found = script.select(found);
        (script, found)
    }
}

fn key(record: &ChannelRecord) -> (String, String) {
    (record.channel.clone(), record.order.number.as_str().to_owned())
}

impl ChannelRequestSearch {
    fn condition(&self) -> Condition {
        let at = || Expr::col(Column::RequestedAt);
        // Servers before the time was kept set only the mark.
        let mut all = Condition::all()
            .add(at().is_not_null())
            .add(Column::HasRequest.eq(true));
        if let Some(channel) = &self.channel {
            all = all.add(Column::Channel.eq(channel.as_str()));
        }
        if let Some(store) = self.store {
            all = all.add(Expr::exists(imported_into(store)));
        }
        if let Some(from) = self.requested_from {
            all = all.add(at().gte(to_micros(from)));
        }
        if let Some(to) = self.requested_to {
            all = all.add(at().lte(to_micros(to)));
        }
        if let Some(to) = self.due_to {
            all = all.add(Expr::col(Column::RequestDueAt).lte(to_micros(to)));
        }
        match &self.after {
            Some(place) => all.add(place.and_newer()),
            None => all,
        }
    }
}

/// The orders of the shop in `store` that were imported from the order of a channel that is looked at.
fn imported_into(store: StoreNumber) -> SelectStatement {
    use channel_import::Column as I;
    let import = |column| Expr::col((channel_import::Entity, column));
    let mut found = Query::select();
    found
        .expr(Expr::val(1))
        .from(channel_import::Entity)
        .inner_join(
            order::Entity,
            Expr::col((order::Entity, order::Column::Id)).equals((channel_import::Entity, I::OrderId)),
        )
        .and_where(import(I::Channel).equals((Entity, Column::Channel)))
        .and_where(import(I::Number).equals((Entity, Column::Number)))
        .and_where(Expr::col((order::Entity, order::Column::StoreNumber)).eq(store.0));
    found
}

impl ChannelRequestPlace {
    /// The places after this one. The first condition alone lets the database begin in the index.
    fn and_newer(&self) -> Condition {
        let at = to_micros(self.requested_at);
        let same_channel = Condition::all()
            .add(Column::Channel.eq(self.channel.as_str()))
            .add(Column::Number.gt(self.number.as_str()));
        let later = Condition::any()
            .add(Column::RequestedAt.gt(at))
            .add(Column::Channel.gt(self.channel.as_str()))
            .add(same_channel);
        Condition::all().add(Column::RequestedAt.gte(at)).add(later)
    }
}
