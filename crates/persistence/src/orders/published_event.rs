//! Reads events of an order as other systems are told of them.

use chrono::{DateTime, Utc};
use countermand_domain::{EventData, EventKind, OrderId};
use sea_orm::sea_query::{Expr, ExprTrait, Order as Direction, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::PENDING;
use crate::rows::entity::{obligation, order, order_event};
use crate::rows::event_data;
use crate::rows::time::from_micros;
use crate::sql::script::{Rows, Script};

/// An event with what other systems need beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedEvent {
    /// The id of the event: the same in its row, in its message and in every repetition.
    pub id: String,
    /// The order that changed.
    pub order: OrderId,
    /// The number of the order, as people know it.
    pub number: String,
    /// The version of the order after the change, which counts the order's events without a gap.
    pub version: i64,
    /// The kind of the change.
    pub kind: EventKind,
    /// The actor who made the change, such as `customer:10000000001`.
    pub actor: String,
    /// The time of the change.
    pub at: DateTime<Utc>,
    /// What happened; none if the event was written before events had data.
    pub data: Option<EventData>,
}

/// What can be done with an event that must be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventToPublish {
    /// The event can be published.
    Event(Box<PublishedEvent>),
    /// An earlier event of the order must be published first.
    AfterAnother,
    /// Only a newer version of the program knows the kind of the event.
    OfNewerVersion,
    /// There is no such event.
    Missing,
}

impl Database {
    /// The version that the event `id` of `order` brought; none where the order has no such event.
    pub async fn version_of_event(&self, order: OrderId, id: &str) -> Result<Option<i64>, DatabaseError> {
        let mut select = Query::select();
        select
            .column(order_event::Column::Version)
            .from(order_event::Entity)
            .and_where(Expr::col(order_event::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(order_event::Column::Id).eq(id));
        let mut script = Script::read(self);
        let version = script.rows::<(i64,)>(&select);
        Ok(script.fetch().await?.first(version)?.map(|(version,)| version))
    }

    /// The versions that the events of `order` brought after the version `after`, oldest first, at most `limit`. Events of
    /// kinds that only a newer version of the program knows are among them.
    pub async fn event_versions(
        &self,
        order: OrderId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<i64>, DatabaseError> {
        let mut select = Query::select();
        select
            .column(order_event::Column::Version)
            .from(order_event::Entity)
            .and_where(Expr::col(order_event::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(order_event::Column::Version).gt(after))
            .order_by(order_event::Column::Version, Direction::Asc)
            .limit(limit);
        let mut script = Script::read(self);
        let versions = script.rows::<(i64,)>(&select);
        let versions = script.fetch().await?.take(versions)?;
        Ok(versions.into_iter().map(|(version,)| version).collect())
    }

    /// The events of `order` after the version `after`, oldest first, at most `limit`. Events of kinds that only a newer
    /// version of the program knows are left out.
    ///
    /// Each version has exactly one event, and a version is written only over the one before it. So no event with a
    /// lower version can appear later, whichever transaction commits first: a reader that goes on after the last version
    /// that it read misses none.
    pub async fn published_events(
        &self,
        order: OrderId,
        after: i64,
        limit: u64,
    ) -> Result<Vec<PublishedEvent>, DatabaseError> {
        let mut script = Script::read(self);
        let events = script.select(
            order_event::Entity::find()
                .filter(order_event::Column::OrderId.eq(order.number()))
                .filter(order_event::Column::Version.gt(after))
                .order_by_asc(order_event::Column::Version)
                .limit(limit),
        );
        let number = script.rows::<(String,)>(&number_of(order));
        let answers = script.fetch().await?;
        let Some((number,)) = answers.first(number)? else {
            return Ok(Vec::new());
        };
        let mut published = Vec::new();
        for row in answers.take(events)? {
            published.extend(published_event(order, &number, row)?);
        }
        Ok(published)
    }

    /// The event that made `version` of `order`. It has to wait while the obligation with the key `before` is open, which
    /// publishes the event before it.
    pub async fn event_to_publish(
        &self,
        order: OrderId,
        version: i64,
        before: &str,
    ) -> Result<EventToPublish, DatabaseError> {
        let (script, asked) = self.event_to_publish_script(order, version, before);
        let answers = script.fetch().await?;
        if answers.first(asked.earlier)?.is_some() {
            return Ok(EventToPublish::AfterAnother);
        }
        let found = answers.first(asked.event)?.zip(answers.first(asked.number)?);
        let Some((row, (number,))) = found else {
            return Ok(EventToPublish::Missing);
        };
        let event = published_event(order, &number, row)?;
        Ok(event.map_or(EventToPublish::OfNewerVersion, |event| {
            EventToPublish::Event(Box::new(event))
        }))
    }

    pub(crate) fn event_to_publish_script(
        &self,
        order: OrderId,
        version: i64,
        before: &str,
    ) -> (Script<'_>, AskedEvent) {
        let mut earlier = Query::select();
        earlier
            .column(obligation::Column::Id)
            .from(obligation::Entity)
            .and_where(obligation::Column::UniqueKey.eq(before))
            .and_where(obligation::Column::State.eq(PENDING));
        let mut script = Script::read(self);
        let asked = AskedEvent {
            event: script.select(order_event::Entity::find_by_id((order.number(), version))),
            number: script.rows(&number_of(order)),
            earlier: script.rows(&earlier),
        };
        (script, asked)
    }
}

/// The positions of an event, the number of its order and an earlier obligation in the answers.
pub(crate) struct AskedEvent {
    event: Rows<order_event::Model>,
    number: Rows<(String,)>,
    earlier: Rows<(String,)>,
}

/// The query for the number of `order`.
fn number_of(order: OrderId) -> SelectStatement {
    let mut number = Query::select();
    number
        .column(order::Column::Number)
        .from(order::Entity)
        .and_where(Expr::col(order::Column::Id).eq(order.number()));
    number
}

/// The event of a row; none if only a newer version of the program knows its kind.
fn published_event(
    order: OrderId,
    number: &str,
    row: order_event::Model,
) -> Result<Option<PublishedEvent>, DatabaseError> {
    let Some(kind) = EventKind::from_code(&row.kind) else {
        return Ok(None);
    };
    let data = row.data.as_deref().map(|json| event_data::read(kind, json));
    Ok(Some(PublishedEvent {
        id: row.id,
        order,
        number: number.to_owned(),
        version: row.version,
        kind,
        actor: row.actor,
        at: from_micros(row.created_at)?,
        data: data.transpose()?,
    }))
}
