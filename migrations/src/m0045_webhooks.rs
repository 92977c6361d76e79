//! Adds endpoints of other systems that are told of events, and the log of what was sent to them.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, document_null, drop_tables, flag, index, int, int_null,
    key, table, text,
};

const ENDPOINTS: &str = "webhook_endpoints";
const ATTEMPTS: &str = "webhook_attempts";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut endpoints = table(ENDPOINTS);
        endpoints
            .col(text("id", 36))
            .col(text("address", 1024))
            .col(document("secret", backend))
            .col(document_null("old_secret", backend))
            .col(big_null("old_secret_until"))
            .col(document("event_kinds", backend))
            .col(text("state", 16))
            .col(text("problem", 512))
            .col(big("version"))
            .col(big("created_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, endpoints).await?;
        let mut attempts = table(ATTEMPTS);
        attempts
            .col(text("id", 36))
            .col(text("endpoint_id", 36))
            .col(text("event_id", 36))
            .col(text("event_kind", 64))
            .col(big_null("order_id"))
            .col(big_null("order_version"))
            .col(int("attempt"))
            .col(flag("is_delivered"))
            .col(int_null("status"))
            .col(document("answer", backend))
            .col(text("problem", 512))
            .col(int("milliseconds"))
            .col(big("at"))
            .primary_key(&mut key(&["id"]));
        create(manager, attempts).await?;
        // The log of an endpoint, newest first; and what is old enough to be deleted.
        manager
            .create_index(index(ATTEMPTS, &["endpoint_id", "id"]))
            .await?;
        manager.create_index(index(ATTEMPTS, &["at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[ENDPOINTS, ATTEMPTS]).await
    }
}
