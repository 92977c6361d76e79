//! Adds to accounts at payment providers the secrets with which their webhooks are checked, and the index by which a
//! webhook finds the order of its payment.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big_null, document_null, index};

const ACCOUNTS: &str = "payment_accounts";
const TRANSACTIONS: &str = "payment_transactions";
const SECRETS: [&str; 2] = ["webhook_secret", "old_webhook_secret"];
const UNTIL: &str = "old_webhook_secret_until";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let secrets = SECRETS.map(|name| document_null(name, backend));
        for column in secrets.into_iter().chain([big_null(UNTIL)]) {
            let mut table = Table::alter();
            table.table(Alias::new(ACCOUNTS)).add_column(column);
            manager.alter_table(table).await?;
        }
        manager.create_index(index(TRANSACTIONS, &["reference"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::drop();
        index
            .name("idx_payment_transactions_reference")
            .table(Alias::new(TRANSACTIONS));
        manager.drop_index(index).await?;
        for column in SECRETS.into_iter().chain([UNTIL]) {
            let mut table = Table::alter();
            table.table(Alias::new(ACCOUNTS)).drop_column(Alias::new(column));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
