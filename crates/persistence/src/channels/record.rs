//! Reads the orders of sales channels, and writes each change of one at the version that it was decided on.

use chrono::{DateTime, Utc};
use countermand_domain::OrderId;
use countermand_domain::channel::{ChannelOrderNumber, ChannelRecord};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::audit::AuditEntry;
use crate::channels::turn::due_now;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NewObligation, SettledObligation, met_by_key};
use crate::rows::channel_content::{record_of, row_of};
use crate::rows::entity::channel_order::{Column, Entity, Model};
use crate::rows::entity::{channel_import, channel_order_version};
use crate::rows::order::order_id;
use crate::rows::time::to_micros;
use crate::sql::rows::{insert, upsert};
use crate::sql::script::{Rows, Script};

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
    pub settles: Vec<SettledProblem>,
}

/// An obligation that is met by what the channel did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledProblem {
    /// The unique key of the obligation, which may not exist.
    pub unique_key: String,
    /// What happened instead.
    pub receipt: String,
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
        let (script, found) = self.channel_records_script(channel, numbers);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(record_of).collect()
    }

    pub(crate) fn channel_records_script(
        &self,
        channel: &str,
        numbers: &[ChannelOrderNumber],
    ) -> (Script<'_>, Rows<Model>) {
        let mut script = Script::read(self);
        let found = Entity::find()
            .filter(Column::Channel.eq(channel))
            .filter(Column::Number.is_in(numbers.iter().map(ChannelOrderNumber::as_str)));
        let found = script.select(found);
        (script, found)
    }

    /// The order of the shop that was imported from the order with `number` of `channel`.
    pub async fn order_of_channel(
        &self,
        channel: &str,
        number: &ChannelOrderNumber,
    ) -> Result<Option<OrderId>, DatabaseError> {
        let (script, found) = self.order_of_channel_script(channel, number);
        let found = script.fetch().await?.first(found)?;
        found.map(|row| order_id(row.order_id)).transpose()
    }

    pub(crate) fn order_of_channel_script(
        &self,
        channel: &str,
        number: &ChannelOrderNumber,
    ) -> (Script<'_>, Rows<channel_import::Model>) {
        let mut script = Script::read(self);
        let key = (channel.to_owned(), number.as_str().to_owned());
        let found = script.select(channel_import::Entity::find_by_id(key));
        (script, found)
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
        if changes.is_empty() && settled.is_none() {
            return Ok(());
        }
        let mut script = self.channel_changes_script(changes)?;
        let owed = changes.iter().flat_map(|change| &change.owed);
        insert(&mut script, owed.map(|owed| owed.row(None)));
        if let Some(audit) = audit {
            audit.add_to(&mut script);
        }
        for change in changes {
            for met in &change.settles {
                script.add(&met_by_key(&met.unique_key, &met.receipt, change.at));
            }
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

    /// The orders after their changes, with a row for each version.
    pub(crate) fn channel_changes_script(
        &self,
        changes: &[ChannelChange],
    ) -> Result<Script<'_>, DatabaseError> {
        let mut script = Script::write(self);
        let rows = changes.iter().map(ChannelChange::rows);
        write_channel_rows(&mut script, rows.collect::<Result<_, _>>()?);
        Ok(script)
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

/// The rows of a change: the mark of its version, and the order after it.
pub(crate) type ChannelRow = (channel_order_version::Model, Model);

/// Adds the statements that write changes of orders of channels. Of two writers of the same version, the second one's
/// mark clashes, and nothing of its transaction stays.
pub(crate) fn write_channel_rows(script: &mut Script<'_>, rows: Vec<ChannelRow>) {
    const KEY: [Column; 2] = [Column::Channel, Column::Number];
    const SET: [Column; 8] = [
        Column::Version,
        Column::Status,
        Column::HasRequest,
        Column::Work,
        Column::PlacedAt,
        Column::Content,
        Column::RequestedAt,
        Column::RequestDueAt,
    ];
    let (versions, orders): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    insert(script, versions);
    upsert(script, orders, &KEY, &SET);
}

impl ChannelChange {
    /// The rows of the change.
    pub(crate) fn rows(&self) -> Result<ChannelRow, DatabaseError> {
        Ok((self.version_row(), row_of(&self.after)?))
    }

    fn version_row(&self) -> channel_order_version::Model {
        channel_order_version::Model {
            channel: self.after.channel.clone(),
            number: self.after.order.number.as_str().into(),
            version: self.after.version,
            at: to_micros(self.at),
        }
    }
}
