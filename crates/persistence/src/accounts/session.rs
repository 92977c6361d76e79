//! Sessions: the owner of a token is read together with the shop's version in one round trip.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Customer, Shop, StaffRole, StoreNumber, TokenLifetime};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::token::{CUSTOMER, STAFF, TokenOwner};
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{access_token, customer};
use crate::rows::time::{from_micros, to_micros};
use crate::shop::structure::{AskedVersion, ShopVersion};
use crate::sql::batches::Batches;
use crate::sql::one_of::one_of;
use crate::sql::script::{Rows, Script};

/// How far the recorded last use of a token may lie back. A token in constant use costs one write in this time.
const LAST_USE_RESOLUTION: TimeDelta = TimeDelta::hours(1);

/// The sessions that requests wait for, to be read together. A session without a token is the shop alone.
pub(crate) type SessionReads = Batches<Option<String>, (Arc<Shop>, Option<Session>)>;

/// A token, and the customer to whom it belongs.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    token: access_token::Model,
    customer: Option<customer::Model>,
}

/// The positions of tokens and of their customers in the answers.
pub(crate) type AskedOwners = (Rows<access_token::Model>, Rows<customer::Model>);

impl Database {
    /// The shop as it is now.
    pub async fn shop(&self) -> Result<Arc<Shop>, DatabaseError> {
        Ok(self.read_session(None).await?.0)
    }

    /// Reads the shop, and the owner of the token with the hash `hash` if the token is neither expired nor revoked.
    pub async fn session(
        &self,
        hash: Option<&[u8]>,
        now: DateTime<Utc>,
    ) -> Result<(Arc<Shop>, Option<TokenOwner>), DatabaseError> {
        let (shop, session) = self.read_session(hash.map(hex::encode)).await?;
        let Some(Session { token, customer }) = session else {
            return Ok((shop, None));
        };
        let lifetime = TokenLifetime {
            expires_at: from_micros(token.expires_at)?,
            revoked_at: token.revoked_at.map(from_micros).transpose()?,
        };
        if !lifetime.is_valid_at(now) {
            return Ok((shop, None));
        }
        self.note_use(&token, now).await;
        Ok((shop, owner_of(token, customer)?))
    }

    /// Writes the time of the last use of a staff token, at most once an hour. If the write fails, the request goes on.
    async fn note_use(&self, token: &access_token::Model, now: DateTime<Utc>) {
        let stale = to_micros(now - LAST_USE_RESOLUTION);
        if token.kind != STAFF || token.last_used_at.is_some_and(|at| at > stale) {
            return;
        }
        let mut update = Query::update();
        update
            .table(access_token::Entity)
            .value(access_token::Column::LastUsedAt, to_micros(now))
            .and_where(Expr::col(access_token::Column::Hash).eq(token.hash.as_str()))
            .cond_where(
                Condition::any()
                    .add(Expr::col(access_token::Column::LastUsedAt).is_null())
                    .add(Expr::col(access_token::Column::LastUsedAt).lte(stale)),
            );
        let mut script = Script::write(self);
        script.add(&update);
        if let Err(problem) = script.commit().await {
            tracing::debug!(%problem, "the last use of a token was not recorded");
        }
    }

    /// Reads a session together with those of the requests that arrive at the same time.
    async fn read_session(
        &self,
        hash: Option<String>,
    ) -> Result<(Arc<Shop>, Option<Session>), DatabaseError> {
        let database = self.clone();
        let work = move |hashes| database.clone().read_sessions(hashes);
        self.session_reads.ask(hash, work).await
    }

    async fn read_sessions(
        self,
        hashes: Vec<Option<String>>,
    ) -> Result<Vec<(Arc<Shop>, Option<Session>)>, DatabaseError> {
        let (script, version, owners) = self.sessions_script(hashes.iter().flatten().cloned().collect());
        let answers = script.fetch().await?;
        let shop = version.read_from(&answers)?.shop(&self).await?;
        let mut sessions = HashMap::new();
        if let Some((tokens, customers)) = owners {
            let customers = answers.take(customers)?.into_iter().map(|row| (row.id, row));
            let customers: HashMap<_, _> = customers.collect();
            for token in answers.take(tokens)? {
                let customer = token.customer_id.and_then(|id| customers.get(&id)).cloned();
                sessions.insert(token.hash.clone(), Session { token, customer });
            }
        }
        let session = |hash: Option<String>| hash.and_then(|hash| sessions.get(&hash).cloned());
        Ok(hashes
            .into_iter()
            .map(|hash| (shop.clone(), session(hash)))
            .collect())
    }

    /// The script that reads the tokens with the hashes `hashes` and their customers. Without a hash it reads the
    /// shop's version only.
    pub(crate) fn sessions_script(
        &self,
        hashes: Vec<String>,
    ) -> (Script<'_>, AskedVersion, Option<AskedOwners>) {
        let mut script = Script::read(self);
        let version = ShopVersion::add_to(&mut script);
        if hashes.is_empty() {
            return (script, version, None);
        }
        let of_tokens = one_of(access_token::Column::Hash, hashes, self.backend());
        let mut owners = Query::select();
        owners
            .column(access_token::Column::CustomerId)
            .from(access_token::Entity)
            .and_where(of_tokens.clone());
        let tokens = script.select(access_token::Entity::find().filter(of_tokens));
        let customers = customer::Entity::find().filter(customer::Column::Id.in_subquery(owners));
        let customers = script.select(customers);
        (script, version, Some((tokens, customers)))
    }
}

fn owner_of(
    token: access_token::Model,
    customer: Option<customer::Model>,
) -> Result<Option<TokenOwner>, DatabaseError> {
    if token.kind == CUSTOMER {
        return Ok(customer
            .map(Customer::try_from)
            .transpose()?
            .map(TokenOwner::Customer));
    }
    let code = token.role.unwrap_or_default();
    let role = StaffRole::from_code(&code).ok_or_else(|| DatabaseError::Corrupt(format!("role `{code}`")))?;
    Ok(Some(TokenOwner::Staff {
        name: token.name,
        role,
        store: token.store_number.map(StoreNumber),
        may_withhold_refunds: token.may_withhold_refunds,
    }))
}
