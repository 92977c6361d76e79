//! Reads and writes single values that all replicas of an installation share.

use sea_orm::EntityTrait;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::installation;
use crate::sql::rows::insert;
use crate::sql::script::Script;

const SECRET: &str = "order_token_secret";

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

    async fn stored_secret(&self) -> Result<Option<Vec<u8>>, DatabaseError> {
        let mut script = Script::read(self);
        let secret = script.select(installation::Entity::find_by_id(SECRET));
        let row = script.fetch().await?.first(secret)?;
        Ok(row.map(|row| hex::decode(&row.value)).transpose()?)
    }
}
