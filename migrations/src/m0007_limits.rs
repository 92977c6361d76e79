//! Creates the limits that all replicas share. Each row counts the recent tries of an action.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, index, key, table, text};

const TABLES: &[&str] = &["rate_limits"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut limits = table("rate_limits");
        limits
            .col(text("name", 128))
            .col(big("tries"))
            .col(big("ends_at"))
            .primary_key(&mut key(&["name"]));
        create(manager, limits).await?;
        manager.create_index(index("rate_limits", &["ends_at"])).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
