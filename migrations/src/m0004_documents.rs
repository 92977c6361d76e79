//! Creates invoices, shipments, credit memos and comments. Their rows are only ever added.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, create, document, drop_tables, flag, flag_null, int, key, table, text,
};

const TABLES: &[&str] = &["invoices", "shipments", "credit_memos", "order_comments"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut invoices = table("invoices");
        invoices
            .col(big("order_id"))
            .col(int("position"))
            .col(text("number", 32))
            .col(document("lines", backend))
            .col(document("shipping", backend))
            .col(big("grand_total"))
            .col(flag("paid"))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, invoices).await?;

        let mut shipments = table("shipments");
        shipments
            .col(big("order_id"))
            .col(int("position"))
            .col(text("number", 32))
            .col(document("lines", backend))
            .col(document("tracking", backend))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, shipments).await?;

        let mut memos = table("credit_memos");
        memos
            .col(big("order_id"))
            .col(int("position"))
            .col(text("number", 32))
            .col(document("lines", backend))
            .col(document("shipping", backend))
            .col(big("adjustment"))
            .col(big("grand_total"))
            .col(big("credits"))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, memos).await?;

        let mut comments = table("order_comments");
        comments
            .col(big("order_id"))
            .col(int("position"))
            .col(document("text", backend))
            .col(text("status", 32))
            .col(flag("visible_on_front"))
            .col(flag_null("customer_notified"))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, comments).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
