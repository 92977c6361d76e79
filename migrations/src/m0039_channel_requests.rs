//! Adds to orders of sales channels when their buyers' open requests became known, and when they should be decided, so
//! that staff's list of requests shows them too.
//!
//! Of a request that is open now, only the last change of its order is known: its time is that one, or when the order
//! was placed. An older version of the program writes no time; the next change of the order does.

use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big_null, index};

const TABLE: &str = "channel_orders";
const COLUMNS: [&str; 2] = ["requested_at", "request_due_at"];
const OLDEST: [&str; 3] = ["requested_at", "channel", "number"];

/// The time of the requests that are open now.
const FILL: &str = "UPDATE channel_orders SET requested_at = COALESCE(\
    (SELECT MAX(v.at) FROM channel_order_versions v \
    WHERE v.channel = channel_orders.channel AND v.number = channel_orders.number), placed_at) \
    WHERE has_request AND status NOT IN ('SHIPPED', 'CANCELED')";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let mut table = Table::alter();
            table.table(Alias::new(TABLE)).add_column(big_null(column));
            manager.alter_table(table).await?;
        }
        manager.get_connection().execute_unprepared(FILL).await?;
        manager.create_index(index(TABLE, &OLDEST)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::drop();
        index
            .name("idx_channel_orders_requested_at_channel_number")
            .table(Alias::new(TABLE));
        manager.drop_index(index).await?;
        for column in COLUMNS {
            let mut table = Table::alter();
            table.table(Alias::new(TABLE)).drop_column(Alias::new(column));
            manager.alter_table(table).await?;
        }
        Ok(())
    }
}
