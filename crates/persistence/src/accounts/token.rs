//! Bearer tokens: they are stored as hashes, listed without them, and revoked.

use std::time::Duration;

use chrono::{DateTime, Utc};
use countermand_domain::{Customer, CustomerId, StaffRole, StoreNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order, Query, UpdateStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::access_token;
use crate::rows::time::{from_micros, micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script};

pub(super) const CUSTOMER: &str = "customer";
pub(super) const STAFF: &str = "staff";

/// How many characters of a token's hash are the id of the token.
const ID_LENGTH: usize = 12;

/// The owner of a token.
#[derive(Debug, Clone)]
pub enum TokenOwner {
    /// A customer.
    Customer(Customer),
    /// A member of staff.
    Staff {
        /// The token's name.
        name: String,
        /// The role, which decides what the token may do.
        role: StaffRole,
        /// The only store view for which the token is valid; none if it is valid for all.
        store: Option<StoreNumber>,
        /// Whether the token was given the permission to cancel and pay nothing back. An owner needs none.
        may_withhold_refunds: bool,
    },
}

/// A token to be stored.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The SHA-256 hash of the token.
    pub hash: Vec<u8>,
    /// The owner of the token.
    pub owner: TokenOwner,
    /// The time when the token was created.
    pub created_at: DateTime<Utc>,
    /// The time from which the token is refused.
    pub expires_at: DateTime<Utc>,
}

/// A staff token in a list, without the token itself.
#[derive(Debug, Clone)]
pub struct TokenInfo {
    /// The id of the token: the first 12 hexadecimal digits of its hash.
    pub id: String,
    /// The name of the token.
    pub name: String,
    /// The role, which decides what the token may do.
    pub role: String,
    /// The only store view for which the token is valid; none if it is valid for all.
    pub store: Option<StoreNumber>,
    /// Whether the token was given the permission to cancel and pay nothing back. An owner needs none.
    pub may_withhold_refunds: bool,
    /// The time when the token was created.
    pub created_at: DateTime<Utc>,
    /// The time of its last use, which may be up to an hour later in truth; none if it was never used.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The time from which the token is refused.
    pub expires_at: DateTime<Utc>,
    /// The time when the token was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The staff tokens to revoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokedTokens<'a> {
    /// All tokens with this name.
    Named(&'a str),
    /// The token with this id.
    WithId(&'a str),
}

impl Database {
    /// Stores a token, with an entry of the audit log if it is a token of staff.
    pub async fn insert_token(
        &self,
        token: &NewToken,
        audit: Option<&AuditEntry>,
    ) -> Result<(), DatabaseError> {
        let row = row_of(token);
        let mut script = Script::write(self);
        insert(&mut script, [row.clone()]);
        if let Some(audit) = audit {
            audit.add_to(&mut script);
        }
        match script.commit().await {
            // The token was stored before, and the answer was lost.
            Err(DatabaseError::Duplicate) if self.has_token(&row).await? => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// Whether exactly this row is stored: the hash of a token that another write stored is never the same.
    async fn has_token(&self, row: &access_token::Model) -> Result<bool, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(access_token::Entity::find_by_id(row.hash.clone()));
        Ok(script.fetch().await?.first(found)?.as_ref() == Some(row))
    }

    /// Revokes every token of a customer (`docs/contract.md` section 10).
    pub async fn revoke_customer_tokens(
        &self,
        id: CustomerId,
        now: DateTime<Utc>,
    ) -> Result<u64, DatabaseError> {
        let of_customer = Expr::col(access_token::Column::CustomerId).eq(id.number());
        let mut script = Script::write(self);
        let revoked = script.add_counted(&revocation(of_customer, now));
        script.commit().await?.touched(revoked)
    }

    /// Revokes staff tokens and returns their number. The audit log gets the entry if at least one token was revoked.
    pub async fn revoke_staff_tokens(
        &self,
        tokens: RevokedTokens<'_>,
        now: DateTime<Utc>,
        audit: &AuditEntry,
    ) -> Result<u64, DatabaseError> {
        let these = match tokens {
            RevokedTokens::Named(name) => Expr::col(access_token::Column::Name).eq(name),
            RevokedTokens::WithId(id) => has_id(id),
        };
        let of_staff = Expr::col(access_token::Column::Kind).eq(STAFF).and(these);
        let revocable = unrevoked(of_staff.clone());
        // The first statement locks the tokens, so that the entry is written by the one of two callers who revokes
        // them.
        let mut lock = Query::update();
        lock.table(access_token::Entity)
            .value(access_token::Column::Name, Expr::col(access_token::Column::Name))
            .cond_where(revocable.clone());
        let mut script = Script::write_in_sequence(self);
        script.add(&lock);
        audit.add_where(&mut script, access_token::Entity, revocable)?;
        let revoked = script.add_counted(&revocation(of_staff.clone(), now));
        let touched = script.commit().await?.touched(revoked)?;
        if touched == 0 && self.is_audited(audit).await? {
            // The tokens were revoked before, and the answer was lost.
            return self.revoked_at(of_staff, now).await;
        }
        Ok(touched)
    }

    async fn revoked_at(&self, which: Expr, now: DateTime<Utc>) -> Result<u64, DatabaseError> {
        let mut script = Script::read(self);
        let revoked = script.select(
            access_token::Entity::find()
                .filter(which)
                .filter(access_token::Column::RevokedAt.eq(to_micros(now))),
        );
        let rows = script.fetch().await?.take(revoked)?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }

    /// Deletes the tokens of staff that expired or were revoked at least `kept` ago by the clock of the database, and
    /// returns the number of deleted ones. Staff has few tokens, so one statement deletes all of them.
    pub async fn forget_staff_tokens(&self, kept: Duration) -> Result<u64, DatabaseError> {
        let until = self.database_now().sub(micros(kept));
        let mut delete = Query::delete();
        delete
            .from_table(access_token::Entity)
            .and_where(Expr::col(access_token::Column::Kind).eq(STAFF))
            .cond_where(
                Condition::any()
                    .add(Expr::col(access_token::Column::ExpiresAt).lte(until.clone()))
                    .add(Expr::col(access_token::Column::RevokedAt).lte(until)),
            );
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }

    /// Deletes at most `limit` tokens of customers that expired at least `kept` ago by the clock of the database, and
    /// returns the number of deleted ones.
    pub async fn forget_expired_tokens(&self, kept: Duration, limit: u64) -> Result<u64, DatabaseError> {
        let (script, expired) = self.expired_tokens_script(kept, limit);
        let expired = script.fetch().await?.take(expired)?;
        if expired.is_empty() {
            return Ok(0);
        }
        let mut delete = Query::delete();
        delete
            .from_table(access_token::Entity)
            .and_where(Expr::col(access_token::Column::Hash).is_in(expired.into_iter().map(|(hash,)| hash)));
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }

    /// Reads the hashes of the tokens of customers that expired at least `kept` ago, the oldest first.
    pub(crate) fn expired_tokens_script(&self, kept: Duration, limit: u64) -> (Script<'_>, Rows<(String,)>) {
        let mut select = Query::select();
        select
            .column(access_token::Column::Hash)
            .from(access_token::Entity)
            .and_where(Expr::col(access_token::Column::Kind).eq(CUSTOMER))
            .and_where(Expr::col(access_token::Column::ExpiresAt).lte(self.database_now().sub(micros(kept))))
            .order_by(access_token::Column::ExpiresAt, Order::Asc)
            .limit(limit);
        let mut script = Script::read(self);
        let expired = script.rows(&select);
        (script, expired)
    }

    /// All staff tokens, oldest first.
    pub async fn staff_tokens(&self) -> Result<Vec<TokenInfo>, DatabaseError> {
        let mut script = Script::read(self);
        let tokens = script.select(
            access_token::Entity::find()
                .filter(access_token::Column::Kind.eq(STAFF))
                .order_by_asc(access_token::Column::CreatedAt),
        );
        let rows = script.fetch().await?.take(tokens)?;
        rows.into_iter().map(TokenInfo::try_from).collect()
    }
}

/// The condition of the token with the id `id`; no token has an id that is not made of the right number of digits.
fn has_id(id: &str) -> Expr {
    let is_id = id.len() == ID_LENGTH
        && id
            .bytes()
            .all(|it| it.is_ascii_digit() || matches!(it, b'a'..=b'f'));
    let pattern = if is_id { format!("{id}%") } else { String::new() };
    Expr::col(access_token::Column::Hash).like(pattern)
}

/// The condition of the tokens among `which` that are not revoked.
fn unrevoked(which: Expr) -> Condition {
    Condition::all()
        .add(which)
        .add(Expr::col(access_token::Column::RevokedAt).is_null())
}

/// The statement that revokes the tokens among `which` that are not revoked.
fn revocation(which: Expr, now: DateTime<Utc>) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(access_token::Entity)
        .value(access_token::Column::RevokedAt, to_micros(now))
        .cond_where(unrevoked(which));
    update
}

/// The row of a token that was never used.
fn row_of(token: &NewToken) -> access_token::Model {
    let plain = access_token::Model {
        hash: hex::encode(&token.hash),
        kind: CUSTOMER.into(),
        name: String::new(),
        customer_id: None,
        role: None,
        store_number: None,
        created_at: to_micros(token.created_at),
        expires_at: to_micros(token.expires_at),
        revoked_at: None,
        last_used_at: None,
        may_withhold_refunds: false,
    };
    match &token.owner {
        TokenOwner::Customer(customer) => access_token::Model {
            customer_id: Some(customer.id.number()),
            ..plain
        },
        TokenOwner::Staff {
            name,
            role,
            store,
            may_withhold_refunds,
        } => access_token::Model {
            kind: STAFF.into(),
            name: name.clone(),
            role: Some(role.code().to_owned()),
            store_number: store.map(|store| store.0),
            may_withhold_refunds: *may_withhold_refunds,
            ..plain
        },
    }
}

impl TryFrom<access_token::Model> for TokenInfo {
    type Error = DatabaseError;

    fn try_from(row: access_token::Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: row.hash.chars().take(ID_LENGTH).collect(),
            created_at: from_micros(row.created_at)?,
            last_used_at: row.last_used_at.map(from_micros).transpose()?,
            name: row.name,
            role: row.role.unwrap_or_default(),
            store: row.store_number.map(StoreNumber),
            may_withhold_refunds: row.may_withhold_refunds,
            expires_at: from_micros(row.expires_at)?,
            revoked_at: row.revoked_at.map(from_micros).transpose()?,
        })
    }
}
