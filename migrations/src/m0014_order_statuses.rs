//! Moves the index by which staff find orders with a status into a table of its own.
//!
//! PostgreSQL adds the new version of a row to every index of its table, unless no indexed column has changed and the
//! row's page has room. Without the status in an index, a change of an order changes no index of `orders`.

use sea_orm::DatabaseBackend;
use sea_orm_migration::prelude::*;

use crate::column::{WHOLE_STEPS, big, create, drop_tables, index, key, table, text};

const STATUSES: &str = "order_statuses";
const REPLACED: [&str; 3] = ["status", "placed_at", "id"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut statuses = table(STATUSES);
        statuses
            .col(big("order_id"))
            .col(text("status", 32))
            .col(big("placed_at"))
            .primary_key(&mut key(&["order_id"]));
        create(manager, statuses).await?;
        let connection = manager.get_connection();
        let copy = format!(
            "INSERT INTO {STATUSES} (order_id, status, placed_at) SELECT id, status, placed_at FROM orders"
        );
        connection.execute_unprepared(&copy).await?;
        manager
            .create_index(index(STATUSES, &["status", "placed_at", "order_id"]))
            .await?;
        let replaced = Index::drop()
            .name("idx_orders_status_placed_at_id")
            .table(Alias::new("orders"))
            .to_owned();
        manager.drop_index(replaced).await?;
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            let room = "ALTER TABLE orders SET (fillfactor = 80)";
            connection.execute_unprepared(room).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            let no_room = "ALTER TABLE orders RESET (fillfactor)";
            manager.get_connection().execute_unprepared(no_room).await?;
        }
        manager.create_index(index("orders", &REPLACED)).await?;
        drop_tables(manager, &[STATUSES]).await
    }
}
