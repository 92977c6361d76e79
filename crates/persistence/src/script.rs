//! Several statements in one round trip, on every database: what decides speed is trips, not disk.
//!
//! Values are written into the text by `sea-query`, which quotes for each database; nothing is pasted by hand.

use std::time::Duration;

use futures_util::TryStreamExt;
use sea_orm::sea_query::{
    MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, SqliteQueryBuilder, Value,
    Values, inject_parameters,
};
use sea_orm::sqlx::{self, AssertSqlSafe, Database, Either, Executor, Pool};
use sea_orm::{DatabaseBackend, EntityTrait, FromQueryResult, QueryResult, QueryTrait, Select};

use crate::error::StoreError;
use crate::store::Store;

const ATTEMPTS: u32 = 6;
/// In place of NUL, which PostgreSQL and SQLite keep in no text: a text that holds one finds nothing.
const NUL: &str = "\u{fffd}";

/// The rows of each statement, in order, and how many rows it touched.
pub(crate) struct Answers(std::vec::IntoIter<(Vec<QueryResult>, u64)>);

/// Statements that travel together: read as they are, or applied as one transaction.
pub(crate) struct Script<'a> {
    store: &'a Store,
    statements: Vec<String>,
    writes: bool,
    /// A text that should be kept holds a NUL: nothing is written.
    keeps_nul: bool,
}

impl<'a> Script<'a> {
    pub(crate) fn read(store: &'a Store) -> Self {
        Self {
            store,
            statements: Vec::new(),
            writes: false,
            keeps_nul: false,
        }
    }

    pub(crate) fn write(store: &'a Store) -> Self {
        Self {
            writes: true,
            ..Self::read(store)
        }
    }

    pub(crate) fn select<E: EntityTrait>(&mut self, select: Select<E>) {
        self.add(&select.into_query());
    }

    pub(crate) fn add(&mut self, statement: &impl QueryStatementWriter) {
        let (text, clean) = match self.store.backend() {
            DatabaseBackend::Postgres => {
                let text = statement.to_string(PostgresQueryBuilder);
                // So begin other control characters too.
                let may_hold = text.contains("\\0");
                let clean = may_hold.then(|| without_nul(statement, &PostgresQueryBuilder));
                (text, clean.flatten())
            }
            DatabaseBackend::MySql => (with_control_z(statement.to_string(MysqlQueryBuilder)), None),
            _ => {
                let text = statement.to_string(SqliteQueryBuilder);
                let may_hold = text.contains('\0');
                let clean = may_hold.then(|| without_nul(statement, &SqliteQueryBuilder));
                (text, clean.flatten())
            }
        };
        self.keeps_nul |= self.writes && clean.is_some();
        self.statements.push(clean.unwrap_or(text));
    }

    /// Text made by this program from numbers and names of its own.
    pub(crate) fn add_text(&mut self, statement: String) {
        self.statements.push(statement);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// The statements as they would be sent, for `EXPLAIN`.
    #[cfg(test)]
    pub(crate) fn statements(&self) -> &[String] {
        &self.statements
    }

    /// Reads; tries again while the database asks for it.
    pub(crate) async fn fetch(self) -> Result<Answers, StoreError> {
        let text = self.statements.join(";\n");
        let mut attempt = 0;
        loop {
            match run(self.store, &text).await {
                Err(StoreError::Retry(_)) if attempt + 1 < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
            pause(attempt).await;
        }
    }

    /// Reads everything as of one moment: nobody decides on half of somebody's change.
    pub(crate) async fn fetch_at_once(self) -> Result<Answers, StoreError> {
        let begin = match self.store.backend() {
            DatabaseBackend::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            DatabaseBackend::MySql => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            _ => "BEGIN",
        };
        self.transaction(begin).await
    }

    /// Writes all or nothing, in one round trip; tries the whole transaction again while the database asks for it.
    ///
    /// Give it only what may be sent twice: a commit whose answer was lost is sent again.
    pub(crate) async fn commit(self) -> Result<Answers, StoreError> {
        let begin = match self.store.backend() {
            DatabaseBackend::Sqlite => "BEGIN IMMEDIATE",
            _ => "BEGIN",
        };
        self.transaction(begin).await
    }

    async fn transaction(self, begin: &str) -> Result<Answers, StoreError> {
        if self.keeps_nul {
            return Err(StoreError::Database("a text holds a NUL".into()));
        }
        let text = format!("{begin};\n{};\nCOMMIT", self.statements.join(";\n"));
        let store = self.store.clone();
        // A task of its own: a caller that goes away half-way must not leave a transaction open.
        let running = tokio::spawn(async move {
            let mut attempt = 0;
            loop {
                match run(&store, &text).await {
                    Err(StoreError::Retry(_)) if attempt + 1 < ATTEMPTS => attempt += 1,
                    outcome => return outcome,
                }
                pause(attempt).await;
            }
        });
        let mut answers = running
            .await
            .map_err(|problem| StoreError::Database(problem.to_string()))??;
        answers.0.next();
        Ok(answers)
    }
}

async fn run(store: &Store, text: &str) -> Result<Answers, StoreError> {
    store.count_round_trip();
    match store.backend() {
        DatabaseBackend::Postgres => run_on(store.db.get_postgres_connection_pool(), text).await,
        DatabaseBackend::MySql => run_on(store.db.get_mysql_connection_pool(), text).await,
        _ => run_on(store.db.get_sqlite_connection_pool(), text).await,
    }
}

impl Answers {
    /// The rows of the next statement as models.
    pub(crate) fn models<M: FromQueryResult>(&mut self) -> Result<Vec<M>, StoreError> {
        let rows = self.0.next().map(|(rows, _)| rows).unwrap_or_default();
        rows.iter()
            .map(|row| M::from_query_result(row, "").map_err(StoreError::from))
            .collect()
    }

    /// The first row of the next statement as a model.
    pub(crate) fn model<M: FromQueryResult>(&mut self) -> Result<Option<M>, StoreError> {
        Ok(self.models()?.into_iter().next())
    }

    /// The first column of the first row of the next statement.
    pub(crate) fn number(&mut self) -> Result<Option<i64>, StoreError> {
        let rows = self.0.next().map(|(rows, _)| rows).unwrap_or_default();
        rows.first().map_or(Ok(None), |row| {
            row.try_get_by_index::<Option<i64>>(0).map_err(StoreError::from)
        })
    }

    /// How many rows the next statement touched.
    pub(crate) fn touched(&mut self) -> u64 {
        self.0.next().map_or(0, |(_, touched)| touched)
    }
}

/// Sends `text` on one connection; after an error that connection is rolled back, or thrown away.
async fn run_on<DB>(pool: &Pool<DB>, text: &str) -> Result<Answers, StoreError>
where
    DB: Database,
    DB::Row: Into<QueryResult>,
    DB::QueryResult: Touched,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let mut connection = pool.acquire().await?;
    let mut answers = Vec::new();
    let mut rows: Vec<QueryResult> = Vec::new();
    let outcome = {
        let mut stream = sqlx::raw_sql(AssertSqlSafe(text.to_owned())).fetch_many(&mut *connection);
        loop {
            match stream.try_next().await {
                Ok(Some(Either::Right(row))) => rows.push(row.into()),
                Ok(Some(Either::Left(done))) => answers.push((std::mem::take(&mut rows), done.touched())),
                Ok(None) => break Ok(()),
                Err(problem) => break Err(problem),
            }
        }
    };
    if let Err(problem) = outcome {
        let is_transaction = text.starts_with("BEGIN") || text.starts_with("START TRANSACTION");
        if sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.is_err() && is_transaction {
            connection.close_on_drop();
        }
        return Err(problem.into());
    }
    Ok(Answers(answers.into_iter()))
}

/// The statement with [`NUL`] in place of every NUL; none when no text holds one.
fn without_nul(statement: &impl QueryStatementWriter, builder: &impl QueryBuilder) -> Option<String> {
    let (text, Values(mut values)) = statement.build_any(builder);
    let mut has_nul = false;
    for value in &mut values {
        if let Value::String(Some(held)) = value
            && held.contains('\0')
        {
            has_nul = true;
            *held = held.replace('\0', NUL);
        }
    }
    has_nul.then(|| inject_parameters(&text, &values, builder))
}

/// `sea-query` writes control-Z as `\z`, which MySQL takes for the letter.
fn with_control_z(text: String) -> String {
    if !text.contains("\\z") {
        return text;
    }
    let mut fixed = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        fixed.push(character);
        if character == '\\' {
            let escaped = characters.next();
            fixed.extend(if escaped == Some('z') { Some('Z') } else { escaped });
        }
    }
    fixed
}

/// Rows touched by a statement, which each driver spells alike but no trait names.
pub(crate) trait Touched {
    fn touched(&self) -> u64;
}

impl Touched for sqlx::postgres::PgQueryResult {
    fn touched(&self) -> u64 {
        self.rows_affected()
    }
}

impl Touched for sqlx::mysql::MySqlQueryResult {
    fn touched(&self) -> u64 {
        self.rows_affected()
    }
}

impl Touched for sqlx::sqlite::SqliteQueryResult {
    fn touched(&self) -> u64 {
        self.rows_affected()
    }
}

/// Waits a little longer after each attempt, not quite regularly.
async fn pause(attempt: u32) {
    let jitter = uuid::Uuid::now_v7().as_u128() % 7;
    let jitter = u64::try_from(jitter).unwrap_or(0);
    tokio::time::sleep(Duration::from_millis(5 * 2_u64.pow(attempt) + jitter)).await;
}
