//! Reads and writes single values that all replicas of an installation share.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, EntityTrait};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::PENDING;
use crate::rows::entity::{installation, obligation};
use crate::shop::structure::raise_version;
use crate::sql::rows::insert;
use crate::sql::script::Script;

const SECRET: &str = "order_token_secret";
/// The name of the value that says that each event is published to a stream. It is part of the shop's structure: a change
/// raises the shop's version, so the next change of an order on any server is decided with it.
pub(crate) const EVENT_STREAM: &str = "event_stream";
/// The kind of stream there is.
const NATS: &str = "nats";

impl Database {
    /// The secret that seals order tokens. The `candidate` of the first replica becomes the secret of all replicas.
    pub async fn installation_secret(&self, candidate: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        if let Some(secret) = self.stored_secret().await? {
            return Ok(secret);
        }
        let mut script = Script::write(self);
        insert(
            &mut script,
            [installation::Model {
                name: SECRET.into(),
                value: hex::encode(candidate),
            }],
        );
        match script.commit().await {
            Ok(_) | Err(DatabaseError::Duplicate) => {}
            Err(problem) => return Err(problem),
        }
        self.stored_secret()
            .await?
            .ok_or_else(|| DatabaseError::Corrupt("the secret was not kept".into()))
    }

    /// Keeps that each event is published to a stream from now on, with an entry in the audit log. Nothing is written if
    /// that was kept before.
    pub async fn start_event_stream(&self, audit: &AuditEntry) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(
            &mut script,
            [installation::Model {
                name: EVENT_STREAM.into(),
                value: NATS.into(),
            }],
        );
        audit.add_to(&mut script);
        script.add(&raise_version());
        match script.commit().await {
            // Another server was first, or the answer of this write was lost.
            Ok(_) | Err(DatabaseError::Duplicate) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// Keeps that no event is published to a stream any more, and deletes the obligations of `kind` that wait, with an
    /// entry in the audit log. The result is the number of these obligations.
    pub async fn stop_event_stream(&self, kind: &str, audit: &AuditEntry) -> Result<u64, DatabaseError> {
        let mut waiting = Query::delete();
        waiting
            .from_table(obligation::Entity)
            .and_where(obligation::Column::State.eq(PENDING))
            .and_where(obligation::Column::Kind.eq(kind));
        let mut kept = Query::delete();
        kept.from_table(installation::Entity)
            .and_where(installation::Column::Name.eq(EVENT_STREAM));
        let mut script = Script::write(self);
        script.add(&kept);
        script.add(&raise_version());
        audit.add_to(&mut script);
        let deleted = script.add_counted(&waiting);
        script.commit().await?.touched(deleted)
    }

    async fn stored_secret(&self) -> Result<Option<Vec<u8>>, DatabaseError> {
        let mut script = Script::read(self);
        let secret = script.select(installation::Entity::find_by_id(SECRET));
        let row = script.fetch().await?.first(secret)?;
        Ok(row.map(|row| hex::decode(&row.value)).transpose()?)
    }
}
