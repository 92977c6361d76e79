//! Adds to the items of orders how many units are in fulfilment. Before this step, no unit was.
//!
//! An older version of the program adds items without the column, which then has zero.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big};

const TABLE: &str = "order_items";
const COLUMN: &str = "qty_in_fulfilment";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).add_column(big(COLUMN).default(0));
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(TABLE)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
