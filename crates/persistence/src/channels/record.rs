//! Reads the orders of sales channels, and writes each change of one at the version that it was decided on.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::OrderId;
use countermand_domain::channel::{
    ChannelCancellationState, ChannelOrderNumber, ChannelRecord, ChannelStatus,
};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::audit::AuditEntry;
use crate::channels::turn::due_now;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NewObligation, SettledObligation, met_by_key};
use crate::rows::channel_content::{record_of, row_of};
use crate::rows::entity::channel_order::{Column, Entity};
use crate::rows::entity::{channel_import, channel_order_version};
use crate::rows::order::order_id;
use crate::rows::time::to_micros;
use crate::sql::rows::{insert, upsert};
use crate::sql::script::Script;

/// A change of an order of a channel. The record's version is one higher than the version that was decided on, and 1
/// for an order that was not kept before.
#[derive(Debug, Clone)]
pub struct ChannelChange {
    /// The order after the change.
    pub after: ChannelRecord,
    /// When it changed.
    pub at: DateTime<Utc>,
    /// What the change owes outside the database, or to staff.
    pub owed: Vec<NewObligation>,
    /// What staff need not look at any more after the change.
    pub settles: Option<SettledProblem>,
}

/// An obligation that is met by what the channel did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledProblem {
    /// The unique key of the obligation, which may not exist.
    pub unique_key: String,
    /// What happened instead.
    pub receipt: String,
}

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
    /// The order with `number` of `channel`.
    pub async fn channel_record(
        &self,
        channel: &str,
        number: &ChannelOrderNumber,
    ) -> Result<Option<ChannelRecord>, DatabaseError> {
        let numbers = std::slice::from_ref(number);
        Ok(self.channel_records(channel, numbers).await?.pop())
    }

    /// The orders of `channel` with these numbers, as many as are kept.
    pub async fn channel_records(
        &self,
        channel: &str,
        numbers: &[ChannelOrderNumber],
    ) -> Result<Vec<ChannelRecord>, DatabaseError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Number.is_in(numbers.iter().map(ChannelOrderNumber::as_str)));
        let found = script.select(found);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(record_of).collect()
    }

    /// At most `most` numbers of orders of `channel` that are neither shipped nor canceled there, in ascending order,
    /// after the number `after`.
    pub async fn open_channel_numbers(
        &self,
        channel: &str,
        after: Option<&ChannelOrderNumber>,
        most: u64,
    ) -> Result<Vec<ChannelOrderNumber>, DatabaseError> {
        let over = [ChannelStatus::Shipped, ChannelStatus::Canceled];
        let mut found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Status.is_not_in(over.iter().map(ChannelStatus::code)));
        if let Some(after) = after {
            found = found.filter(Column::Number.gt(after.as_str()));
        }
        let mut script = Script::read(self);
        let found = script.select(found.order_by_asc(Column::Number).limit(most));
        let found = script.fetch().await?.take(found)?;
        let numbers = found
            .into_iter()
            .map(|row| record_of(row).map(|record| record.order.number));
        numbers.collect()
    }

    /// The orders of `channel` whose cancellation is in `state`, at most `limit`.
    pub async fn channel_work(
        &self,
        channel: &str,
        state: ChannelCancellationState,
        limit: u64,
    ) -> Result<Vec<ChannelRecord>, DatabaseError> {
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Work.eq(state.code()))
            .order_by_asc(Column::Number)
            .limit(limit);
        let found = script.select(found);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(record_of).collect()
    }

    /// A page of the orders of `channel`, newest first.
    pub async fn channel_orders(
        &self,
        channel: &str,
        search: &ChannelOrderSearch,
    ) -> Result<ChannelOrderPage, DatabaseError> {
        let mut found = Entity::find().filter(Column::Channel.eq(channel));
        if !search.statuses.is_empty() {
            found = found.filter(Column::Status.is_in(search.statuses.iter().map(String::as_str)));
        }
        if let Some(has_request) = search.has_request {
            found = found.filter(Column::HasRequest.eq(has_request));
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
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(search.limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        Ok(ChannelOrderPage {
            orders: found.into_iter().map(record_of).collect::<Result<_, _>>()?,
            has_more,
        })
    }

    /// The order of the shop that was imported from the order with `number` of `channel`.
    pub async fn order_of_channel(
        &self,
        channel: &str,
        number: &ChannelOrderNumber,
    ) -> Result<Option<OrderId>, DatabaseError> {
        let mut script = Script::read(self);
        let key = (channel.to_owned(), number.as_str().to_owned());
        let found = script.select(channel_import::Entity::find_by_id(key));
        let found = script.fetch().await?.first(found)?;
        found.map(|row| order_id(row.order_id)).transpose()
    }

    /// Writes changes of orders of one channel in one transaction. Fails with [`DatabaseError::Conflict`] if another
    /// change of one of the orders came first; then nothing is written.
    pub async fn change_channel_orders(&self, changes: &[ChannelChange]) -> Result<(), DatabaseError> {
        self.write_channel_orders(changes, None, None).await
    }

    /// Settles an obligation of a channel by hand, with its entry in the audit log, and with the change of the order if
    /// there is one.
    pub async fn settle_channel_obligation(
        &self,
        settled: &SettledObligation,
        change: Option<&ChannelChange>,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let changes = change.map(std::slice::from_ref).unwrap_or_default();
        self.write_channel_orders(changes, Some(audit), Some(settled))
            .await
    }

    /// Writes a change that staff asked for, with its entry in the audit log, and makes the channel due at once.
    pub async fn change_channel_order_as_staff(
        &self,
        change: &ChannelChange,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        self.write_channel_orders(std::slice::from_ref(change), Some(audit), None)
            .await
    }

    async fn write_channel_orders(
        &self,
        changes: &[ChannelChange],
        audit: Option<&AuditEntry>,
        settled: Option<&SettledObligation>,
    ) -> Result<(), DatabaseError> {
        const KEY: [Column; 2] = [Column::Channel, Column::Number];
        const SET: [Column; 6] = [
            Column::Version,
            Column::Status,
            Column::HasRequest,
            Column::Work,
            Column::PlacedAt,
            Column::Content,
        ];
        if changes.is_empty() && settled.is_none() {
            return Ok(());
        }
        let mut script = Script::write(self);
        // Of two writers of the same version, the second one's row clashes, and nothing of its transaction stays.
        insert(&mut script, changes.iter().map(ChannelChange::version_row));
        let rows = changes.iter().map(|change| row_of(&change.after));
        upsert(&mut script, rows.collect::<Result<Vec<_>, _>>()?, &KEY, &SET);
        let owed = changes.iter().flat_map(|change| &change.owed);
        insert(&mut script, owed.map(|owed| owed.row(None)));
        insert(&mut script, audit.map(AuditEntry::row));
        for met in changes
            .iter()
            .filter_map(|change| Some((change.settles.as_ref()?, change.at)))
        {
            script.add(&met_by_key(&met.0.unique_key, &met.0.receipt, met.1));
        }
        if let Some(settled) = settled {
            script.add(&settled.update());
        }
        if let (Some(_), Some(change)) = (audit, changes.first()) {
            script.add(&due_now(&change.after.channel));
        }
        match script.commit().await {
            Err(DatabaseError::Duplicate) if self.are_written(changes).await? => Ok(()),
            Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict),
            outcome => outcome.map(|_| ()),
        }
    }

    /// Deletes the marks of versions that were written at least `kept` before `now`, the oldest first, about `most` of
    /// them; the number of deleted rows. A mark only keeps two writers apart that began at the same time.
    pub async fn forget_channel_versions(
        &self,
        kept: TimeDelta,
        now: DateTime<Utc>,
        most: u64,
    ) -> Result<u64, DatabaseError> {
        use channel_order_version::{Column as C, Entity as Version};
        let mut oldest = Query::select();
        oldest
            .column(C::At)
            .from(Version)
            .and_where(Expr::col(C::At).lte(to_micros(now - kept)))
            .order_by(C::At, Order::Asc)
            .limit(most);
        let mut script = Script::read(self);
        let oldest = script.rows::<(i64,)>(&oldest);
        let Some((last,)) = script.fetch().await?.take(oldest)?.pop() else {
            return Ok(0);
        };
        let mut delete = Query::delete();
        delete.from_table(Version).and_where(Expr::col(C::At).lte(last));
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }

    /// Whether the changes are stored: after a lost answer, this tells that they were committed.
    async fn are_written(&self, changes: &[ChannelChange]) -> Result<bool, DatabaseError> {
        for change in changes {
            let after = &change.after;
            let kept = self.channel_record(&after.channel, &after.order.number).await?;
            if kept.as_ref() != Some(after) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl ChannelChange {
    fn version_row(&self) -> channel_order_version::Model {
        channel_order_version::Model {
            channel: self.after.channel.clone(),
            number: self.after.order.number.as_str().into(),
            version: self.after.version,
            at: to_micros(self.at),
        }
    }
}
