//! Makes the columns of order numbers, document numbers and SKUs longer, because marketplaces and bundles need more.
//!
//! Several replicas may take this step at the same time: each change of a column can be repeated.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::column::{WHOLE_STEPS, text};

/// A column, and its length in characters before and after this step.
struct Longer {
    table: &'static str,
    column: &'static str,
    before: u32,
    after: u32,
}

/// A document's number is the order's number with a hyphen and a counter. MySQL makes a text of up to 63 characters
/// longer in place, and copies the whole table for a longer one.
const COLUMNS: [Longer; 5] = [
    longer("orders", "number", 20, 50),
    longer("order_items", "sku", 64, 255),
    longer("invoices", "number", 32, 63),
    longer("shipments", "number", 32, 63),
    longer("credit_memos", "number", 32, 63),
];

const fn longer(table: &'static str, column: &'static str, before: u32, after: u32) -> Longer {
    Longer {
        table,
        column,
        before,
        after,
    }
}

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for it in &COLUMNS {
            set_length(manager, it, it.after).await?;
        }
        Ok(())
    }

    /// PostgreSQL and MySQL refuse this step back while a longer text is stored.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for it in &COLUMNS {
            set_length(manager, it, it.before).await?;
        }
        Ok(())
    }
}

/// Sets the length of a column. SQLite checks no lengths and cannot change the type of a column, so it needs no step.
async fn set_length(manager: &SchemaManager<'_>, longer: &Longer, length: u32) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Sqlite {
        return Ok(());
    }
    let mut table = Table::alter();
    table
        .table(Alias::new(longer.table))
        .modify_column(text(longer.column, length));
    manager.alter_table(table).await
}
