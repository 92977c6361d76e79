//! Ends statements that take too long, in the database itself: whoever asked is gone by then.

use std::time::{Duration, Instant};

use sea_orm::ConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Executor};

/// SQLite looks at the time after so many steps of its machine, which are some hundred microseconds.
const SQLITE_STEPS: i32 = 10_000;

/// Lets no statement of these connections take longer than `limit`; they stay usable.
pub(crate) fn end_statements_after(limit: Duration, options: &mut ConnectOptions) {
    // Not as an option of the connection: poolers in front of a database refuse those.
    let on_postgres = format!("SET statement_timeout = {}", limit.as_millis());
    // A comment to MySQL, which knows no such limit for what writes.
    let on_mariadb = format!(
        "SET @limited = 1 /*M! , SESSION max_statement_time = {}.{:03} */",
        limit.as_secs(),
        limit.subsec_millis()
    );
    options
        .map_sqlx_postgres_pool_opts(move |pool| {
            let set = on_postgres.clone();
            pool.after_connect(move |connection, _| {
                let set = AssertSqlSafe(set.clone());
                Box::pin(async move { connection.execute(set).await.map(|_| ()) })
            })
        })
        .map_sqlx_mysql_pool_opts(move |pool| {
            let set = on_mariadb.clone();
            pool.after_connect(move |connection, _| {
                let set = AssertSqlSafe(set.clone());
                Box::pin(async move { connection.execute(set).await.map(|_| ()) })
            })
        })
        .map_sqlx_sqlite_pool_opts(move |pool| {
            pool.after_connect(move |connection, _| Box::pin(give_time(connection, limit)))
        })
        .map_sqlx_sqlite_before_acquire(move |connection, _| {
            Box::pin(async move { give_time(connection, limit).await.map(|()| true) })
        });
}

/// SQLite knows no such limit, but asks now and then whether to go on.
async fn give_time(connection: &mut SqliteConnection, limit: Duration) -> Result<(), sqlx::Error> {
    let until = Instant::now() + limit;
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(SQLITE_STEPS, move || Instant::now() < until);
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::DatabaseBackend;

    use super::*;
    use crate::explain::database::{DatabaseKind, FreshDatabase};
    use crate::script::Script;
    use crate::{ConnectOptions, Store, StoreError};

    /// Seconds of work, without a table.
    const COUNTING: &str = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 200000000) \
                            SELECT MAX(n) FROM t";

    fn slow_statement(backend: DatabaseBackend) -> String {
        match backend {
            DatabaseBackend::Postgres => "SELECT pg_sleep(60)".into(),
            // Functions that only wait end there without an error.
            DatabaseBackend::MySql => {
                let table = "information_schema.columns";
                format!("SELECT COUNT(*) FROM {table} a, {table} b, {table} c")
            }
            _ => COUNTING.into(),
        }
    }

    async fn is_usable(store: &Store) -> Result<bool, StoreError> {
        let mut script = Script::read(store);
        // So large that it has 64 bits on every database.
        script.add_text("SELECT 70000000000".into());
        Ok(script.fetch().await?.number()? == Some(70_000_000_000))
    }

    #[tokio::test]
    async fn a_slow_statement_is_ended_and_the_connection_goes_on() -> anyhow::Result<()> {
        for kind in DatabaseKind::available() {
            let database = FreshDatabase::create(kind).await?;
            let options = ConnectOptions {
                max_connections: 1,
                statement_timeout: Some(Duration::from_millis(500)),
                ..ConnectOptions::new(&database.url)
            };
            let store = Store::connect(&options).await?;
            let began = Instant::now();
            let mut read = Script::read(&store);
            read.add_text(slow_statement(store.backend()));
            assert!(read.fetch().await.is_err(), "{kind}");
            assert!(is_usable(&store).await?, "{kind}");
            let mut write = Script::write(&store);
            write.add_text(slow_statement(store.backend()));
            assert!(write.commit().await.is_err(), "{kind}");
            assert!(is_usable(&store).await?, "{kind}");
            assert!(began.elapsed() < Duration::from_secs(10), "{kind}");

            // The time begins anew with each use of a connection.
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_millis(200)).await;
                assert!(is_usable(&store).await?, "{kind}");
            }
            store.close().await;
            database.remove().await?;
        }
        Ok(())
    }
}
