//! Adds to credit memos the part of their money that was paid without an invoice.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big};

const MEMOS: &str = "credit_memos";
const PREPAID: &str = "prepaid";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Before this step, no order had money that was paid without an invoice.
        let mut prepaid = big(PREPAID);
        prepaid.default(0);
        let mut memos = Table::alter();
        memos.table(Alias::new(MEMOS)).add_column(&mut prepaid);
        manager.alter_table(memos).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut memos = Table::alter();
        memos.table(Alias::new(MEMOS)).drop_column(Alias::new(PREPAID));
        manager.alter_table(memos).await
    }
}
