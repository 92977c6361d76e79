//! Adds subscriptions: to each order those of which its items pay a period, and a table by which the newest order of a
//! subscription and the subscriptions of a customer are found. Before this step, no subscription was known.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document_null, drop_tables, index, key, table, text,
};

const ORDERS: &str = "orders";
const COLUMN: &str = "subscriptions";
const SUBSCRIPTIONS: &str = "order_subscriptions";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = document_null(COLUMN, manager.get_database_backend());
        let mut orders = Table::alter();
        orders.table(Alias::new(ORDERS)).add_column(&mut column);
        manager.alter_table(orders).await?;
        let mut subscriptions = table(SUBSCRIPTIONS);
        subscriptions
            .col(big("order_id"))
            .col(text("subscription_id", 64))
            .col(big_null("customer_id"))
            .col(big("paid_from"))
            .primary_key(&mut key(&["order_id", "subscription_id"]));
        create(manager, subscriptions).await?;
        for columns in [["subscription_id", "paid_from"], ["customer_id", "paid_from"]] {
            manager.create_index(index(SUBSCRIPTIONS, &columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[SUBSCRIPTIONS]).await?;
        let mut orders = Table::alter();
        orders.table(Alias::new(ORDERS)).drop_column(Alias::new(COLUMN));
        manager.alter_table(orders).await
    }
}
