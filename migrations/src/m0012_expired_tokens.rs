//! Creates an index that finds expired access tokens, so that they are deleted without reading the whole table.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(index("access_tokens", &["kind", "expires_at"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("idx_access_tokens_kind_expires_at")
            .table(Alias::new("access_tokens"))
            .to_owned();
        manager.drop_index(index).await
    }
}
