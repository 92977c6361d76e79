//! Creates the indexes that find an imported order by the number at its sales channel, and the channel of an order.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

const IMPORTS: &str = "channel_imports";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_index(index(IMPORTS, &["number", "order_id"]))
            .await?;
        manager
            .create_index(index(IMPORTS, &["order_id", "channel"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "idx_channel_imports_number_order_id",
            "idx_channel_imports_order_id_channel",
        ] {
            let mut index = Index::drop();
            index.name(name).table(Alias::new(IMPORTS));
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
