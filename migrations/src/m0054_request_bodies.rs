//! Adds to the states of voids and refunds the body of the request, as it is sent to the payment provider. Requests of the
//! time before have none.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, document_null};

const ENTRIES: &str = "reversal_entries";
const COLUMN: &str = "request_body";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table
            .table(Alias::new(ENTRIES))
            .add_column(document_null(COLUMN, manager.get_database_backend()));
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table.table(Alias::new(ENTRIES)).drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
