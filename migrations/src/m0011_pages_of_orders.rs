//! Creates indexes for the lists of a customer's orders, one for each sorting.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each index contains the store view, so that a page of some store views is found without reading rows of the table.
const INDEXES: [&[&str]; 3] = [
    &["customer_id", "id", "store_number"],
    &["customer_id", "placed_at", "id", "store_number"],
    &["customer_id", "number", "id", "store_number"],
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for columns in INDEXES {
            manager.create_index(index("orders", columns)).await?;
        }
        // The second index begins with the columns of this index and replaces it.
        let replaced = Index::drop()
            .name("idx_orders_customer_id_placed_at_id")
            .table(Alias::new("orders"))
            .to_owned();
        manager.drop_index(replaced).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let replaced = index("orders", &["customer_id", "placed_at", "id"]);
        manager.create_index(replaced).await?;
        for columns in INDEXES {
            let name = format!("idx_orders_{}", columns.join("_"));
            let index = Index::drop().name(name).table(Alias::new("orders")).to_owned();
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
