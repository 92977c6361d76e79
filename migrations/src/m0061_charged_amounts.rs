//! Adds to payment transactions what they are at the payment provider, where it charged the buyer in another currency than
//! that of the order, and how much of that is used. The transactions of the time before have no other amount there.
//!
//! The step can be repeated: MariaDB keeps the columns that were added where the program ends before the last one.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big_null, text_null};

const TRANSACTIONS: &str = "payment_transactions";
const AMOUNT: &str = "charged_amount";
const CURRENCY: &str = "charged_currency";
const USED: &str = "charged_used";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            (AMOUNT, big_null(AMOUNT)),
            (CURRENCY, text_null(CURRENCY, 3)),
            (USED, big_null(USED)),
        ];
        for (name, mut column) in columns {
            if manager.has_column(TRANSACTIONS, name).await? {
                continue;
            }
            let mut table = Table::alter();
            table.table(Alias::new(TRANSACTIONS)).add_column(&mut column);
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [USED, CURRENCY, AMOUNT] {
            let mut table = Table::alter();
            table
                .table(Alias::new(TRANSACTIONS))
                .drop_column(Alias::new(name));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
