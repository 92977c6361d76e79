//! Tests with `EXPLAIN` that no frequent statement reads all rows of a large table.

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, TransactionTrait};

use crate::{ConnectOptions, Database};
use channel_scripts::{channel_changes, channel_reads};
use database::{DatabaseKind, FreshDatabase};
use idempotency_scripts::{OWNERS_BY_TIME, cleanup_scripts, idempotency_scripts};
use rows::fill;
use scripts::{change_scripts, hot_scripts};
use webhook_scripts::webhook_scripts;

mod channel_scripts;
#[path = "../tests/store/database.rs"]
pub(crate) mod database;
mod filters;
mod idempotency_scripts;
mod rows;
mod scripts;
#[expect(
    dead_code,
    reason = "shared with the tests of the database, which use the rest"
)]
#[path = "../tests/store/shop.rs"]
pub(crate) mod shop;
mod webhook_scripts;

/// The tables that grow with the shop. Small tables such as the settings are read as a whole.
const LARGE: [&str; 25] = [
    "access_tokens",
    "audit_entries",
    "cancellation_requests",
    "cancellations",
    "channel_imports",
    "channel_order_versions",
    "channel_orders",
    "credit_memos",
    "customer_order_counts",
    "customers",
    "guest_keys",
    "idempotency_keys",
    "idempotent_changes",
    "invoices",
    "obligations",
    "order_comments",
    "order_events",
    "order_items",
    "order_statuses",
    "order_subscriptions",
    "orders",
    "payment_transactions",
    "reversal_entries",
    "shipments",
    "webhook_attempts",
];

#[tokio::test(flavor = "multi_thread")]
async fn no_hot_statement_walks_through_a_large_table() -> anyhow::Result<()> {
    for kind in DatabaseKind::available() {
        let fresh = FreshDatabase::create(kind).await?;
        let database = Database::connect(&ConnectOptions::new(&fresh.url)).await?;
        database.migrate().await?;
        fill(&database).await?;
        let mut walks = Vec::new();
        for (request, script) in hot_scripts(&database)
            .into_iter()
            .chain(channel_reads(&database))
            .chain(idempotency_scripts(&database))
            .chain(webhook_scripts(&database))
            .chain(change_scripts(&database)?)
            .chain(channel_changes(&database)?)
        {
            for (statement, values) in &script.statements() {
                let plan = plan(&database, kind, statement, *values).await?;
                if reads_all(kind, statement, &plan) {
                    walks.push(format!("{request} on {kind}: {statement}\n{}", plan.join("\n")));
                }
            }
        }
        for (request, script) in cleanup_scripts(&database) {
            for (statement, values) in &script.statements() {
                let plan = plan(&database, kind, statement, *values).await?;
                if !reads_along(OWNERS_BY_TIME, &plan) {
                    walks.push(format!(
                        "{request} on {kind}, not along {OWNERS_BY_TIME}: {statement}\n{}",
                        plan.join("\n")
                    ));
                }
            }
        }
        database.close().await;
        fresh.remove().await?;
        eprintln!("ran on {kind}");
        assert!(walks.is_empty(), "{}", walks.join("\n\n"));
    }
    Ok(())
}

/// The plan of a statement. On PostgreSQL it is the plan that is kept for all values.
async fn plan(
    database: &Database,
    kind: DatabaseKind,
    statement: &str,
    values: usize,
) -> anyhow::Result<Vec<String>> {
    let connection = database.db.begin().await?;
    let explain = match kind {
        DatabaseKind::Sqlite => {
            // A connection notices a newer schema when it reads, and `EXPLAIN` reads nothing.
            connection
                .execute_unprepared("SELECT COUNT(*) FROM sqlite_master")
                .await?;
            format!("EXPLAIN QUERY PLAN {statement}")
        }
        DatabaseKind::MariaDb => format!("EXPLAIN {statement}"),
        DatabaseKind::Postgres => {
            let prepare = format!("PREPARE hot AS {statement}");
            connection.execute_unprepared(&prepare).await?;
            let values = if values == 0 {
                String::new()
            } else {
                format!("({})", vec!["NULL"; values].join(", "))
            };
            format!("EXPLAIN EXECUTE hot {values}")
        }
    };
    let rows = connection
        .query_all_raw(Statement::from_string(database.backend(), explain))
        .await?;
    if kind == DatabaseKind::Postgres {
        connection.execute_unprepared("DEALLOCATE hot").await?;
    }
    connection.rollback().await?;
    Ok(rows.iter().map(|row| line(kind, row)).collect::<Result<_, _>>()?)
}

fn line(kind: DatabaseKind, row: &QueryResult) -> Result<String, DbErr> {
    match kind {
        DatabaseKind::Sqlite => row.try_get("", "detail"),
        DatabaseKind::Postgres => row.try_get_by_index(0),
        DatabaseKind::MariaDb => {
            let text =
                |column| Ok::<_, DbErr>(row.try_get::<Option<String>>("", column)?.unwrap_or_default());
            Ok(format!(
                "{} {} {} {}",
                text("table")?,
                text("type")?,
                text("key")?,
                text("Extra")?
            ))
        }
    }
}

/// Whether the plan reads a whole large table. Reading along an
/// index is allowed only if the statement ends after a page.
fn reads_all(kind: DatabaseKind, statement: &str, plan: &[String]) -> bool {
    let after = plan.iter().skip(1).map(String::as_str).chain([""]);
    let mut lines = plan.iter().zip(after);
    lines.any(|(line, after)| line_reads_all(kind, statement, line, after))
}

/// Whether the plan reads a part of `index` in the sequence of the index, without sorting.
fn reads_along(index: &str, plan: &[String]) -> bool {
    let sorts = |line: &String| {
        ["Sort", "filesort", "TEMP B-TREE"]
            .iter()
            .any(|it| line.contains(it))
    };
    plan.iter().any(|line| line.contains(index)) && !plan.iter().any(sorts)
}

/// Whether a line of a plan reads a whole large table. The line `after` says which part of an index it reads.
fn line_reads_all(kind: DatabaseKind, statement: &str, line: &str, after: &str) -> bool {
    // MariaDB names no index for an insert, which reads no row.
    if statement.starts_with("INSERT") {
        return false;
    }
    let ends_after_a_page = statement.contains(" LIMIT ");
    LARGE.iter().any(|table| match kind {
        DatabaseKind::Sqlite => match line.strip_prefix(&format!("SCAN {table}")) {
            Some(how) => !(ends_after_a_page && how.contains("USING") && how.contains("INDEX")),
            None => false,
        },
        DatabaseKind::Postgres => {
            // A join by hash or by merge reads the table along an index as a whole.
            let joins_all = line.contains("Join") && (line.contains("Hash") || line.contains("Merge"));
            let is_scan = line.contains("Scan") && line.contains(&format!(" on {table} "));
            let has_limits = line.contains("Bitmap Heap") || after.contains("Index Cond");
            joins_all
                || line.contains(&format!("Seq Scan on {table} "))
                || (is_scan && !has_limits && !ends_after_a_page)
        }
        DatabaseKind::MariaDb => {
            line.starts_with(&format!("{table} ALL "))
                || (!ends_after_a_page && line.starts_with(&format!("{table} index ")))
        }
    })
}
