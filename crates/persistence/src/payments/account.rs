//! Keeps accounts at payment providers. A change names the version that it was decided on.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, UpdateStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{NewObligation, SettledByPrefix};
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
    /// How many requests each process sends there in a second at most.
    pub requests_per_second: i32,
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
        self.write_payment_account(account, audit, None).await
    }

    /// Writes an account that is not paused, as [`Self::update_payment_account`] does, and settles what staff was told of
    /// while it was paused.
    pub async fn resume_payment_account(
        &self,
        account: &PaymentAccount,
        audit: &AuditEntry,
        settles: &SettledByPrefix,
    ) -> Result<(), DatabaseError> {
        let is_resumed = account
            .condition(account.version)
            .add(Expr::col(Column::IsPaused).eq(false));
        let mut resumed = Query::select();
        resumed.column(Column::Name).from(Entity).cond_where(is_resumed);
        let mut settle = settles.update();
        settle.and_where(Expr::exists(resumed));
        self.write_payment_account(account, audit, Some(settle)).await
    }

    /// Pauses an account, whose version is one higher than the version that was read, and owes staff a look at it, with
    /// an entry in the audit log. Fails with [`DatabaseError::Conflict`] if another change came first; then nothing is
    /// written.
    pub async fn pause_payment_account(
        &self,
        account: &PaymentAccount,
        audit: &AuditEntry,
        owed: &NewObligation,
    ) -> Result<(), DatabaseError> {
        // The row is as it is written here only if no other change made this version. Of two servers that pause the
        // account at the same version, one fails at the unique key of the obligation.
        let is_paused = account
            .condition(account.version)
            .add(Expr::col(Column::IsPaused).eq(true))
            .add(Expr::col(Column::Problem).eq(account.kept_problem()));
        let mut script = Script::write_in_sequence(self);
        script.add(&account.update());
        owed.add_where(&mut script, Entity, is_paused.clone())?;
        let written = audit.add_where(&mut script, Entity, is_paused)?;
        match script.commit().await {
            Ok(answers) if answers.touched(written)? > 0 => Ok(()),
            // The change was written before, and its answer was lost.
            Err(DatabaseError::Duplicate) if self.is_written(owed).await? => Ok(()),
            Ok(_) | Err(DatabaseError::Duplicate) => Err(DatabaseError::Conflict),
            Err(problem) => Err(problem),
        }
    }

    async fn write_payment_account(
        &self,
        account: &PaymentAccount,
        audit: &AuditEntry,
        settle: Option<UpdateStatement>,
    ) -> Result<(), DatabaseError> {
        let still = account.condition(account.version - 1);
        let mut lock = Query::update();
        lock.table(Entity)
            .value(Column::Version, Expr::col(Column::Version))
            .cond_where(still.clone());
        // The first statement locks the row, so that of two writers one sees the version that the other one wrote.
        let mut script = Script::write_in_sequence(self);
        script.add(&lock);
        audit.add_where(&mut script, Entity, still)?;
        let updated = script.add_counted(&account.update());
        if let Some(settle) = settle {
            script.add(&settle);
        }
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
    /// That the row of the account has this version.
    fn condition(&self, version: i64) -> Condition {
        Condition::all()
            .add(Expr::col(Column::Name).eq(self.name.as_str()))
            .add(Expr::col(Column::Version).eq(version))
    }

    /// The statement that writes the account over the version before.
    fn update(&self) -> UpdateStatement {
        let mut update = Query::update();
        update
            .table(Entity)
            .value(Column::Address, self.address.as_str())
            .value(Column::Secret, self.secret.as_str())
            .value(Column::IsPaused, self.is_paused)
            .value(Column::Problem, self.kept_problem())
            .value(Column::Version, self.version)
            .value(Column::RequestsPerSecond, self.requests_per_second)
            .value(Column::WebhookSecret, self.webhook_secret.clone())
            .value(
                Column::OldWebhookSecret,
                self.old_webhook_secret.as_ref().map(|old| old.0.clone()),
            )
            .value(
                Column::OldWebhookSecretUntil,
                self.old_webhook_secret.as_ref().map(|old| to_micros(old.1)),
            )
            .cond_where(self.condition(self.version - 1));
        update
    }

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
            requests_per_second: self.requests_per_second,
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
            requests_per_second: row.requests_per_second,
        })
    }
}
