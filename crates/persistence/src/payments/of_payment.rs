//! Finds the orders of a payment at a provider, and what is owed for them.

use countermand_domain::OrderId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::obligations::{PENDING, REFUND, VOID};
use crate::rows::entity::obligation::{self, Entity as Obligations};
use crate::rows::entity::payment_transaction::{Column, Entity};
use crate::sql::script::{Rows, Script};

/// The most orders of one payment.
const MOST_ORDERS: u64 = 20;

impl Database {
    /// The orders that have a payment with one of these references of a provider: 20 at most.
    pub async fn orders_of_payment(&self, references: &[String]) -> Result<Vec<OrderId>, DatabaseError> {
        if references.is_empty() {
            return Ok(Vec::new());
        }
        let (script, rows) = self.orders_of_payment_script(references);
        let rows = script.fetch().await?.take(rows)?;
        let ids = rows.into_iter().map(|(number,)| {
            let unreadable = || DatabaseError::Corrupt(format!("{number} is no id of an order"));
            OrderId::from_number(number).ok_or_else(unreadable)
        });
        ids.collect()
    }

    /// The script that finds the orders of a payment.
    pub(crate) fn orders_of_payment_script(&self, references: &[String]) -> (Script<'_>, Rows<(i64,)>) {
        let mut select = Query::select();
        select
            .distinct()
            .column(Column::OrderId)
            .from(Entity)
            .and_where(Expr::col(Column::Reference).is_in(references.iter().map(String::as_str)))
            .limit(MOST_ORDERS);
        let mut script = Script::read(self);
        let rows = script.rows::<(i64,)>(&select);
        (script, rows)
    }

    /// The ids of the voids and refunds that an order owes or owed, oldest first.
    pub async fn reversals_of_order(&self, order: OrderId) -> Result<Vec<String>, DatabaseError> {
        let (script, rows) = self.reversals_script(order);
        let rows = script.fetch().await?.take(rows)?;
        let mut ids: Vec<_> = rows.into_iter().map(|(id,)| id).collect();
        ids.sort();
        Ok(ids)
    }

    /// The script that finds the voids and refunds of an order.
    pub(crate) fn reversals_script(&self, order: OrderId) -> (Script<'_>, Rows<(String,)>) {
        let mut select = Query::select();
        select
            .column(obligation::Column::Id)
            .from(Obligations)
            .and_where(Expr::col(obligation::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(obligation::Column::Kind).is_in([VOID, REFUND]));
        let mut script = Script::read(self);
        let rows = script.rows::<(String,)>(&select);
        (script, rows)
    }

    /// The payloads of the obligations of one kind, open or not, of an order.
    pub async fn payloads_of_order(&self, order: OrderId, kind: &str) -> Result<Vec<String>, DatabaseError> {
        let (script, rows) = self.payloads_script(order, kind);
        let rows = script.fetch().await?.take(rows)?;
        Ok(rows.into_iter().map(|(payload,)| payload).collect())
    }

    /// The script that reads the payloads of the obligations of one kind of an order.
    pub(crate) fn payloads_script(&self, order: OrderId, kind: &str) -> (Script<'_>, Rows<(String,)>) {
        let mut select = Query::select();
        select
            .column(obligation::Column::Payload)
            .from(Obligations)
            .and_where(Expr::col(obligation::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(obligation::Column::Kind).eq(kind));
        let mut script = Script::read(self);
        let rows = script.rows::<(String,)>(&select);
        (script, rows)
    }

    /// Makes the waiting voids and refunds of an order due at once that no worker holds.
    pub async fn wake_reversals(&self, order: OrderId) -> Result<(), DatabaseError> {
        let mut update = Query::update();
        update
            .table(Obligations)
            .value(obligation::Column::DueAt, 0_i64)
            .and_where(Expr::col(obligation::Column::OrderId).eq(order.number()))
            .and_where(Expr::col(obligation::Column::Kind).is_in([VOID, REFUND]))
            .and_where(Expr::col(obligation::Column::State).eq(PENDING))
            .and_where(Expr::col(obligation::Column::LeaseUntil).lte(self.database_now()));
        let mut script = Script::write(self);
        script.add(&update);
        script.commit().await.map(|_| ())
    }
}
