//! The log of webhooks: what was sent to which endpoint, and what it answered.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::OrderId;
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Order as Direction, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::webhook_attempt::{Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

/// The longest problem that is kept, in characters.
const LONGEST_PROBLEM: usize = 512;

/// An attempt to send an event to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// The id of the attempt, sortable by time.
    pub id: String,
    /// The id of the endpoint.
    pub endpoint: String,
    /// The id of the event, which is the `webhook-id` of its message.
    pub event: String,
    /// The code of the kind of the event, such as `order.canceled`.
    pub kind: String,
    /// The order of the event, and the version that it made; none for a test event.
    pub order: Option<(OrderId, i64)>,
    /// The number of the attempt, from 1.
    pub attempt: i32,
    /// Whether the endpoint took the event.
    pub is_delivered: bool,
    /// The status of the answer; none without an answer.
    pub status: Option<u16>,
    /// The beginning of the answer; empty without an answer.
    pub answer: String,
    /// Why the event was not delivered; empty when it was.
    pub problem: String,
    /// How long the answer took, or the attempt to get one.
    pub duration: Duration,
    /// When the attempt ended.
    pub at: DateTime<Utc>,
}

/// Which attempts are listed. An attempt must pass all of them.
#[derive(Debug, Clone, Default)]
pub struct AttemptFilter {
    /// Only attempts for this event.
    pub event: Option<String>,
    /// Only attempts that ended at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Only attempts that ended at this time or earlier.
    pub to: Option<DateTime<Utc>>,
    /// Only attempts that delivered the event, or only those that did not.
    pub is_delivered: Option<bool>,
}

/// A page of attempts, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptPage {
    /// The attempts.
    pub attempts: Vec<WebhookAttempt>,
    /// Whether older attempts follow.
    pub has_more: bool,
}

impl Database {
    /// Writes an attempt into the log.
    pub async fn insert_webhook_attempt(&self, attempt: &WebhookAttempt) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [attempt.row()]);
        match script.commit().await {
            // An attempt has an id of its own, so its row was written before and the answer was lost.
            Ok(_) | Err(DatabaseError::Duplicate) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// A page of the attempts at `endpoint` that pass `filter`, newest first, after the one with the id `after`.
    pub async fn webhook_attempts(
        &self,
        endpoint: &str,
        filter: &AttemptFilter,
        after: Option<&str>,
        limit: u64,
    ) -> Result<AttemptPage, DatabaseError> {
        let (script, found) = self.webhook_attempts_script(endpoint, filter, after, limit);
        let mut found = script.fetch().await?.take(found)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = found.len() > limit;
        found.truncate(limit);
        Ok(AttemptPage {
            attempts: found
                .into_iter()
                .map(WebhookAttempt::try_from)
                .collect::<Result<_, _>>()?,
            has_more,
        })
    }

    /// The script that reads a page of attempts and one more.
    pub(crate) fn webhook_attempts_script(
        &self,
        endpoint: &str,
        filter: &AttemptFilter,
        after: Option<&str>,
        limit: u64,
    ) -> (Script<'_>, Rows<Model>) {
        let mut found = Entity::find().filter(Column::EndpointId.eq(endpoint));
        if let Some(event) = &filter.event {
            found = found.filter(Column::EventId.eq(event.as_str()));
        }
        if let Some(from) = filter.from {
            found = found.filter(Column::At.gte(to_micros(from)));
        }
        if let Some(to) = filter.to {
            found = found.filter(Column::At.lte(to_micros(to)));
        }
        if let Some(is_delivered) = filter.is_delivered {
            found = found.filter(Column::IsDelivered.eq(is_delivered));
        }
        if let Some(after) = after {
            found = found.filter(Column::Id.lt(after));
        }
        let mut script = Script::read(self);
        let found = script.select(found.order_by_desc(Column::Id).limit(limit.saturating_add(1)));
        (script, found)
    }

    /// Deletes at most `limit` attempts that are older than `kept` at the time `now`, and returns their number.
    pub async fn forget_webhook_attempts(
        &self,
        kept: TimeDelta,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<u64, DatabaseError> {
        let (script, old) = self.oldest_webhook_attempts_script(now - kept, limit);
        let old = script.fetch().await?.take(old)?;
        if old.is_empty() {
            return Ok(0);
        }
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&without_attempts(old.into_iter().map(|(id,)| id)));
        script.commit().await?.touched(forgotten)
    }

    /// The script that reads the ids of the oldest attempts that ended at `until` or earlier, at most `most`.
    pub(crate) fn oldest_webhook_attempts_script(
        &self,
        until: DateTime<Utc>,
        most: u64,
    ) -> (Script<'_>, Rows<(String,)>) {
        let mut oldest = Query::select();
        oldest
            .column(Column::Id)
            .from(Entity)
            .and_where(Expr::col(Column::At).lte(to_micros(until)))
            .order_by(Column::At, Direction::Asc)
            .limit(most);
        let mut script = Script::read(self);
        let oldest = script.rows(&oldest);
        (script, oldest)
    }
}

/// The deletion of the attempts with these ids.
pub(crate) fn without_attempts(ids: impl IntoIterator<Item = String>) -> DeleteStatement {
    let mut delete = Query::delete();
    delete
        .from_table(Entity)
        .and_where(Expr::col(Column::Id).is_in(ids));
    delete
}

impl WebhookAttempt {
    fn row(&self) -> Model {
        Model {
            id: self.id.clone(),
            endpoint_id: self.endpoint.clone(),
            event_id: self.event.clone(),
            event_kind: self.kind.clone(),
            order_id: self.order.map(|(order, _)| order.number()),
            order_version: self.order.map(|(_, version)| version),
            attempt: self.attempt,
            is_delivered: self.is_delivered,
            status: self.status.map(i32::from),
            answer: clean(&self.answer),
            problem: clean(&self.problem).chars().take(LONGEST_PROBLEM).collect(),
            milliseconds: i32::try_from(self.duration.as_millis()).unwrap_or(i32::MAX),
            at: to_micros(self.at),
        }
    }
}

/// A server's text without NUL characters, which not every database can store.
fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

impl TryFrom<Model> for WebhookAttempt {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let order = row.order_id.and_then(OrderId::from_number);
        Ok(Self {
            order: order.zip(row.order_version),
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            duration: Duration::from_millis(u64::try_from(row.milliseconds).unwrap_or_default()),
            at: from_micros(row.at)?,
            id: row.id,
            endpoint: row.endpoint_id,
            event: row.event_id,
            kind: row.event_kind,
            attempt: row.attempt,
            is_delivered: row.is_delivered,
            answer: row.answer,
            problem: row.problem,
        })
    }
}
