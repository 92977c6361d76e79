//! Databases with the schema of the program, which one test after another uses.
//!
//! A server takes more than a second to make the schema, and some milliseconds to remove what a test wrote. A database is
//! used by one test at a time, and by the tests of one process.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use countermand_persistence::{ConnectOptions, Database};
use sea_orm::{ConnectionTrait, Database as SeaDatabase, DatabaseConnection, Statement};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::database::{DatabaseKind, Scratch, drops_by_force, execute};

/// How the names of these databases begin; the number of the process follows.
const PREFIX: &str = "countermand_reused_";

/// The table in which the first rows of table `x` are kept is `first_rows_of_x`.
const FIRST_ROWS: &str = "first_rows_of_";

/// The databases that no test uses, by the URL of their server.
static FREE: Mutex<Option<HashMap<String, Vec<Scratch>>>> = Mutex::new(None);

/// The file of an SQLite database with the schema of the program.
static FILE: OnceCell<Vec<u8>> = OnceCell::const_new();

/// Set once the databases of processes that have ended are removed.
static LEFT_OVER: OnceCell<()> = OnceCell::const_new();

/// A database with the schema of the program and the first rows of a shop; none when this kind is not tested.
///
/// # Panics
/// When the server cannot be reached.
pub(crate) async fn take(kind: DatabaseKind) -> Option<Scratch> {
    let server = kind.server()?;
    if kind == DatabaseKind::Sqlite {
        let scratch = kind.scratch().await?;
        let file = FILE.get_or_init(migrated_file).await;
        std::fs::write(path_of(&scratch), file).expect("a written database");
        return Some(scratch);
    }
    if !serves_many_tests() {
        return kind.scratch().await;
    }
    if let Some(free) = free(&server) {
        return Some(free);
    }
    LEFT_OVER.get_or_init(remove_left_over).await;
    let scratch = Scratch::named(&server, new_name()).await;
    migrate(&scratch).await;
    keep_first_rows(&scratch).await;
    Some(scratch)
}

/// Removes what a test wrote, and keeps the database for the next one. Call it when the connections of the test are
/// closed. A database to which something is still connected is removed.
///
/// # Panics
/// When the server cannot be reached.
pub(crate) async fn give_back(scratch: Scratch) {
    let Some((server, name)) = scratch.on_server() else {
        return scratch.remove().await;
    };
    let server = server.to_owned();
    if !name.starts_with(PREFIX) || !clear(&scratch.url).await {
        return scratch.remove().await;
    }
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let free = free.get_or_insert_default();
    free.entry(server).or_default().push(scratch);
}

fn free(server: &str) -> Option<Scratch> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.as_mut()?.get_mut(server)?.pop()
}

/// Whether this process runs one test after another; nextest starts a process for each.
fn serves_many_tests() -> bool {
    std::env::var("NEXTEST_EXECUTION_MODE").is_err()
}

#[expect(
    clippy::disallowed_methods,
    reason = "no test repeats the name of its database"
)]
fn new_name() -> String {
    format!("{PREFIX}{}_{}", std::process::id(), Uuid::now_v7().simple())
}

fn path_of(scratch: &Scratch) -> &Path {
    Path::new(scratch.url.strip_prefix("sqlite:").expect("a file"))
}

async fn migrated_file() -> Vec<u8> {
    let scratch = DatabaseKind::Sqlite
        .scratch()
        .await
        .expect("SQLite is always there");
    migrate(&scratch).await;
    std::fs::read(path_of(&scratch)).expect("the file of a database")
}

async fn migrate(scratch: &Scratch) {
    let opened = Database::connect(&ConnectOptions::new(&scratch.url)).await;
    let opened = opened.expect("the test's database");
    opened.migrate().await.expect("migrated");
    opened.close().await;
}

async fn keep_first_rows(scratch: &Scratch) {
    let database = connect(&scratch.url).await;
    for table in tables(&database).await {
        let count = strings(&database, &format!("SELECT '1' AS it FROM {table} LIMIT 1")).await;
        if !count.is_empty() {
            let keep = format!("CREATE TABLE {FIRST_ROWS}{table} AS SELECT * FROM {table}");
            database.execute_unprepared(&keep).await.expect("kept rows");
        }
    }
    database.close().await.expect("closed");
}

/// Brings the first rows back. False if another connection to the database is open, so that more may be written.
async fn clear(url: &str) -> bool {
    let database = connect(url).await;
    let is_alone = strings(&database, other_connections(url)).await.is_empty();
    if is_alone {
        let unchecked = if url.starts_with("postgres") {
            "SET session_replication_role = replica"
        } else {
            "SET foreign_key_checks = 0"
        };
        let mut script = vec![unchecked.to_owned()];
        let tables = tables(&database).await;
        let (kept, own): (Vec<_>, Vec<_>) = tables.into_iter().partition(|it| it.starts_with(FIRST_ROWS));
        script.extend(own.iter().map(|table| format!("DELETE FROM {table}")));
        script.extend(kept.iter().map(|table| {
            let own = table.trim_start_matches(FIRST_ROWS);
            format!("INSERT INTO {own} SELECT * FROM {table}")
        }));
        let script = format!("BEGIN; {}; COMMIT", script.join("; "));
        database
            .execute_unprepared(&script)
            .await
            .expect("a cleared database");
    }
    database.close().await.expect("closed");
    is_alone
}

/// Removes the databases of processes that have ended.
async fn remove_left_over() {
    for kind in [DatabaseKind::Postgres, DatabaseKind::MariaDb] {
        let Some(server) = kind.server() else { continue };
        let database = connect(&server).await;
        let all = if kind == DatabaseKind::Postgres {
            "SELECT datname AS it FROM pg_database"
        } else {
            "SELECT schema_name AS it FROM information_schema.schemata"
        };
        let names = strings(&database, all).await;
        database.close().await.expect("closed");
        let ended = names.iter().filter(|name| {
            let process = name.strip_prefix(PREFIX).and_then(|it| it.split('_').next());
            process.is_some_and(|process| !Path::new("/proc").join(process).exists())
        });
        // A program of such a process may still be connected.
        let force = drops_by_force(&server);
        for name in ended {
            execute(&server, &format!("DROP DATABASE IF EXISTS {name}{force}")).await;
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    SeaDatabase::connect(options).await.expect("the test's database")
}

/// The tables of the program.
async fn tables(database: &DatabaseConnection) -> Vec<String> {
    let here = match database.get_database_backend() {
        sea_orm::DatabaseBackend::Postgres => "current_schema()",
        _ => "database()",
    };
    let query = format!(
        "SELECT table_name AS it FROM information_schema.tables WHERE table_schema = {here} AND table_name <> 'seaql_migrations'"
    );
    strings(database, &query).await
}

fn other_connections(url: &str) -> &'static str {
    if url.starts_with("postgres") {
        "SELECT 'one' AS it FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
         AND backend_type = 'client backend'"
    } else {
        "SELECT 'one' AS it FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
    }
}

/// The column `it` of each row.
async fn strings(database: &DatabaseConnection, query: &str) -> Vec<String> {
    let statement = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(statement).await.expect("rows");
    rows.iter()
        .map(|row| row.try_get("", "it").expect("a text"))
        .collect()
}
