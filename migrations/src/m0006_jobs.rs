//! Creates jobs: effects outside the database, which are written with their cause and run later.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, drop_tables, index, int, key, table, text,
};

const TABLES: &[&str] = &["jobs"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut jobs = table("jobs");
        jobs.col(text("id", 36))
            .col(text("kind", 64))
            .col(big_null("order_id"))
            .col(document("payload", manager.get_database_backend()))
            .col(text("state", 16))
            .col(big("run_at"))
            .col(int("attempts"))
            .col(big("claimed_until"))
            .col(big("fence"))
            .col(document("last_error", manager.get_database_backend()))
            .col(big("created_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, jobs).await?;
        manager.create_index(index("jobs", &["state", "run_at"])).await?;
        manager.create_index(index("jobs", &["order_id"])).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
