//! Creates orders, their items, and their payment transactions.

use sea_orm_migration::prelude::*;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, drop_tables, flag, index, int, int_null, key, table, text,
    text_null, unique,
};

const TABLES: &[&str] = &["orders", "order_items", "payment_transactions"];

const ROW_MONEY: [&str; 16] = [
    "ordered_net",
    "ordered_tax",
    "ordered_tax_compensation",
    "ordered_discount",
    "invoiced_net",
    "invoiced_tax",
    "invoiced_tax_compensation",
    "invoiced_discount",
    "refunded_net",
    "refunded_tax",
    "refunded_tax_compensation",
    "refunded_discount",
    "canceled_net",
    "canceled_tax",
    "canceled_tax_compensation",
    "canceled_discount",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut orders = table("orders");
        orders
            .col(big("id"))
            .col(big("version"))
            .col(int("store_number"))
            .col(text("number", 20))
            .col(big_null("external_id"))
            .col(text("state", 16))
            .col(text("status", 32))
            .col(text_null("held_state", 16))
            .col(text_null("held_status", 32))
            .col(big_null("customer_id"))
            .col(text("email", 254))
            .col(big("placed_at"))
            .col(big("updated_at"))
            .col(big("status_changed_at"))
            .col(flag("is_virtual"))
            .col(text("currency", 3))
            .col(text("base_currency", 3))
            .col(big("grand_total"))
            .col(big("base_grand_total"))
            .col(big("credits"))
            .col(big("invoiced"))
            .col(big_null("paid"))
            .col(big("refunded"))
            .col(big("canceled"))
            .col(document("shipping", manager.get_database_backend()))
            .col(document("placed", manager.get_database_backend()))
            .primary_key(&mut key(&["id"]));
        create(manager, orders).await?;
        manager
            .create_index(unique("orders", &["store_number", "number"]))
            .await?;
        manager
            .create_index(index("orders", &["customer_id", "placed_at", "id"]))
            .await?;
        manager
            .create_index(index("orders", &["placed_at", "id"]))
            .await?;
        manager
            .create_index(index("orders", &["store_number", "placed_at", "id"]))
            .await?;
        manager
            .create_index(index("orders", &["status", "placed_at", "id"]))
            .await?;
        manager
            .create_index(index("orders", &["email", "placed_at", "id"]))
            .await?;
        manager.create_index(index("orders", &["number"])).await?;

        let mut items = table("order_items");
        items
            .col(big("order_id"))
            .col(int("position"))
            .col(int_null("parent"))
            .col(big_null("external_id"))
            .col(text("sku", 64))
            .col(text("name", 255))
            .col(text("product_type", 16))
            .col(flag("is_virtual"))
            .col(flag("counts"));
        for quantity in [
            "qty_ordered",
            "qty_invoiced",
            "qty_shipped",
            "qty_canceled",
            "qty_refunded",
        ] {
            items.col(big(quantity));
        }
        items
            .col(big("price"))
            .col(big("price_including_tax"))
            .col(big_null("original_price"));
        for part in ROW_MONEY {
            items.col(big(part));
        }
        items
            .col(document("options", manager.get_database_backend()))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, items).await?;

        let mut transactions = table("payment_transactions");
        transactions
            .col(big("order_id"))
            .col(int("position"))
            .col(text("kind", 16))
            .col(big("amount"))
            .col(big("used"))
            .col(text_null("reference", 255))
            .col(big("created_at"))
            .primary_key(&mut key(&["order_id", "position"]));
        create(manager, transactions).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, TABLES).await
    }
}
