//! Creates the payments of which their provider sent a message before an order has them.
//!
//! An account may serve none of the orders that have the reference of such a payment. Then `in_orders` is the number of
//! these payments of orders, and `shop_version` the version of the shop at that time: it is looked at again only after one
//! of the two has changed.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, index, key, table, text};

const PAYMENTS: &str = "early_payments";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut payments = table(PAYMENTS);
        payments
            .col(text("id", 36))
            .col(text("account", 32))
            .col(text("payment", 255))
            .col(big("at"))
            .col(big("in_orders"))
            .col(big("shop_version"))
            .primary_key(&mut key(&["account", "payment"]));
        create(manager, payments).await?;
        manager.create_index(index(PAYMENTS, &["id"])).await?;
        manager.create_index(index(PAYMENTS, &["account", "at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[PAYMENTS]).await
    }
}
