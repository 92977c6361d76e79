//! Sends a script to MySQL and MariaDB as one text, in which no value can be read as syntax.
//!
//! These databases take only one statement with bound values in a round trip: with bound values, canceling an order
//! took 24 round trips instead of three. So the text contains the values in hexadecimal digits ([`crate::sql::bound`]),
//! and [`crate::sql::session`] verifies the other settings on which the text relies.
//!
//! On MariaDB, a transaction is one compound statement. A Galera cluster may abort a transaction at any of its
//! statements. If the statements were separate, the server would still execute those after the aborted one.

use std::fmt::Write;

use futures_util::TryStreamExt;
use sea_orm::sqlx::mysql::{MySqlConnection, MySqlRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Either, Executor};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::answers::Answers;
use crate::sql::leased::Leased;
use crate::sql::script::{Order, Output, Statement};

/// A script whose text is complete.
pub(crate) struct Script {
    text: String,
    /// The positions of the answers among all outcomes of the text.
    answers: Vec<usize>,
}

impl Script {
    pub(crate) fn new(database: &Database, order: Order, statements: &[Statement]) -> Self {
        let begin = match order {
            Order::Reads => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
            Order::Together | Order::InSequence => "START TRANSACTION",
        };
        let mut body = String::new();
        // A compound statement reports only its selects. Separate
        // statements report one outcome each, even `START TRANSACTION`.
        let (mut answers, mut outcomes) = (Vec::new(), usize::from(!database.is_mariadb));
        for statement in statements {
            // Writing to a `String` cannot fail.
            let _ = writeln!(body, "{};", statement.text);
            match statement.output {
                Output::Nothing => outcomes += usize::from(!database.is_mariadb),
                Output::Rows | Output::Returned => {
                    answers.push(outcomes);
                    outcomes += 1;
                }
                Output::Touched => {
                    body.push_str("SELECT ROW_COUNT();\n");
                    outcomes += usize::from(!database.is_mariadb);
                    answers.push(outcomes);
                    outcomes += 1;
                }
            }
        }
        let text = if database.is_mariadb {
            format!("BEGIN NOT ATOMIC {begin};\n{body}COMMIT; END")
        } else {
            format!("{begin};\n{body}COMMIT")
        };
        Self { text, answers }
    }

    pub(crate) async fn run(&self, database: &Database) -> Result<Answers, DatabaseError> {
        database
            .reachability
            .watch(Box::pin(self.run_on_connection(database)))
            .await
    }

    async fn run_on_connection(&self, database: &Database) -> Result<Answers, DatabaseError> {
        let mut connection = Leased::from(database.db.get_mysql_connection_pool()).await?;
        database.count_round_trip();
        match outcomes(&mut connection, self.text.clone()).await {
            Ok(mut outcomes) => {
                let answer = |at: &usize| outcomes.get_mut(*at).map(std::mem::take).unwrap_or_default();
                Ok(Answers::MySql(self.answers.iter().map(answer).collect()))
            }
            // A node of a cluster that ends a transaction within its answer sends what the driver cannot read. What the
            // transaction did is not known then, and the connection is of no more use.
            Err(sqlx::Error::Protocol(problem)) => {
                connection.close_on_drop();
                Err(DatabaseError::Retry(problem))
            }
            Err(problem) => {
                if connection.execute("ROLLBACK").await.is_err() {
                    connection.close_on_drop();
                }
                Err(problem.into())
            }
        }
    }
}

/// The rows of each outcome. A statement that only writes has no rows.
async fn outcomes(connection: &mut MySqlConnection, text: String) -> Result<Vec<Vec<MySqlRow>>, sqlx::Error> {
    let mut outcomes = Vec::new();
    let mut rows: Vec<MySqlRow> = Vec::new();
    let mut stream = sqlx::raw_sql(AssertSqlSafe(text)).fetch_many(connection);
    while let Some(part) = stream.try_next().await? {
        match part {
            Either::Right(row) => rows.push(row),
            Either::Left(_) => outcomes.push(std::mem::take(&mut rows)),
        }
    }
    Ok(outcomes)
}
