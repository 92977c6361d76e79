//! Adds accounts at payment providers, and the states of voids and refunds there.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, create, document, drop_tables, flag, int, key, table, text, text_null,
};

const ACCOUNTS: &str = "payment_accounts";
const ENTRIES: &str = "reversal_entries";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = table(ACCOUNTS);
        accounts
            .col(text("name", 32))
            .col(text("adapter", 32))
            .col(text("address", 255))
            .col(document("secret", manager.get_database_backend()))
            .col(flag("is_paused"))
            .col(text("problem", 512))
            .col(big("version"))
            .col(big("created_at"))
            .primary_key(&mut key(&["name"]));
        create(manager, accounts).await?;
        let mut entries = table(ENTRIES);
        entries
            .col(text("obligation_id", 36))
            .col(int("position"))
            .col(big("at"))
            .col(text("account", 32))
            .col(text("operation", 16))
            .col(int("generation"))
            .col(text("state", 32))
            .col(text_null("reference", 255))
            .col(text_null("refusal", 32))
            .col(text("detail", 512))
            .primary_key(&mut key(&["obligation_id", "position"]));
        create(manager, entries).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[ACCOUNTS, ENTRIES]).await
    }
}
