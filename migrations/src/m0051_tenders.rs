//! Adds to payment transactions the position of the tender that they belong to: an order may be paid by several. The
//! transactions of the time before belong to the payment method of their order, which is the first tender.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, int};

const TRANSACTIONS: &str = "payment_transactions";
const COLUMN: &str = "tender";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = int(COLUMN);
        column.default(0);
        let mut table = Table::alter();
        table.table(Alias::new(TRANSACTIONS)).add_column(&mut column);
        manager.alter_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::alter();
        table
            .table(Alias::new(TRANSACTIONS))
            .drop_column(Alias::new(COLUMN));
        manager.alter_table(table).await
    }
}
