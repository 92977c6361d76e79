//! Adds sales channels: how far each one is read, its orders, one row for each version of an order, and the orders of
//! the shop that were imported from channels.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, document_null, drop_tables, flag, index, key, table, text,
    text_null,
};

const CHANNELS: &str = "channels";
const ORDERS: &str = "channel_orders";
const VERSIONS: &str = "channel_order_versions";
const IMPORTS: &str = "channel_imports";
const LOCAL_ORDERS: &str = "orders";
const COLUMN: &str = "sales_channel";
const NEWEST: [&str; 3] = ["channel", "placed_at", "number"];
const WORK: [&str; 3] = ["channel", "work", "number"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut channels = table(CHANNELS);
        channels
            .col(text("name", 32))
            .col(big("read_until"))
            .col(text_null("page_token", 2_000))
            .col(big_null("reach"))
            .col(big("reads_at"))
            .col(big("sends_at"))
            .col(big("due_at"))
            .col(big_null("read_at"))
            .col(text("problem", 512))
            .col(big("lease_until"))
            .col(big("fence"))
            .primary_key(&mut key(&["name"]));
        create(manager, channels).await?;
        let mut orders = table(ORDERS);
        orders
            .col(text("channel", 32))
            .col(text("number", 64))
            .col(big("version"))
            .col(text("status", 64))
            .col(flag("has_request"))
            .col(text("work", 16))
            .col(big("placed_at"))
            .col(document("content", manager.get_database_backend()))
            .primary_key(&mut key(&["channel", "number"]));
        create(manager, orders).await?;
        manager.create_index(index(ORDERS, &NEWEST)).await?;
        manager.create_index(index(ORDERS, &WORK)).await?;
        let mut versions = table(VERSIONS);
        versions
            .col(text("channel", 32))
            .col(text("number", 64))
            .col(big("version"))
            .col(big("at"))
            .primary_key(&mut key(&["channel", "number", "version"]));
        create(manager, versions).await?;
        manager.create_index(index(VERSIONS, &["at"])).await?;
        let mut imports = table(IMPORTS);
        imports
            .col(text("channel", 32))
            .col(text("number", 64))
            .col(big("order_id"))
            .primary_key(&mut key(&["channel", "number"]));
        create(manager, imports).await?;
        let mut column = document_null(COLUMN, manager.get_database_backend());
        let mut orders = Table::alter();
        orders.table(Alias::new(LOCAL_ORDERS)).add_column(&mut column);
        manager.alter_table(orders).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut orders = Table::alter();
        orders
            .table(Alias::new(LOCAL_ORDERS))
            .drop_column(Alias::new(COLUMN));
        manager.alter_table(orders).await?;
        drop_tables(manager, &[CHANNELS, ORDERS, VERSIONS, IMPORTS]).await
    }
}
