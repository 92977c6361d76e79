//! Adds to the keys of guests what the guest asked for: the items to cancel, and a comment.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, document_null};

const GUEST_KEYS: &str = "guest_keys";
const INTENT: &str = "intent";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut keys = Table::alter();
        keys.table(Alias::new(GUEST_KEYS))
            .add_column(document_null(INTENT, manager.get_database_backend()));
        manager.alter_table(keys).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut keys = Table::alter();
        keys.table(Alias::new(GUEST_KEYS)).drop_column(Alias::new(INTENT));
        manager.alter_table(keys).await
    }
}
