//! Which errors of a database allow to send a script again, and the only loop that sends it again.

use std::time::Duration;

use uuid::Uuid;

use crate::error::DatabaseError;

/// The number of attempts after which the error of a script is reported.
const ATTEMPTS: u32 = 6;

/// Runs `attempt` until its outcome is not [`DatabaseError::Retry`], at most six times.
pub(crate) async fn retrying<T, F>(attempt: impl Fn() -> F) -> Result<T, DatabaseError>
where
    F: Future<Output = Result<T, DatabaseError>>,
{
    let mut made = 1;
    loop {
        match attempt().await {
            Err(DatabaseError::Retry(_)) if made < ATTEMPTS => pause(made).await,
            outcome => return outcome,
        }
        made += 1;
    }
}

/// Whether the whole transaction may be sent again after this error: a serialization failure, a deadlock, a row or the
/// definition of a table that has changed since the transaction began, a database that restarts, or a cluster node that
/// lost its quorum.
pub(crate) fn is_temporary(code: &str, mysql_number: Option<u16>) -> bool {
    if let Some(number) = mysql_number {
        return matches!(
            number,
            1213 | 1205 | 1020 | 1412 | 1047 | 1180 | 2006 | 2013 | 1053
        );
    }
    matches!(code, "40001" | "40P01" | "57P01" | "57P02" | "57P03") || code.starts_with("08")
}

/// Whether another program has locked a file of SQLite.
pub(crate) fn is_locked(code: rusqlite::ErrorCode) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    matches!(code, DatabaseBusy | DatabaseLocked)
}

/// Runs `work` in a separate task, which continues if the caller's future is dropped, so a transaction is finished.
///
/// It continues too while the caller's future waits for something else. Otherwise the future could be given a connection
/// and keep it, although it is not polled, and all others would wait for that connection.
pub(crate) async fn spawned<T: Send + 'static>(
    work: impl Future<Output = Result<T, DatabaseError>> + Send + 'static,
) -> Result<T, DatabaseError> {
    let outcome = tokio::spawn(work).await;
    outcome.map_err(|problem| DatabaseError::Failed(problem.to_string()))?
}

/// Waits after a failed attempt: longer after each attempt, and for a slightly random time.
#[expect(
    clippy::disallowed_methods,
    reason = "the length of a pause reaches no row and no answer"
)]
async fn pause(made: u32) {
    let jitter = u64::try_from(Uuid::now_v7().as_u128() % 7).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(5 * 2_u64.pow(made) + jitter)).await;
}

#[cfg(test)]
mod tests {
    use sea_orm::sqlx::mysql::MySqlConnection;
    use sea_orm::sqlx::{Connection, Executor, raw_sql};

    use super::*;
    use crate::explain::database::{DatabaseKind, FreshDatabase};

    async fn run(connection: &mut MySqlConnection, text: &'static str) -> Result<(), DatabaseError> {
        let done = connection.execute(raw_sql(text)).await;
        Ok(done.map(|_| ())?)
    }

    #[tokio::test]
    async fn a_transaction_on_mariadb_is_sent_again_when_a_row_or_a_table_has_changed_meanwhile()
    -> anyhow::Result<()> {
        if !DatabaseKind::available().contains(&DatabaseKind::MariaDb) {
            return Ok(());
        }
        let fresh = FreshDatabase::create(DatabaseKind::MariaDb).await?;
        let mut first = MySqlConnection::connect(&fresh.url).await?;
        let mut second = MySqlConnection::connect(&fresh.url).await?;
        run(&mut first, "CREATE TABLE things (id INT PRIMARY KEY, size INT)").await?;
        run(&mut first, "INSERT INTO things VALUES (1, 1)").await?;

        // From version 11.8 on, this setting is on.
        run(&mut first, "SET SESSION innodb_snapshot_isolation = ON").await?;
        run(&mut first, "START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        run(&mut second, "UPDATE things SET size = 2").await?;
        let row_changed = run(&mut first, "UPDATE things SET size = 3").await;
        assert!(
            matches!(row_changed, Err(DatabaseError::Retry(_))),
            "{row_changed:?}"
        );
        run(&mut first, "ROLLBACK").await?;

        run(&mut first, "START TRANSACTION WITH CONSISTENT SNAPSHOT").await?;
        let change = "ALTER TABLE things ADD COLUMN color INT, ALGORITHM = COPY";
        run(&mut second, change).await?;
        let table_changed = run(&mut first, "SELECT size FROM things").await;
        assert!(
            matches!(table_changed, Err(DatabaseError::Retry(_))),
            "{table_changed:?}"
        );

        first.close().await?;
        second.close().await?;
        fresh.remove().await
    }
}
