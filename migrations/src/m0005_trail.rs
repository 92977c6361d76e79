//! Creates the history of orders with one event for each change,
//! cancellations, reversals, guest keys and the audit log.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, big_null, create, document, drop_tables, int, key, table, text};

const TABLES: &[&str] = &[
    "order_events",
    "cancellations",
    "reversals",
    "guest_keys",
    "audit_entries",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut events = table("order_events");
        events
            .col(big("order_id"))
            .col(big("version"))
            .col(text("id", 36))
            .col(text("kind", 64))
            .col(text("actor", 160))
            .col(text("origin", 64))
            .col(document("note", backend))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "version"]));
        create(manager, events).await?;

        let mut cancellations = table("cancellations");
        cancellations
            .col(big("order_id"))
            .col(big("version"))
            .col(text("id", 36))
            .col(text("reason_code", 64))
            .col(document("reason", backend))
            .col(text("actor", 160))
            .col(big("canceled_total"))
            .col(big("refund_total"))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "version"]));
        create(manager, cancellations).await?;

        let mut reversals = table("reversals");
        reversals
            .col(big("order_id"))
            .col(big("version"))
            .col(int("transaction_position"))
            .col(text("id", 36))
            .col(text("kind", 16))
            .col(big("amount"))
            .col(text("state", 16))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "version", "transaction_position"]));
        create(manager, reversals).await?;

        let mut keys = table("guest_keys");
        keys.col(big("order_id"))
            .col(text("hash", 64))
            .col(document("reason", backend))
            .col(big("created_at"))
            .col(big("expires_at"))
            .col(big_null("used_at"))
            .primary_key(&mut key(&["order_id"]));
        create(manager, keys).await?;

        let mut audit = table("audit_entries");
        audit
            .col(text("id", 36))
            .col(text("actor", 160))
            .col(text("action", 64))
            .col(text("target", 255))
            .col(text("origin", 64))
            .col(document("details", backend))
            .col(big("created_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, audit).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
