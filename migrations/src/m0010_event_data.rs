//! Adds typed data to events, and creates the rows that say what a cancellation took from each item.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, document_null, drop_tables, int, key, table};

const EVENTS: &str = "order_events";
const ITEMS: &str = "cancellation_items";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut items = table(ITEMS);
        items
            .col(big("order_id"))
            .col(big("version"))
            .col(int("position"))
            .col(big("qty_canceled"))
            .col(big("qty_refunded"))
            .col(big("canceled"))
            .col(big("refunded"))
            .primary_key(&mut key(&["order_id", "version", "position"]));
        create(manager, items).await?;

        // Existing events keep their note and have no data.
        let mut schema_version = int("schema_version");
        schema_version.default(0);
        add_column(manager, schema_version).await?;
        add_column(manager, document_null("data", manager.get_database_backend())).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["data", "schema_version"] {
            let mut events = Table::alter();
            events.table(Alias::new(EVENTS)).drop_column(Alias::new(column));
            manager.alter_table(events).await?;
        }
        drop_tables(manager, &[ITEMS]).await
    }
}

/// Adds one column in one statement, because SQLite accepts no more.
async fn add_column(manager: &SchemaManager<'_>, mut column: ColumnDef) -> Result<(), DbErr> {
    let mut events = Table::alter();
    events.table(Alias::new(EVENTS)).add_column(&mut column);
    manager.alter_table(events).await
}
