//! Keeps payments of which their provider sent a message before an order has them: one row for each payment.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use countermand_domain::OrderState;
use sea_orm::sea_query::{Condition, DeleteStatement, Expr, ExprTrait, IntoColumnRef, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::KeptProviderReport;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::NewObligation;
use crate::rows::entity::early_payment::{Column, Entity, Model};
use crate::rows::entity::{order, payment_transaction, provider_report};
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::{insert, update, upsert};
use crate::sql::script::{Rows, Script, Touched};

/// A payment of which its provider sent a message, and that no order had then, or only one that was not paid.
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
    /// How many payments of orders had the same reference when it was looked for; 0 before.
    pub in_orders: i64,
}

impl Database {
    /// Keeps payments, of which no two are the same one, and what their provider told. A payment that is kept already
    /// keeps its id and gets the new time, and a report that is kept already stays as it is.
    ///
    /// All is one transaction, so a deletion of old payments at the same time deletes no new report.
    pub async fn keep_early_payments(
        &self,
        payments: &[EarlyPayment],
        report: Option<&KeptProviderReport>,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        let key = [Column::Account, Column::Payment];
        upsert(
            &mut script,
            payments.iter().map(EarlyPayment::row),
            &key,
            &[Column::At],
        );
        let key = [provider_report::Column::Account, provider_report::Column::Id];
        // The id of a report that is kept already gets the value that it has.
        upsert(
            &mut script,
            report.map(KeptProviderReport::row),
            &key,
            &[provider_report::Column::Id],
        );
        script.commit().await.map(|_| ())
    }

    /// Kept payments that an order has by now, at most `limit`. One that was left at the version `shop` of the shop is
    /// among them only if more payments of orders have its reference by now.
    pub async fn early_payments_of_orders(
        &self,
        shop: i64,
        limit: u64,
    ) -> Result<Vec<EarlyPayment>, DatabaseError> {
        let (script, found) = self.early_payments_script(shop, limit);
        let found = script.fetch().await?.take(found)?;
        found.into_iter().map(EarlyPayment::try_from).collect()
    }

    /// The script that finds kept payments that an order has. It reads all kept payments, whose number is limited, and
    /// looks each of them up among the payments of orders.
    pub(crate) fn early_payments_script(&self, shop: i64, limit: u64) -> (Script<'_>, Rows<Model>) {
        let mut found = Query::select();
        found
            .columns([Column::Id, Column::Account, Column::Payment, Column::At])
            .expr(in_orders((Entity, Column::Payment)))
            .column(Column::ShopVersion)
            .from(Entity)
            .and_where(in_orders((Entity, Column::Payment)).gt(left_in_orders(shop)))
            .limit(limit);
        let mut script = Script::read(self);
        let found = script.rows(&found);
        (script, found)
    }

    /// Leaves `payments` of orders, of which the account serves none at the version `shop` of the shop: they stay kept.
    pub async fn leave_early_payments(
        &self,
        payments: &[EarlyPayment],
        shop: i64,
    ) -> Result<(), DatabaseError> {
        if payments.is_empty() {
            return Ok(());
        }
        let left = payments.iter().map(|payment| Model {
            shop_version: shop,
            ..payment.row()
        });
        let mut script = Script::write(self);
        let key = [Column::Account, Column::Payment];
        update(&mut script, left, &key, &[Column::InOrders, Column::ShopVersion]);
        script.commit().await.map(|_| ())
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

    /// Kept payments of `account` whose last message came at `until` or earlier, and those beyond the newest `most`: at
    /// most `limit` of each.
    pub async fn stale_early_payments(
        &self,
        account: &str,
        until: DateTime<Utc>,
        most: u64,
        limit: u64,
    ) -> Result<Vec<EarlyPayment>, DatabaseError> {
        let (script, asked) = self.stale_payments_script(account, until, most, limit);
        let answers = script.fetch().await?;
        let mut stale = BTreeMap::new();
        for found in asked {
            let found = answers.take(found)?.into_iter();
            stale.extend(found.map(|row| (row.id.clone(), row)));
        }
        stale.into_values().map(EarlyPayment::try_from).collect()
    }

    /// Deletes the kept payments `stale` of `account` with what their provider told of them, and returns the number of
    /// payments. A payment stays if a message about it came since it was read, or if an order has it by now, unless it was
    /// left at the version `shop` of the shop and no order has got it since then. What was told of a payment stays while
    /// the payment is kept or an order has it.
    pub async fn forget_early_payments(
        &self,
        account: &str,
        stale: &[EarlyPayment],
        shop: i64,
    ) -> Result<u64, DatabaseError> {
        if stale.is_empty() {
            return Ok(0);
        }
        let (script, forgotten) = self.forgotten_payments_script(account, stale, shop);
        script.commit().await?.touched(forgotten)
    }

    /// The script that deletes kept payments.
    pub(crate) fn forgotten_payments_script(
        &self,
        account: &str,
        stale: &[EarlyPayment],
        shop: i64,
    ) -> (Script<'_>, Touched) {
        // A message that came since then set a later time than each of these payments had.
        let newest = stale.iter().map(|it| to_micros(it.at)).max();
        let mut payments = without(stale.iter().map(|it| it.id.to_string()));
        payments
            .and_where(Expr::col(Column::At).lte(newest))
            .and_where(in_orders((Entity, Column::Payment)).lte(left_in_orders(shop)));
        let told_of = (provider_report::Entity, provider_report::Column::Payment);
        let mut kept = Query::select();
        kept.expr(Expr::col((Entity, Column::Id)).count())
            .from(Entity)
            .and_where(Expr::col((Entity, Column::Account)).eq(account))
            .and_where(Expr::col((Entity, Column::Payment)).equals(told_of));
        let mut reports = Query::delete();
        reports
            .from_table(provider_report::Entity)
            .and_where(Expr::col(provider_report::Column::Account).eq(account))
            .and_where(
                Expr::col(provider_report::Column::Payment).is_in(stale.iter().map(|it| it.payment.as_str())),
            )
            .and_where(Expr::from(kept).eq(0_i64))
            .and_where(in_orders(told_of).eq(0_i64));
        let mut script = Script::write_in_sequence(self);
        let forgotten = script.add_counted(&payments);
        script.add(&reports);
        (script, forgotten)
    }

    /// The script of [`Database::stale_early_payments`].
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

/// How many payments of orders have the reference in the column `payment`. One of which nothing was reserved counts
/// once its order is canceled: until then the shop that the order comes from may tell by an import that it was paid.
///
/// They are counted: PostgreSQL would turn `EXISTS` into a join that reads all of them. The state of an order is read by
/// a query of its own, because a database may begin a join with all orders.
fn in_orders(payment: impl IntoColumnRef) -> Expr {
    use payment_transaction::{Column, Entity};
    let mut state = Query::select();
    state
        .column((order::Entity, order::Column::State))
        .from(order::Entity)
        .and_where(Expr::col((order::Entity, order::Column::Id)).equals((Entity, Column::OrderId)));
    let is_canceled = Expr::from(state).eq(OrderState::Canceled.code());
    let mut payments = Query::select();
    payments
        .expr(Expr::col((Entity, Column::OrderId)).count())
        .from(Entity)
        .and_where(Expr::col((Entity, Column::Reference)).equals(payment))
        .cond_where(
            Condition::any()
                .add(Expr::col((Entity, Column::Amount)).gt(0_i64))
                .add(is_canceled),
        );
    Expr::from(payments)
}

/// How many payments of orders had the reference of a kept payment when it was left at the version `shop` of the shop;
/// 0 where it was not.
fn left_in_orders(shop: i64) -> Expr {
    let is_left = Expr::col(Column::ShopVersion).eq(shop);
    let left = Expr::case(is_left, Expr::col(Column::InOrders));
    left.finally(0_i64).into()
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
            in_orders: self.in_orders,
            shop_version: 0,
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
            in_orders: row.in_orders,
        })
    }
}
