//! Adds to accounts at payment providers how many requests each process sends there in a second at most. Before this
//! step, it was 20.
//!
//! An older version of the program connects accounts without the column, which then has 20.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, int};

const TABLE: &str = "payment_accounts";
const COLUMN: &str = "requests_per_second";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).add_column(int(COLUMN).default(20));
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
