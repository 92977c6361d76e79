//! Creates customers with their passwords, and the bearer tokens of customers and staff.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, drop_tables, index, int, int_null, key, table, text, text_null,
    unique,
};

const TABLES: &[&str] = &["customers", "access_tokens"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut customers = table("customers");
        customers
            .col(big("id"))
            .col(int("website_number"))
            .col(text("email", 254))
            .col(text("firstname", 255))
            .col(text("lastname", 255))
            .col(text_null("password_hash", 255))
            .col(big("created_at"))
            .primary_key(&mut key(&["id"]));
        create(manager, customers).await?;
        manager
            .create_index(unique("customers", &["website_number", "email"]))
            .await?;

        let mut tokens = table("access_tokens");
        tokens
            .col(text("hash", 64))
            .col(text("kind", 16))
            .col(text("name", 128))
            .col(big_null("customer_id"))
            .col(text_null("role", 16))
            .col(int_null("store_number"))
            .col(big("created_at"))
            .col(big("expires_at"))
            .col(big_null("revoked_at"))
            .primary_key(&mut key(&["hash"]));
        create(manager, tokens).await?;
        manager
            .create_index(index("access_tokens", &["customer_id"]))
            .await?;
        manager
            .create_index(index("access_tokens", &["kind", "name"]))
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
