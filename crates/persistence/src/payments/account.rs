//! Keeps accounts at payment providers. A change names the version that it was decided on.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::payment_account::{Column, Entity, Model};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The longest problem that is kept, in characters.
const LONGEST_PROBLEM: usize = 512;

/// An account at a payment provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAccount {
    /// The name that the setting `payment_providers` uses.
    pub name: String,
    /// The code of the adapter that speaks with the provider.
    pub adapter: String,
    /// The base address of the provider.
    pub address: String,
    /// The key to the account, sealed.
    pub secret: String,
    /// Whether nothing is sent to the provider for now.
    pub is_paused: bool,
    /// Why nothing can be sent; empty where nothing is wrong.
    pub problem: String,
    /// Counts the changes, from 1.
    pub version: i64,
    /// When the account was connected.
    pub created_at: DateTime<Utc>,
    /// The secret with which the provider signs its webhooks, sealed; none where webhooks are not taken.
    pub webhook_secret: Option<String>,
    /// The secret before that one, sealed, and until when it counts; none where there was none.
    pub old_webhook_secret: Option<(String, DateTime<Utc>)>,
    /// The merchant account that requests name; none where the provider knows it by the key.
    pub merchant_account: Option<String>,
}

impl Database {
    /// All accounts, by name.
    pub async fn payment_accounts(&self) -> Result<Vec<PaymentAccount>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().order_by_asc(Column::Name));
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(PaymentAccount::try_from).collect()
    }

    /// The account with `name`.
    pub async fn payment_account(&self, name: &str) -> Result<Option<PaymentAccount>, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(Entity::find().filter(Column::Name.eq(name)));
        let found = script.fetch().await?.first(found)?;
        found.map(PaymentAccount::try_from).transpose()
    }

    /// Writes a new account with its entry in the audit log. Fails with [`DatabaseError::Duplicate`] if the name is
    /// taken.
    pub async fn insert_payment_account(
        &self,
        account: &PaymentAccount,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, [account.row()]);
        audit.add_to(&mut script);
        match script.commit().await {
            // Either this write was committed and its answer was lost, or the name is taken.
            Err(DatabaseError::Duplicate)
                if self.payment_account(&account.name).await?.as_ref() == Some(account) =>
            {
                Ok(())
            }
            outcome => outcome.map(|_| ()),
        }
    }

    /// Writes a changed account, whose version is one higher than the version that was read, with an entry in the audit
    /// log. Fails with [`DatabaseError::Conflict`] if another change came first; then nothing is written.
    pub async fn update_payment_account(
        &self,
        account: &PaymentAccount,
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let still = Condition::all()
            .add(Expr::col(Column::Name).eq(account.name.as_str()))
            .add(Expr::col(Column::Version).eq(account.version - 1));
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Address, account.address.as_str())
            .value(Column::Secret, account.secret.as_str())
            .value(Column::IsPaused, account.is_paused)
            .value(Column::Problem, account.kept_problem())
            .value(Column::Version, account.version)
            .value(Column::WebhookSecret, account.webhook_secret.clone())
            .value(
                Column::OldWebhookSecret,
                account.old_webhook_secret.as_ref().map(|old| old.0.clone()),
            )
            .value(
                Column::OldWebhookSecretUntil,
                account.old_webhook_secret.as_ref().map(|old| to_micros(old.1)),
            )
            .cond_where(still.clone());
        let mut script = Script::write(self);
        audit.add_where(&mut script, Entity, still)?;
        let updated = script.add_counted(&update);
        let touched = script.commit().await?.touched(updated)?;
        // If no row was changed and the entry exists, the change was written before and the answer was lost.
        if touched == 1 || self.is_audited(audit).await? {
            Ok(())
        } else {
            Err(DatabaseError::Conflict)
        }
    }
}

impl PaymentAccount {
    fn kept_problem(&self) -> String {
        let problem = self.problem.replace('\0', "\u{fffd}");
        problem.chars().take(LONGEST_PROBLEM).collect()
    }

    fn row(&self) -> Model {
        Model {
            name: self.name.clone(),
            adapter: self.adapter.clone(),
            address: self.address.clone(),
            secret: self.secret.clone(),
            is_paused: self.is_paused,
            problem: self.kept_problem(),
            version: self.version,
            created_at: to_micros(self.created_at),
            webhook_secret: self.webhook_secret.clone(),
            old_webhook_secret: self.old_webhook_secret.as_ref().map(|old| old.0.clone()),
            old_webhook_secret_until: self.old_webhook_secret.as_ref().map(|old| to_micros(old.1)),
            merchant_account: self.merchant_account.clone(),
        }
    }
}

impl TryFrom<Model> for PaymentAccount {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let until = row.old_webhook_secret_until.map(from_micros).transpose()?;
        Ok(Self {
            created_at: from_micros(row.created_at)?,
            webhook_secret: row.webhook_secret,
            old_webhook_secret: row.old_webhook_secret.zip(until),
            name: row.name,
            adapter: row.adapter,
            address: row.address,
            secret: row.secret,
            is_paused: row.is_paused,
            problem: row.problem,
            version: row.version,
            merchant_account: row.merchant_account,
        })
    }
}
