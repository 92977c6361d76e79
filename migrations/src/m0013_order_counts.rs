//! Creates the number of orders of each customer in each store view, because to count many orders takes long.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, int, key, table};

const COUNTS: &str = "customer_order_counts";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut counts = table(COUNTS);
        counts
            .col(big("customer_id"))
            .col(int("store_number"))
            .col(big("orders"))
            .primary_key(&mut key(&["customer_id", "store_number"]));
        create(manager, counts).await?;
        let count = format!(
            "INSERT INTO {COUNTS} (customer_id, store_number, orders) \
             SELECT customer_id, store_number, COUNT(*) FROM orders \
             WHERE customer_id IS NOT NULL GROUP BY customer_id, store_number"
        );
        manager.get_connection().execute_unprepared(&count).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &[COUNTS]).await
    }
}
