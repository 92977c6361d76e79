//! Runs a test on every available database, each time in a shop of its own.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use anyhow::Context;
use countermand_domain::{EventData, Order, OrderId, Transition};
use countermand_migrations::{Migrator, MigratorTrait};
use countermand_persistence::{AuditEntry, ConnectOptions, Database, HistoryHead, NewOrder, OrderChange};
use futures_util::FutureExt;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait};
use uuid::Uuid;

use crate::database::{DatabaseKind, FreshDatabase};
use crate::shop::{at, event};

/// An entry of the audit log with an id of its own.
pub(crate) fn audit(number: u128) -> AuditEntry {
    AuditEntry::new(
        Uuid::from_u128(number),
        "anna",
        "updateCancellationConfig",
        "default",
        "",
        "",
        at(0),
    )
}

/// Every table that a change may write to.
const TABLES: [&str; 26] = [
    "access_tokens",
    "audit_entries",
    "cancellation_items",
    "cancellations",
    "channel_imports",
    "counters",
    "credit_memos",
    "customer_order_counts",
    "customers",
    "guest_keys",
    "installation",
    "invoices",
    "obligations",
    "order_comments",
    "order_events",
    "order_items",
    "order_statuses",
    "order_subscriptions",
    "orders",
    "payment_transactions",
    "settings",
    "shipments",
    "status_labels",
    "store_groups",
    "stores",
    "websites",
];

/// A shop with all tables and without orders.
pub(crate) struct TestShop {
    pub(crate) database: Database,
    pub(crate) kind: DatabaseKind,
    fresh: FreshDatabase,
    raw: DatabaseConnection,
}

/// Runs `test` on every available database, prints the database, and removes it after success and failure.
pub(crate) async fn on_every_database(
    test: impl AsyncFn(&TestShop) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    on_every_empty_database(async |shop| {
        shop.database.migrate().await?;
        test(shop).await
    })
    .await
}

/// Runs `test` like [`on_every_database`], on databases without any table.
pub(crate) async fn on_every_empty_database(
    test: impl AsyncFn(&TestShop) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for kind in DatabaseKind::available() {
        let shop = TestShop::open(FreshDatabase::create(kind).await?).await?;
        let outcome = AssertUnwindSafe(Box::pin(test(&shop))).catch_unwind().await;
        eprintln!("ran on {kind}");
        shop.close().await?;
        match outcome {
            Ok(result) => result.with_context(|| format!("on {kind}"))?,
            Err(panic) => resume_unwind(panic),
        }
    }
    Ok(())
}

impl TestShop {
    async fn open(fresh: FreshDatabase) -> anyhow::Result<Self> {
        Ok(Self {
            database: open(&fresh.url).await?,
            kind: fresh.kind,
            raw: sea_orm::Database::connect(&fresh.url).await?,
            fresh,
        })
    }

    async fn close(self) -> anyhow::Result<()> {
        self.database.close().await;
        self.raw.close().await?;
        self.fresh.remove().await
    }

    /// A second handle to the same database, as another replica of the program has it.
    pub(crate) async fn replica(&self) -> anyhow::Result<Database> {
        open(&self.fresh.url).await
    }

    /// The address of the database.
    pub(crate) fn url(&self) -> &str {
        &self.fresh.url
    }

    /// Whether the database refuses texts that do not fit their column.
    pub(crate) fn refuses_long_texts(&self) -> bool {
        self.kind != DatabaseKind::Sqlite
    }

    /// The order as it is saved.
    pub(crate) async fn order(&self, id: OrderId) -> anyhow::Result<Order> {
        let loaded = self.database.order(id).await?;
        let loaded = loaded.with_context(|| format!("order {id} is gone"))?;
        Ok(Arc::unwrap_or_clone(loaded.order))
    }

    /// A transaction of another program that has locked an order.
    pub(crate) async fn lock_order(&self, id: OrderId) -> anyhow::Result<DatabaseTransaction> {
        let transaction = self.raw.begin().await?;
        let lock = format!("SELECT id FROM orders WHERE id = {id} FOR UPDATE");
        transaction.execute_unprepared(&lock).await?;
        Ok(transaction)
    }

    /// Takes the first `steps` steps of the schema.
    pub(crate) async fn take_steps(&self, steps: u32) -> anyhow::Result<()> {
        Ok(Migrator::up(&self.raw, Some(steps)).await?)
    }

    /// Changes rows with plain SQL.
    pub(crate) async fn sql(&self, statement: &str) -> anyhow::Result<u64> {
        Ok(self.raw.execute_unprepared(statement).await?.rows_affected())
    }

    /// The number of rows in each table.
    pub(crate) async fn row_counts(&self) -> anyhow::Result<BTreeMap<&'static str, i64>> {
        let mut counts = BTreeMap::new();
        for table in TABLES {
            counts.insert(
                table,
                self.number(&format!("SELECT COUNT(*) FROM {table}")).await?,
            );
        }
        Ok(counts)
    }

    /// The number in the first column of the first row.
    pub(crate) async fn number(&self, query: &str) -> anyhow::Result<i64> {
        let query = Statement::from_string(self.raw.get_database_backend(), query);
        let row = self.raw.query_one_raw(query).await?.context("no row")?;
        Ok(row.try_get_by_index(0)?)
    }
}

/// The order as the import saves it.
pub(crate) fn imported(order: &Order) -> NewOrder {
    NewOrder {
        order: Order {
            version: 1,
            ..order.clone()
        },
        event: event(EventData::Imported),
        event_id: Uuid::now_v7(),
        origin: String::new(),
        obligations: Vec::new(),
    }
}

/// Opens the database at `url` as a replica would.
pub(crate) async fn open(url: &str) -> anyhow::Result<Database> {
    // The limit is low, so that many simultaneous tests stay within what a server accepts.
    let options = ConnectOptions {
        max_connections: 5,
        ..ConnectOptions::new(url)
    };
    Ok(Database::connect(&options).await?)
}

/// A change that writes only its decision, with ids of its own. Its event begins a chain anew.
pub(crate) fn change_of<'a>(
    before: &'a Order,
    transition: &'a Transition,
    origin: &'a str,
) -> OrderChange<'a> {
    OrderChange::new(before, HistoryHead::default(), transition, origin, Uuid::now_v7)
}
