//! Creates obligations, one table for all effects outside the
//! database. The rows of `jobs` and `reversals` become obligations.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

use crate::column::{
    WHOLE_STEPS, big, big_null, create, document, drop_tables, index, int, key, table, text, unique,
};

/// The name of the old table `jobs` during the copy. It is renamed first, so that servers of the previous version
/// cannot write rows that the copy would miss.
const OLD_JOBS: &str = "jobs_before_m0009";
const OLD_REVERSALS: &str = "reversals_before_m0009";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        create_obligations(manager).await?;
        for (old, kept) in [("jobs", OLD_JOBS), ("reversals", OLD_REVERSALS)] {
            let mut rename = Table::rename();
            rename.table(Alias::new(old), Alias::new(kept));
            manager.rename_table(rename).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared(&copy_jobs()).await?;
        connection.execute_unprepared(&copy_reversals(backend)).await?;
        drop_tables(manager, &[OLD_JOBS, OLD_REVERSALS]).await
    }
}

async fn create_obligations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let backend = manager.get_database_backend();
    let mut obligations = table("obligations");
    obligations
        .col(text("id", 36))
        .col(text("kind", 64))
        .col(text("unique_key", 128))
        .col(big_null("order_id"))
        .col(big_null("order_version"))
        .col(text("state", 16))
        .col(document("payload", backend))
        .col(int("attempts"))
        .col(big("due_at"))
        .col(big("lease_until"))
        .col(big("fence"))
        .col(document("last_error", backend))
        .col(document("receipt", backend))
        .col(big("created_at"))
        .col(big_null("met_at"))
        .primary_key(&mut key(&["id"]));
    create(manager, obligations).await?;
    manager
        .create_index(unique("obligations", &["unique_key"]))
        .await?;
    // The index serves claiming, deletion, the list of jobs for staff, and counting.
    manager
        .create_index(index("obligations", &["state", "kind", "due_at", "id"]))
        .await?;
    manager.create_index(index("obligations", &["order_id"])).await
}

/// A job that was never tried is due at once, regardless of its due time. A done job has no time of its end, so the
/// time when it was last due replaces it.
fn copy_jobs() -> String {
    format!(
        "INSERT INTO obligations (id, kind, unique_key, order_id, state, payload, attempts, due_at, lease_until, \
         fence, last_error, receipt, created_at, met_at) \
         SELECT id, kind, id, order_id, \
         CASE state WHEN 'done' THEN 'met' WHEN 'failed' THEN 'needs_attention' ELSE 'pending' END, \
         payload, attempts, CASE WHEN state = 'pending' AND attempts = 0 THEN 0 ELSE run_at END, claimed_until, \
         fence, last_error, '', created_at, CASE WHEN state = 'done' THEN run_at END \
         FROM {OLD_JOBS}"
    )
}

/// Staff may already have carried out a reversal of the previous version, so no worker may carry it out.
fn copy_reversals(backend: DatabaseBackend) -> String {
    let unique_key = joined(
        backend,
        &[
            "kind",
            "':'",
            "order_id",
            "':'",
            "version",
            "':'",
            "transaction_position",
        ],
    );
    let payload = joined(
        backend,
        &[
            "'{\"transaction\":'",
            "transaction_position",
            "',\"amount\":'",
            "amount",
            "'}'",
        ],
    );
    format!(
        "INSERT INTO obligations (id, kind, unique_key, order_id, order_version, state, payload, attempts, due_at, \
         lease_until, fence, last_error, receipt, created_at) \
         SELECT id, kind, {unique_key}, order_id, version, 'needs_attention', {payload}, 0, created_at, 0, 0, \
         'staff must carry this out: no payment provider is connected', '', created_at \
         FROM {OLD_REVERSALS}"
    )
}

/// Joins texts and numbers to one text.
fn joined(backend: DatabaseBackend, parts: &[&str]) -> String {
    match backend {
        DatabaseBackend::MySql => format!("CONCAT({})", parts.join(", ")),
        _ => parts.join(" || "),
    }
}
