//! Sets new passwords with a token that is stored as a hash and works once.

use chrono::{DateTime, Utc};
use countermand_domain::{CustomerId, PasswordResetLifetime, WebsiteNumber};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::ChangeMark;
use crate::obligations::NewObligation;
use crate::rows::entity::password_reset::{Column, Entity, Model};
use crate::rows::entity::{access_token, customer};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::{insert, upsert};
use crate::sql::script::{Rows, Script};

/// A token with which a customer sets a new password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordReset {
    /// The customer who may use the token.
    pub customer: CustomerId,
    /// The SHA-256 hash of the token.
    pub hash: Vec<u8>,
    /// The time from which the token is refused.
    pub expires_at: DateTime<Utc>,
}

/// A token for a new password as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPasswordReset {
    /// The customer who may use the token.
    pub customer: CustomerId,
    /// The SHA-256 hash of the token.
    pub hash: Vec<u8>,
    /// How long the token is valid.
    pub lifetime: PasswordResetLifetime,
}

impl Database {
    /// Stores a token, replaces any earlier token of the account, and stores the mail that contains the token.
    pub async fn keep_password_reset(
        &self,
        reset: &PasswordReset,
        mail: &NewObligation,
    ) -> Result<(), DatabaseError> {
        let row = Model {
            customer_id: reset.customer.number(),
            hash: hex::encode(&reset.hash),
            expires_at: to_micros(reset.expires_at),
            used_by: String::new(),
        };
        let mut script = Script::write(self);
        let replaced = [Column::Hash, Column::ExpiresAt, Column::UsedBy];
        upsert(&mut script, [row], &[Column::CustomerId], &replaced);
        insert(&mut script, [mail.row(None)]);
        match script.commit().await {
            // The token and the mail were stored before, and the answer was lost.
            Err(DatabaseError::Duplicate) if self.is_written(mail).await? => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// The token for a new password that the account of `email` on `website` was given last; none if there is no such
    /// account or no token. Both take the same statement.
    pub async fn password_reset(
        &self,
        website: WebsiteNumber,
        email: &str,
    ) -> Result<Option<KeptPasswordReset>, DatabaseError> {
        let (script, kept) = self.password_reset_script(website, email);
        let row = script.fetch().await?.first(kept)?;
        row.map(KeptPasswordReset::try_from).transpose()
    }

    pub(crate) fn password_reset_script(
        &self,
        website: WebsiteNumber,
        email: &str,
    ) -> (Script<'_>, Rows<Model>) {
        let mut accounts = Query::select();
        accounts
            .column(customer::Column::Id)
            .from(customer::Entity)
            .and_where(Expr::col(customer::Column::WebsiteNumber).eq(website.0))
            .and_where(Expr::col(customer::Column::Email).eq(email));
        let mut script = Script::read(self);
        let kept = script.select(Entity::find().filter(Column::CustomerId.in_subquery(accounts)));
        (script, kept)
    }

    /// Sets the account's password, ends its sessions and marks the
    /// token as used. The result is true if the token was valid. `mark` is an id that only this request has, and
    /// `change` is written with the change where the request has an idempotency key.
    pub async fn reset_password(
        &self,
        id: CustomerId,
        token_hash: &[u8],
        password_hash: &str,
        mark: Uuid,
        change: Option<&ChangeMark>,
        now: DateTime<Utc>,
    ) -> Result<bool, DatabaseError> {
        // The first request that writes its mark has used the token. All other statements require this mark.
        let mark = mark.to_string();
        let mut using = Query::update();
        using
            .table(Entity)
            .value(Column::UsedBy, mark.as_str())
            .and_where(Expr::col(Column::CustomerId).eq(id.number()))
            .and_where(Expr::col(Column::Hash).eq(hex::encode(token_hash)))
            .and_where(Expr::col(Column::ExpiresAt).gt(to_micros(now)))
            .and_where(Expr::col(Column::UsedBy).eq(""));
        let marked = || {
            let mut marked = Query::select();
            marked
                .column(Column::CustomerId)
                .from(Entity)
                .and_where(Expr::col(Column::CustomerId).eq(id.number()))
                .and_where(Expr::col(Column::UsedBy).eq(mark.as_str()));
            marked
        };
        let mut password = Query::update();
        password
            .table(customer::Entity)
            .value(customer::Column::PasswordHash, password_hash)
            .and_where(Expr::col(customer::Column::Id).in_subquery(marked()));
        let mut sessions = Query::update();
        sessions
            .table(access_token::Entity)
            .value(access_token::Column::RevokedAt, to_micros(now))
            .and_where(Expr::col(access_token::Column::CustomerId).in_subquery(marked()))
            .and_where(Expr::col(access_token::Column::RevokedAt).is_null());

        let mut script = Script::write_in_sequence(self);
        script.add(&using);
        let changed = script.add_counted(&password);
        script.add(&sessions);
        if let Some(change) = change {
            let used = Condition::all()
                .add(Expr::col(Column::CustomerId).eq(id.number()))
                .add(Expr::col(Column::UsedBy).eq(mark.as_str()));
            script.add(&change.insert_where(now, Entity, used)?);
        }
        Ok(script.commit().await?.touched(changed)? == 1)
    }

    /// Deletes tokens for a new password that are no longer valid by the clock of the database, and returns the number
    /// of deleted tokens.
    pub async fn forget_old_password_resets(&self) -> Result<u64, DatabaseError> {
        let mut delete = Query::delete();
        delete
            .from_table(Entity)
            .and_where(Expr::col(Column::ExpiresAt).lte(self.database_now()));
        let mut script = Script::write(self);
        let forgotten = script.add_counted(&delete);
        script.commit().await?.touched(forgotten)
    }
}

impl TryFrom<Model> for KeptPasswordReset {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            customer: CustomerId::from_number(row.customer_id),
            hash: hex::decode(&row.hash)?,
            lifetime: PasswordResetLifetime {
                expires_at: from_micros(row.expires_at)?,
                is_used: !row.used_by.is_empty(),
            },
        })
    }
}
