//! Adds what payment providers tell of payments that cannot be read, and the merchant account of an account.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, index, key, table, text, text_null};

const ACCOUNTS: &str = "payment_accounts";
const MERCHANT_ACCOUNT: &str = "merchant_account";
const REPORTS: &str = "provider_reports";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut accounts = Table::alter();
        accounts
            .table(Alias::new(ACCOUNTS))
            .add_column(text_null(MERCHANT_ACCOUNT, 80));
        manager.alter_table(accounts).await?;
        let mut reports = table(REPORTS);
        reports
            .col(text("account", 32))
            .col(text("id", 80))
            .col(text("payment", 255))
            .col(text("matter", 16))
            .col(text("state", 32))
            .col(text("request_key", 255))
            .col(text("reference", 255))
            .col(big("amount"))
            .col(text("currency", 3))
            .col(text("detail", 512))
            .col(big("at"))
            .primary_key(&mut key(&["account", "id"]));
        create(manager, reports).await?;
        manager
            .create_index(index(REPORTS, &["account", "payment"]))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[REPORTS]).await?;
        let mut accounts = Table::alter();
        accounts
            .table(Alias::new(ACCOUNTS))
            .drop_column(Alias::new(MERCHANT_ACCOUNT));
        manager.alter_table(accounts).await
    }
}
