//! Creates the tokens for new passwords: one hashed token for each account.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, index, key, table, text};

const TABLES: &[&str] = &["password_resets"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut resets = table("password_resets");
        resets
            .col(big("customer_id"))
            .col(text("hash", 64))
            .col(big("expires_at"))
            .col(text("used_by", 36))
            .primary_key(&mut key(&["customer_id"]));
        create(manager, resets).await?;
        manager
            .create_index(index("password_resets", &["expires_at"]))
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
