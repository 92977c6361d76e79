//! Adds to orders the customer group of the buyer. Orders that were imported before this step have none: the group was
//! not read, and importing a changed order again adds it.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, int_null};

const TABLE: &str = "orders";
const COLUMN: &str = "customer_group";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = int_null(COLUMN);
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).add_column(&mut column);
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
