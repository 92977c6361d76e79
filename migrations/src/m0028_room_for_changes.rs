//! Leaves room in the pages of items and transactions on PostgreSQL.
//!
//! A change of an order writes new versions of its items and transactions. If a new version fits into the page of the
//! old one, PostgreSQL adds nothing to the indexes. Rows that exist already stay where they are.

use sea_orm::DatabaseBackend;
use sea_orm_migration::prelude::*;

use crate::column::WHOLE_STEPS;

const TABLES: [&str; 2] = ["order_items", "payment_transactions"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set_storage(manager, "SET (fillfactor = 80)").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set_storage(manager, "RESET (fillfactor)").await
    }
}

/// Changes how PostgreSQL stores the tables. This keeps no write waiting.
async fn set_storage(manager: &SchemaManager<'_>, change: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DatabaseBackend::Postgres {
        for table in TABLES {
            let change = format!("ALTER TABLE {table} {change}");
            manager.get_connection().execute_unprepared(&change).await?;
        }
    }
    Ok(())
}
