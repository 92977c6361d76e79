//! Adds to payment transactions how much of a void or a refund staff ended without moving it, and how much others paid
//! back at the payment provider.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big};

const TRANSACTIONS: &str = "payment_transactions";
const COLUMNS: [&str; 2] = ["abandoned", "outside"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            let mut column = big(name);
            column.default(0);
            let mut table = Table::alter();
            table.table(Alias::new(TRANSACTIONS)).add_column(&mut column);
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            let mut table = Table::alter();
            table
                .table(Alias::new(TRANSACTIONS))
                .drop_column(Alias::new(name));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
