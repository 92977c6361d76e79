//! Adds to bulk cancellations how often in a row the database failed. Before this step, the number was not kept.
//!
//! An older version of the program adds jobs without the column, which then has zero.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, int};

const TABLE: &str = "bulk_cancellations";
const COLUMN: &str = "failures";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).add_column(int(COLUMN).default(0));
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
