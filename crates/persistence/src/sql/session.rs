//! Sets up each connection when it opens, and verifies the server's settings before the program serves requests.

use std::time::Duration;

use sea_orm::ConnectOptions;
use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection, Executor, Row};

/// The `sql_mode` with which the statements were tested. The server's own `sql_mode` may have any value.
const SQL_MODE: &str = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION";
const CHARACTER_SET: &str = "utf8mb4";
const COLLATION: &str = "utf8mb4_general_ci";

/// The settings with which PostgreSQL plans each script once for all values. To plan a script takes longer than to
/// run it, and by itself PostgreSQL plans a script anew whenever its arrays have fewer values than usual.
///
/// A kept plan knows neither the values nor, if it is old, the number of rows. So it uses indexes and nested loops even
/// where another plan would cost less. No script runs so long that it pays off to compile it.
const POSTGRES_SETTINGS: &str = "SET client_encoding = 'UTF8'; SET plan_cache_mode = force_generic_plan; \
                                 SET enable_seqscan = off; SET enable_hashjoin = off; \
                                 SET enable_mergejoin = off; SET jit = off";

/// Sets up each connection of `options` to a server. Behind a pooler, PostgreSQL connections
/// are not set up, because a pooler gives one server to many clients.
pub(crate) fn set_up(options: &mut ConnectOptions, limit: Option<Duration>, behind_pooler: bool) {
    if !behind_pooler {
        let mut set = POSTGRES_SETTINGS.to_owned();
        if let Some(limit) = limit {
            // The limit is not an option of the connection, because poolers in front of a database refuse such options.
            set = format!("{set}; SET statement_timeout = {}", limit.as_millis());
        }
        options.map_sqlx_postgres_pool_opts(move |pool| {
            let set = set.clone();
            pool.after_connect(move |connection, _| {
                let set = AssertSqlSafe(set.clone());
                Box::pin(async move { connection.execute(sqlx::raw_sql(set)).await.map(|_| ()) })
            })
        });
    }
    options.map_sqlx_mysql_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| {
            Box::pin(async move { set_up_mysql(connection, limit).await.map(|_| ()) })
        })
    });
}

/// Whether the server is MariaDB. An error says what must be changed before the program can use the server.
pub(crate) async fn is_mariadb(options: &MySqlConnectOptions) -> Result<bool, sqlx::Error> {
    let mut connection = options.connect().await?;
    let is_mariadb = set_up_mysql(&mut connection, None).await?;
    connection.close().await?;
    Ok(is_mariadb)
}

/// Sets the variables on which the scripts rely and verifies them. The result says whether the server is MariaDB.
async fn set_up_mysql(
    connection: &mut MySqlConnection,
    limit: Option<Duration>,
) -> Result<bool, sqlx::Error> {
    let limit = limit.map_or_else(String::new, |limit| {
        // MySQL has no such limit for writing statements, and ignores this comment.
        let (seconds, milliseconds) = (limit.as_secs(), limit.subsec_millis());
        format!(" /*M! , SESSION max_statement_time = {seconds}.{milliseconds:03} */")
    });
    let set =
        format!("SET NAMES {CHARACTER_SET} COLLATE {COLLATION}; SET SESSION sql_mode = '{SQL_MODE}'{limit}");
    connection.execute(sqlx::raw_sql(AssertSqlSafe(set))).await?;
    let is_cluster = "SHOW SESSION VARIABLES LIKE 'wsrep_sync_wait'";
    if connection.fetch_optional(is_cluster).await?.is_some() {
        // Before a node answers a read, it applies the commits of other
        // nodes, so a changed setting has an effect on all nodes.
        connection.execute("SET SESSION wsrep_sync_wait = 1").await?;
    }
    verify_mysql(connection).await?;
    let version = connection.fetch_one("SELECT VERSION()").await?;
    let version: String = version.try_get_unchecked(0)?;
    Ok(version.contains("MariaDB"))
}

async fn verify_mysql(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
    let wanted = [
        ("character_set_client", CHARACTER_SET),
        ("character_set_connection", CHARACTER_SET),
        ("character_set_results", CHARACTER_SET),
        ("collation_connection", COLLATION),
        ("sql_mode", SQL_MODE),
        ("wsrep_sync_wait", "1"),
    ];
    let names: Vec<_> = wanted.iter().map(|(name, _)| format!("'{name}'")).collect();
    let show = format!(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ({})",
        names.join(", ")
    );
    let rows = connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(show))).await?;
    for row in rows {
        let (name, value): (String, String) = (row.try_get_unchecked(0)?, row.try_get_unchecked(1)?);
        let expected = wanted.iter().find(|(wanted, _)| *wanted == name);
        if let Some((_, expected)) = expected
            && *expected != value
        {
            let problem = format!(
                "the session's {name} is `{value}` although it was set to `{expected}`: let the server, or the \
                 proxy in front of it, accept `SET SESSION {name}`"
            );
            return Err(sqlx::Error::Configuration(problem.into()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use sea_orm::DatabaseBackend;

    use super::*;
    use crate::explain::database::{DatabaseKind, FreshDatabase};
    use crate::sql::script::Script;
    use crate::{ConnectOptions, Database, DatabaseError};

    /// A statement that takes seconds of work without a table.
    const COUNTING: &str = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 200000000) \
                            SELECT MAX(n) FROM t";

    fn slow_statement(backend: DatabaseBackend) -> String {
        match backend {
            DatabaseBackend::Postgres => "SELECT pg_sleep(60)".into(),
            // On MySQL and MariaDB, functions that only wait end at the limit without an error.
            DatabaseBackend::MySql => {
                let table = "information_schema.columns";
                format!("SELECT COUNT(*) FROM {table} a, {table} b, {table} c")
            }
            _ => COUNTING.into(),
        }
    }

    async fn is_usable(database: &Database) -> Result<bool, DatabaseError> {
        let mut script = Script::read(database);
        // The number is so large that it has 64 bits on every database.
        let number = script.rows_of_text::<(i64,)>("SELECT 70000000000");
        Ok(script.fetch().await?.first(number)? == Some((70_000_000_000,)))
    }

    #[tokio::test]
    async fn a_slow_statement_is_ended_and_the_connection_goes_on() -> anyhow::Result<()> {
        for kind in DatabaseKind::available() {
            let fresh = FreshDatabase::create(kind).await?;
            let options = ConnectOptions {
                max_connections: 1,
                statement_timeout: Some(Duration::from_secs(1)),
                ..ConnectOptions::new(&fresh.url)
            };
            let database = Database::connect(&options).await?;
            let began = Instant::now();
            let mut read = Script::read(&database);
            read.rows_of_text::<(i64,)>(&slow_statement(database.backend()));
            assert!(read.fetch().await.is_err(), "{kind}");
            assert!(is_usable(&database).await?, "{kind}");
            let mut write = Script::write(&database);
            write.rows_of_text::<(i64,)>(&slow_statement(database.backend()));
            assert!(write.commit().await.is_err(), "{kind}");
            assert!(is_usable(&database).await?, "{kind}");
            assert!(began.elapsed() < Duration::from_secs(30), "{kind}");

            // The limit begins anew with each use of a connection.
            for _ in 0..4 {
                tokio::time::sleep(Duration::from_millis(400)).await;
                assert!(is_usable(&database).await?, "{kind}");
            }
            database.close().await;
            fresh.remove().await?;
        }
        Ok(())
    }
}
