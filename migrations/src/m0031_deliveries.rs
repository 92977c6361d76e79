//! Adds to orders the units that were delivered without a shipment, and the gift cards that were used. Before this
//! step, neither was recorded.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, document_null};

const TABLE: &str = "orders";
const COLUMN: &str = "deliveries";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = document_null(COLUMN, manager.get_database_backend());
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
