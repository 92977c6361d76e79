//! Keeps the endpoints of webhooks. They are part of the shop's structure: a change of one raises the shop's version,
//! so the next change of an order on any server is decided with it.

use chrono::{DateTime, Utc};
use countermand_domain::event_filter::{EventFilter, EventSubscriber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{EntityTrait, QueryOrder};
use strum::{EnumString, IntoStaticStr};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::webhook_endpoint::{Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::shop::structure::raise_version;
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The longest problem that is kept, in characters.
const LONGEST_PROBLEM: usize = 512;

/// An endpoint of another system that is told of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    /// The id of the endpoint, a UUID.
    pub id: String,
    /// The address to which messages are sent.
    pub address: String,
    /// The secret that signs messages, sealed.
    pub secret: String,
    /// The secret before the last rotation, sealed, and until when it signs messages too.
    pub old_secret: Option<(String, DateTime<Utc>)>,
    /// The events that the endpoint wants.
    pub filter: EventFilter,
    /// Whether messages are sent.
    pub state: WebhookState,
    /// Why the endpoint was switched off; empty where nothing is wrong.
    pub problem: String,
    /// Counts the changes, from 1.
    pub version: i64,
    /// When the endpoint was made.
    pub created_at: DateTime<Utc>,
}

/// Whether messages are sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WebhookState {
    /// Messages are sent.
    Active,
    /// Staff paused the endpoint: messages wait.
    Paused,
    /// The endpoint asked to be left alone, or did not answer for days: messages wait, and no new ones are written.
    SwitchedOff,
}

impl Database {
    /// All endpoints, oldest first.
    pub async fn webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().order_by_asc(Column::Id));
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(WebhookEndpoint::try_from).collect()
    }

    /// The endpoint with `id`.
    pub async fn webhook_endpoint(&self, id: &str) -> Result<Option<WebhookEndpoint>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find_by_id(id.to_owned()));
        let found = script.fetch().await?.first(found)?;
        found.map(WebhookEndpoint::try_from).transpose()
    }

    /// Writes a new endpoint with its entry in the audit log.
    pub async fn insert_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [endpoint.row()]);
        audit.add_to(&mut script);
        script.add(&raise_version());
        let outcome = script.commit().await;
        self.unless_audited(audit, outcome).await
    }

    /// Writes a changed endpoint, whose version is one higher than the version that was read, with an entry in the audit
    /// log. Fails with [`DatabaseError::Conflict`] if another change came first; then nothing is written.
    pub async fn update_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let still = at_version(&endpoint.id, endpoint.version - 1);
        let row = endpoint.row();
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Address, row.address)
            .value(Column::Secret, row.secret)
            .value(Column::OldSecret, row.old_secret)
            .value(Column::OldSecretUntil, row.old_secret_until)
            .value(Column::EventKinds, row.event_kinds)
            .value(Column::State, row.state)
            .value(Column::Problem, row.problem)
            .value(Column::Version, row.version)
            .cond_where(still.clone());
        // The first statement locks the version of all endpoints, so that of two writers one sees the other's change.
        let mut script = Script::write_in_sequence(self);
        script.add(&raise_version());
        audit.add_where(&mut script, Entity, still)?;
        let updated = script.add_counted(&update);
        let touched = script.commit().await?.touched(updated)?;
        self.changed_one(touched, audit).await
    }

    /// Deletes an endpoint at the version that was read, with an entry in the audit log; the log of its messages stays.
    /// Fails with [`DatabaseError::Conflict`] if another change came first; then nothing is written.
    pub async fn delete_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let still = at_version(&endpoint.id, endpoint.version);
        let mut delete = Query::delete();
        delete.from_table(Entity).cond_where(still.clone());
        // The first statement locks the version of all endpoints, so that of two writers one sees the other's change.
        let mut script = Script::write_in_sequence(self);
        script.add(&raise_version());
        audit.add_where(&mut script, Entity, still)?;
        let deleted = script.add_counted(&delete);
        let touched = script.commit().await?.touched(deleted)?;
        self.changed_one(touched, audit).await
    }

    /// If no row was changed and the entry exists, the change was written before and the answer was lost.
    async fn changed_one(&self, touched: u64, audit: &AuditEntry) -> Result<(), DatabaseError> {
        if touched == 1 || self.is_audited(audit).await? {
            Ok(())
        } else {
            Err(DatabaseError::Conflict)
        }
    }
}

/// Those that are told of new events. An endpoint that wants only kinds of a newer version of the program is told of
/// none by this one.
pub(crate) fn subscribers_of(rows: Vec<Model>) -> Vec<EventSubscriber> {
    let switched_off: &str = WebhookState::SwitchedOff.into();
    let on = rows.into_iter().filter(|row| row.state != switched_off);
    let subscribers = on.filter_map(|row| {
        Some(EventSubscriber {
            filter: EventFilter::from_text(&row.event_kinds)?,
            endpoint: row.id,
        })
    });
    subscribers.collect()
}

fn at_version(id: &str, version: i64) -> Condition {
    Condition::all()
        .add(Expr::col(Column::Id).eq(id))
        .add(Expr::col(Column::Version).eq(version))
}

impl WebhookEndpoint {
    /// The endpoint as text, for [`from_text`](Self::from_text).
    #[must_use]
    pub fn to_text(&self) -> String {
        // A row of texts and numbers always has a form in JSON.
        serde_json::to_string(&self.row()).unwrap_or_default()
    }

    /// The endpoint that [`to_text`](Self::to_text) wrote; none for another text.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let row: Model = serde_json::from_str(text).ok()?;
        Self::try_from(row).ok()
    }

    fn row(&self) -> Model {
        let state: &str = self.state.into();
        let problem = self.problem.replace('\0', "\u{fffd}");
        Model {
            id: self.id.clone(),
            address: self.address.clone(),
            secret: self.secret.clone(),
            old_secret: self.old_secret.as_ref().map(|(secret, _)| secret.clone()),
            old_secret_until: self.old_secret.as_ref().map(|(_, until)| to_micros(*until)),
            event_kinds: self.filter.to_string(),
            state: state.into(),
            problem: problem.chars().take(LONGEST_PROBLEM).collect(),
            version: self.version,
            created_at: to_micros(self.created_at),
        }
    }
}

impl TryFrom<Model> for WebhookEndpoint {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let unknown = |what: &str| DatabaseError::Corrupt(format!("webhook endpoint {}: {what}", row.id));
        let until = row.old_secret_until.map(from_micros).transpose()?;
        Ok(Self {
            old_secret: row.old_secret.zip(until),
            filter: EventFilter::from_text(&row.event_kinds).ok_or_else(|| unknown("kinds of events"))?,
            state: row.state.parse().map_err(|_| unknown("state"))?,
            created_at: from_micros(row.created_at)?,
            id: row.id,
            address: row.address,
            secret: row.secret,
            problem: row.problem,
            version: row.version,
        })
    }
}
