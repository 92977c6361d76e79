//! Creates an index that finds cancellations by their time, for reports and for staff's search.
//!
//! A cancellation adds its entry at the end of the index, because times only grow, and never changes it.

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
            .create_index(index("cancellations", &["created_at", "order_id"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop()
            .name("idx_cancellations_created_at_order_id")
            .table(Alias::new("cancellations"))
            .to_owned();
        manager.drop_index(index).await
    }
}
