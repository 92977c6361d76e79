//! Adds to invoices whether they were withdrawn, to payment transactions how much of them is still owed back, and to
//! obligations the index by which staff lists them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::column::{WHOLE_STEPS, big, flag, index};

const INVOICES: &str = "invoices";
const TRANSACTIONS: &str = "payment_transactions";
const OBLIGATIONS: &str = "obligations";
const LISTED_BY: [&str; 3] = ["state", "kind", "id"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut canceled = flag("canceled");
        canceled.default(false);
        add(manager, INVOICES, canceled).await?;
        let mut owed = big("owed");
        owed.default(0);
        add(manager, TRANSACTIONS, owed).await?;
        let backend = manager.get_database_backend();
        let connection = manager.get_connection();
        connection.execute_unprepared(&owed_so_far(backend)).await?;
        manager.create_index(index(OBLIGATIONS, &LISTED_BY)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let listed = Index::drop()
            .name(format!("idx_{OBLIGATIONS}_{}", LISTED_BY.join("_")))
            .table(Alias::new(OBLIGATIONS))
            .to_owned();
        manager.drop_index(listed).await?;
        for (table, column) in [(TRANSACTIONS, "owed"), (INVOICES, "canceled")] {
            let mut change = Table::alter();
            change.table(Alias::new(table)).drop_column(Alias::new(column));
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, mut column: ColumnDef) -> Result<(), DbErr> {
    let mut change = Table::alter();
    change.table(Alias::new(table)).add_column(&mut column);
    manager.alter_table(change).await
}

/// A transaction owes what its voids and refunds have not moved yet.
fn owed_so_far(backend: DatabaseBackend) -> String {
    let number = |name: &str| match backend {
        DatabaseBackend::Postgres => format!("CAST(CAST(r.payload AS JSON) ->> '{name}' AS BIGINT)"),
        DatabaseBackend::MySql => format!("CAST(JSON_EXTRACT(r.payload, '$.{name}') AS SIGNED)"),
        _ => format!("CAST(JSON_EXTRACT(r.payload, '$.{name}') AS INTEGER)"),
    };
    let (amount, position) = (number("amount"), number("transaction"));
    let unmet = "r.kind IN ('void', 'refund') AND r.state <> 'met'";
    format!(
        "UPDATE {TRANSACTIONS} SET owed = COALESCE((SELECT SUM({amount}) FROM {OBLIGATIONS} r \
         WHERE r.order_id = {TRANSACTIONS}.order_id AND {unmet} AND {position} = {TRANSACTIONS}.position), 0) \
         WHERE order_id IN (SELECT r.order_id FROM {OBLIGATIONS} r WHERE {unmet})"
    )
}
