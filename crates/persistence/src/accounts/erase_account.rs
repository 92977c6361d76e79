//! Deletes the account of a customer with everything that signs the customer in, and what is written about the account.

use countermand_domain::CustomerId;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::without_answers_to_customer;
use crate::obligations::{NEEDS_ATTENTION, PENDING};
use crate::rows::entity::{
    access_token, audit_entry, customer, customer_order_count, obligation, password_reset,
};
use crate::sql::contains::contains;
use crate::sql::script::Script;

/// How many entries of the audit log one statement changes.
const AT_ONCE: usize = 500;
/// The text in the place of an erased one in the audit log.
const ERASED: &str = "erased";

/// An obligation that belongs to no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseObligation {
    /// The id of the obligation.
    pub id: String,
    /// The payload as it is stored.
    pub payload: String,
}

impl Database {
    /// Deletes an account, its sessions and its token for a new password, in one transaction, clears the answers that
    /// are kept for repetitions of its requests, and replaces in the audit log the targets of the entries with the
    /// ids `targets` and the details of those with the ids `details`. It can be repeated.
    pub async fn erase_account(
        &self,
        id: Option<CustomerId>,
        targets: &[String],
        details: &[String],
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write_in_sequence(self);
        if let Some(id) = id {
            script.add(&without_answers_to_customer(id));
        }
        if let Some(id) = id.map(CustomerId::number) {
            script.add(
                Query::delete()
                    .from_table(access_token::Entity)
                    .and_where(access_token::Column::CustomerId.eq(id)),
            );
            script.add(
                Query::delete()
                    .from_table(password_reset::Entity)
                    .and_where(password_reset::Column::CustomerId.eq(id)),
            );
            script.add(
                Query::delete()
                    .from_table(customer_order_count::Entity)
                    .and_where(customer_order_count::Column::CustomerId.eq(id))
                    .and_where(customer_order_count::Column::Orders.eq(0_i64)),
            );
            script.add(
                Query::delete()
                    .from_table(customer::Entity)
                    .and_where(customer::Column::Id.eq(id)),
            );
        }
        let texts = [
            (audit_entry::Column::Target, targets),
            (audit_entry::Column::Details, details),
        ];
        for (column, ids) in texts {
            for ids in ids.chunks(AT_ONCE) {
                script.add(
                    Query::update()
                        .table(audit_entry::Entity)
                        .value(column, ERASED)
                        .and_where(audit_entry::Column::Id.is_in(ids)),
                );
            }
        }
        audit.add_to(&mut script);
        let outcome = script.commit().await;
        self.unless_audited(audit, outcome).await
    }

    /// The entries of the audit log after the id `after` whose target is `email` or whose details hold its text, also
    /// as a part of another address; oldest first, at most `limit`. The statement reads the whole audit log.
    pub async fn audit_entries_about(
        &self,
        email: &str,
        after: &str,
        limit: u64,
    ) -> Result<Vec<AuditEntry>, DatabaseError> {
        let target = Expr::from(Func::lower(Expr::col(audit_entry::Column::Target)));
        let about = target
            .eq(Func::lower(Expr::val(email)))
            .or(contains(Expr::col(audit_entry::Column::Details), email));
        let mut script = Script::read(self);
        let entries = script.select(
            audit_entry::Entity::find()
                .filter(about)
                .filter(audit_entry::Column::Id.gt(after))
                .order_by_asc(audit_entry::Column::Id)
                .limit(limit),
        );
        let rows = script.fetch().await?.take(entries)?;
        rows.into_iter().map(AuditEntry::try_from).collect()
    }

    /// At most `limit` obligations of `kinds` that belong to no order and are not met, sorted by id, with ids greater
    /// than `after`.
    pub async fn loose_obligations(
        &self,
        kinds: &[&str],
        after: &str,
        limit: u64,
    ) -> Result<Vec<LooseObligation>, DatabaseError> {
        let mut select = Query::select();
        select
            .columns([obligation::Column::Id, obligation::Column::Payload])
            .from(obligation::Entity)
            .and_where(obligation::Column::OrderId.is_null())
            .and_where(obligation::Column::State.is_in([PENDING, NEEDS_ATTENTION]))
            .and_where(obligation::Column::Kind.is_in(kinds.iter().copied()))
            .and_where(obligation::Column::Id.gt(after))
            .order_by(obligation::Column::Id, Order::Asc)
            .limit(limit);
        let mut script = Script::read(self);
        let rows = script.rows::<(String, String)>(&select);
        let rows = script.fetch().await?.take(rows)?;
        let loose = rows
            .into_iter()
            .map(|(id, payload)| LooseObligation { id, payload });
        Ok(loose.collect())
    }

    /// Deletes the obligations with these ids. A worker that has claimed one of them meets it without a row.
    pub async fn delete_obligations(&self, ids: &[String]) -> Result<(), DatabaseError> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut script = Script::write(self);
        script.add(
            Query::delete()
                .from_table(obligation::Entity)
                .and_where(obligation::Column::Id.is_in(ids)),
        );
        script.commit().await.map(|_| ())
    }
}
