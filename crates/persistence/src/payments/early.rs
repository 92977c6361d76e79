//! Keeps payments of which their provider sent a message before an order has them: one row for each payment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{DeleteStatement, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::NewObligation;
use crate::rows::entity::early_payment::{Column, Entity, Model};
use crate::rows::entity::{payment_transaction, provider_report};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::{insert, upsert};
use crate::sql::script::{Rows, Script};

/// A payment of which its provider sent a message, and that no order had then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlyPayment {
    /// The id of the obligation to check the payment once an order has it.
    pub id: Uuid,
    /// The name of the account at the provider.
    pub account: String,
    /// The provider's reference of the payment: at most 255 characters.
    pub payment: String,
    /// When the last message about it came.
    pub at: DateTime<Utc>,
}

impl Database {
    /// Keeps payments, of which no two are the same one. One that is kept already keeps its id and gets the new time.
    pub async fn keep_early_payments(&self, payments: &[EarlyPayment]) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let key = [Column::Account, Column::Payment];
        upsert(
            &mut script,
            payments.iter().map(EarlyPayment::row),
            &key,
            &[Column::At],
        );
        script.commit().await.map(|_| ())
    }

    /// Kept payments that an order has by now, at most `limit`.
    pub async fn early_payments_of_orders(&self, limit: u64) -> Result<Vec<EarlyPayment>, DatabaseError> {
        let (script, found) = self.early_payments_script(limit);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(EarlyPayment::try_from).collect()
    }

    /// The script that finds kept payments that an order has. It reads all kept payments, whose number is limited, and
    /// looks each of them up among the payments of orders.
    ///
    /// The payments of orders are counted: PostgreSQL would turn `EXISTS` into a join that reads all of them.
    pub(crate) fn early_payments_script(&self, limit: u64) -> (Script<'_>, Rows<Model>) {
        let reference = (
            payment_transaction::Entity,
            payment_transaction::Column::Reference,
        );
        let mut of_order = Query::select();
        of_order
            .expr(Expr::col(payment_transaction::Column::OrderId).count())
            .from(payment_transaction::Entity)
            .and_where(Expr::col(reference).equals((Entity, Column::Payment)));
        let mut script = Script::read(self);
        let has_order = Expr::from(of_order).gt(0_i64);
        let found = script.select(Entity::find().filter(has_order).limit(limit));
        (script, found)
    }

    /// Owes `checks`, each of which has the id of a kept payment, and keeps these payments no longer: all in one
    /// transaction. The result is false if another worker owed one of them first; then nothing is written.
    pub async fn owe_early_checks(&self, checks: &[NewObligation]) -> Result<bool, DatabaseError> {
        let mut script = Script::write(self);
        insert(&mut script, checks.iter().map(|check| check.row(None)));
        script.add(&without(checks.iter().map(|check| check.id.to_string())));
        match script.commit().await {
            // Either another worker wrote them, or this write was committed and its answer was lost.
            Err(DatabaseError::Duplicate) => Ok(false),
            outcome => outcome.map(|_| true),
        }
    }

    /// Deletes kept payments of `account` whose last message came at `until` or earlier, and those beyond the newest
    /// `most`, with what their provider told of them: at most `limit` of each. Returns the number of payments.
    pub async fn forget_early_payments(
        &self,
        account: &str,
        until: DateTime<Utc>,
        most: u64,
        limit: u64,
    ) -> Result<u64, DatabaseError> {
        let (script, asked) = self.stale_payments_script(account, until, most, limit);
        let answers = script.fetch().await?;
        let mut stale = BTreeMap::new();
        for found in asked {
            let found = answers.take(found)?.into_iter();
            stale.extend(found.map(|row| (row.id, row.payment)));
        }
        if stale.is_empty() {
            return Ok(0);
        }
        let mut reports = Query::delete();
        reports
            .from_table(provider_report::Entity)
            .and_where(Expr::col(provider_report::Column::Account).eq(account))
            .and_where(Expr::col(provider_report::Column::Payment).is_in(stale.values().map(String::as_str)));
        let mut script = Script::write(self);
        script.add(&reports);
        let forgotten = script.add_counted(&without(stale.into_keys()));
        script.commit().await?.touched(forgotten)
    }

    /// The script that finds what [`Database::forget_early_payments`] deletes.
    pub(crate) fn stale_payments_script(
        &self,
        account: &str,
        until: DateTime<Utc>,
        most: u64,
        limit: u64,
    ) -> (Script<'_>, [Rows<Model>; 2]) {
        let of_account = || Entity::find().filter(Column::Account.eq(account));
        let old = of_account()
            .filter(Column::At.lte(to_micros(until)))
            .order_by_asc(Column::At)
            .limit(limit);
        let surplus = of_account().order_by_desc(Column::At).offset(most).limit(limit);
        let mut script = Script::read(self);
        let asked = [script.select(old), script.select(surplus)];
        (script, asked)
    }
}

/// The deletion of the kept payments with these ids.
fn without(ids: impl IntoIterator<Item = String>) -> DeleteStatement {
    let mut delete = Query::delete();
    delete
        .from_table(Entity)
        .and_where(Expr::col(Column::Id).is_in(ids));
    delete
}

impl EarlyPayment {
    fn row(&self) -> Model {
        Model {
            id: self.id.to_string(),
            account: self.account.clone(),
            payment: self.payment.clone(),
            at: to_micros(self.at),
        }
    }
}

impl TryFrom<Model> for EarlyPayment {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        let unreadable = |_| DatabaseError::Corrupt(format!("the early payment {} has no id", row.payment));
        Ok(Self {
            id: Uuid::parse_str(&row.id).map_err(unreadable)?,
            at: from_micros(row.at)?,
            account: row.account,
            payment: row.payment,
        })
    }
}
