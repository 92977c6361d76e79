//! Adds requests for a cancellation: to an order its newest one, and a table of all of them, which staff filters.
//!
//! The order repeats its newest request, so that reading an order reads no further table.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, document_null, drop_tables, index, int, key, table, text,
    text_null,
};

const REQUESTS: &str = "cancellation_requests";
const NEWEST: &str = "cancellation_request";
const BY_AGE: [&str; 4] = ["status", "requested_at", "order_id", "number"];
const BY_DUE_TIME: [&str; 2] = ["status", "due_at"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut requests = table(REQUESTS);
        requests
            .col(big("order_id"))
            .col(int("number"))
            .col(int("store_number"))
            .col(text("status", 32))
            .col(text_null("reason_code", 64))
            .col(big("requested_at"))
            .col(big_null("due_at"))
            .col(document("request", backend))
            .primary_key(&mut key(&["order_id", "number"]));
        create(manager, requests).await?;
        for columns in [BY_AGE.as_slice(), BY_DUE_TIME.as_slice()] {
            manager.create_index(index(REQUESTS, columns)).await?;
        }
        // Before this step, no cancellation was asked for.
        let mut newest = document_null(NEWEST, backend);
        let mut orders = Table::alter();
        orders.table(Alias::new("orders")).add_column(&mut newest);
        manager.alter_table(orders).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut orders = Table::alter();
        orders.table(Alias::new("orders")).drop_column(Alias::new(NEWEST));
        manager.alter_table(orders).await?;
        drop_tables(manager, &[REQUESTS]).await
    }
}
