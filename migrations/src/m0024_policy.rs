//! Adds the fee to credit memos, and creates the binding quotes of cancellations.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, big_null, create, document, drop_tables, index, key, table, text};

const MEMOS: &str = "credit_memos";
const QUOTES: &str = "cancellation_quotes";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut memos = Table::alter();
        memos.table(Alias::new(MEMOS)).add_column(big_null("fee"));
        manager.alter_table(memos).await?;
        let mut quotes = table(QUOTES);
        quotes
            .col(text("id", 36))
            .col(big("order_id"))
            .col(big("order_version"))
            .col(text("actor", 255))
            .col(document("terms", manager.get_database_backend()))
            .col(big("expires_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, quotes).await?;
        manager.create_index(index(QUOTES, &["expires_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[QUOTES]).await?;
        let mut memos = Table::alter();
        memos.table(Alias::new(MEMOS)).drop_column(Alias::new("fee"));
        manager.alter_table(memos).await
    }
}
