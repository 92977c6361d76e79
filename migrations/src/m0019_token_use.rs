//! Adds to access tokens the time of their last use.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big_null};

const TOKENS: &str = "access_tokens";
const LAST_USED_AT: &str = "last_used_at";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut tokens = Table::alter();
        tokens
            .table(Alias::new(TOKENS))
            .add_column(big_null(LAST_USED_AT));
        manager.alter_table(tokens).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut tokens = Table::alter();
        tokens
            .table(Alias::new(TOKENS))
            .drop_column(Alias::new(LAST_USED_AT));
        manager.alter_table(tokens).await
    }
}
