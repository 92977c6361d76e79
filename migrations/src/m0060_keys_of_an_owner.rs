//! Replaces the index of the owners of idempotency keys by one in which the keys of an owner stand by time. So the oldest
//! keys of an owner are found without reading the others.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

const TABLE: &str = "idempotency_keys";
/// The columns of the new index.
const BY_TIME: [&str; 2] = ["owner", "created_at"];
/// The columns of the index that the new one begins with and replaces.
const REPLACED: [&str; 1] = ["owner"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(TABLE, &BY_TIME)).await?;
        drop_index(manager, &REPLACED).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index(TABLE, &REPLACED)).await?;
        drop_index(manager, &BY_TIME).await
    }
}

/// Drops the index over `columns`.
async fn drop_index(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    let name = format!("idx_{TABLE}_{}", columns.join("_"));
    let index = Index::drop().name(name).table(Alias::new(TABLE)).to_owned();
    manager.drop_index(index).await
}
