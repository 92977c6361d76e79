//! Creates the indexes by which readers who follow many orders find what happened in a time: the changes of orders, and
//! the states of voids and refunds at payment providers.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

/// Each table with the column of its index.
const INDEXES: [(&str, &str); 2] = [("order_events", "created_at"), ("reversal_entries", "at")];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in INDEXES {
            manager.create_index(index(table, &[column])).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in INDEXES {
            let index = Index::drop()
                .name(format!("idx_{table}_{column}"))
                .table(Alias::new(table))
                .to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
