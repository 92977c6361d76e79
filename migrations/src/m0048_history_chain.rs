//! Adds the chain of an order's history: the hash of each event, and the hash of the last event in the order's row.
//! Events of the time before have no hash.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, text_null};

/// Each table with its column.
const COLUMNS: [(&str, &str); 2] = [("order_events", "hash"), ("orders", "history_hash")];
/// SHA-256 in hexadecimal digits.
const LENGTH: u32 = 64;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in COLUMNS {
            let mut table = Table::alter();
            table
                .table(Alias::new(name))
                .add_column(text_null(column, LENGTH));
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in COLUMNS {
            let mut table = Table::alter();
            table.table(Alias::new(name)).drop_column(Alias::new(column));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
