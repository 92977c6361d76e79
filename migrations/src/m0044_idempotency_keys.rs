//! Adds the keys under which clients repeat requests, with the answers, and the changes that were made under them.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, document_null, drop_tables, index, key, table, text};

const KEYS: &str = "idempotency_keys";
const CHANGES: &str = "idempotent_changes";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut keys = table(KEYS);
        keys.col(text("id", 64))
            .col(text("input_hash", 64))
            .col(text("owner", 64))
            .col(big("fence"))
            .col(big("lease_until"))
            .col(document_null("answer", manager.get_database_backend()))
            .col(big("created_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, keys).await?;
        manager.create_index(index(KEYS, &["created_at"])).await?;
        manager.create_index(index(KEYS, &["owner"])).await?;
        let mut changes = table(CHANGES);
        changes
            .col(text("key_id", 64))
            .col(text("target", 160))
            .col(big("created_at"))
            .primary_key(&mut key(&["key_id", "target"]));
        create(manager, changes).await?;
        manager.create_index(index(CHANGES, &["created_at"])).await?;
        manager.create_index(index(CHANGES, &["target"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[KEYS, CHANGES]).await
    }
}
