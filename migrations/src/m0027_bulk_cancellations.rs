//! Adds bulk cancellations: the jobs, and the orders of each, which are chosen once and never again.
//!
//! This step comes after `m0028` on databases that took that step before.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, drop_tables, flag_null, index, int, int_null, key, table, text,
    text_null, unique,
};

const JOBS: &str = "bulk_cancellations";
const ORDERS: &str = "bulk_cancellation_orders";
const WAITING: [&str; 3] = ["bulk_id", "state", "position"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut jobs = table(JOBS);
        jobs.col(text("id", 36))
            .col(text("idempotency_key", 128))
            .col(text("input_hash", 64))
            .col(text("actor", 128))
            .col(int_null("store_number"))
            .col(text("origin", 64))
            .col(text("reason", 255))
            .col(text_null("comment", 2_000))
            .col(flag_null("notifies_customer"))
            .col(int("per_second"))
            .col(text("state", 16))
            .col(big("paced_at"))
            .col(big("lease_until"))
            .col(big("fence"))
            .col(big("created_at"))
            .col(big_null("started_at"))
            .col(big_null("finished_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, jobs).await?;
        manager.create_index(unique(JOBS, &["idempotency_key"])).await?;
        manager.create_index(index(JOBS, &["state"])).await?;
        let mut orders = table(ORDERS);
        orders
            .col(text("bulk_id", 36))
            .col(int("position"))
            .col(big("order_id"))
            .col(text("state", 16))
            .col(text("code", 64))
            .col(text("message", 512))
            .col(big("refund"))
            .col(text("currency", 3))
            .col(big_null("done_at"))
            .primary_key(&mut key(&["bulk_id", "position"]));
        create(manager, orders).await?;
        manager.create_index(index(ORDERS, &WAITING)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[JOBS, ORDERS]).await
    }
}
