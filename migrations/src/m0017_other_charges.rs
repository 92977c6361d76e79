//! Adds to orders their charges beside items and shipping, and to invoices and credit memos their parts of these.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, document_null};

const TABLES: [&str; 3] = ["orders", "invoices", "credit_memos"];
const CHARGES: &str = "other_charges";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Before this step, no order had other charges.
        for name in TABLES {
            let mut charges = document_null(CHARGES, manager.get_database_backend());
            let mut table = Table::alter();
            table.table(Alias::new(name)).add_column(&mut charges);
            manager.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES {
            let mut table = Table::alter();
            table.table(Alias::new(name)).drop_column(Alias::new(CHARGES));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
