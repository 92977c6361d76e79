//! Sends a script to PostgreSQL as one prepared statement with bound values.
//!
//! Reads become `SELECT ARRAY(...), ARRAY(...)`, and writes become common table expressions of one statement. So a
//! script is one round trip and one transaction without `BEGIN`, and PostgreSQL keeps its plan.

use std::fmt::Write;

use sea_orm::sea_query::Value;
use sea_orm::sqlx::postgres::{PgConnection, PgRow, Postgres};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::answers::Answers;
use crate::sql::bound::arguments;
use crate::sql::script::{Order, Output, Statement};

/// A script whose text is complete.
pub(crate) struct Script {
    /// One part, or one part for each statement of a script in sequence.
    parts: Vec<Part>,
    keeps_plan: bool,
}

struct Part {
    text: String,
    values: Vec<Value>,
    answers: bool,
}

impl Script {
    pub(crate) fn new(order: Order, statements: Vec<Statement>, keeps_plan: bool) -> Self {
        let parts = match order {
            Order::Reads | Order::Together => vec![Part::of(statements)],
            Order::InSequence => statements.into_iter().map(|it| Part::of(vec![it])).collect(),
        };
        Self { parts, keeps_plan }
    }

    pub(crate) async fn run(&self, database: &Database) -> Result<Answers, DatabaseError> {
        let mut connection = database.db.get_postgres_connection_pool().acquire().await?;
        if let [part] = self.parts.as_slice()
            && !database.behind_pooler
        {
            return Ok(Answers::Postgres(vec![
                part.run(&mut connection, database, self.keeps_plan).await?,
            ]));
        }
        // In transaction mode, a pooler keeps one server for this connection only from `BEGIN` to `COMMIT`. The
        // transaction is rolled back when it is dropped, so a canceled request leaves no transaction open.
        let mut transaction = connection.begin().await?;
        database.count_round_trip();
        let mut answers = Vec::new();
        for part in &self.parts {
            let keeps_plan = self.keeps_plan && !database.behind_pooler;
            let row = part.run(&mut transaction, database, keeps_plan).await?;
            if part.answers {
                answers.push(row);
            }
        }
        database.count_round_trip();
        transaction.commit().await?;
        Ok(Answers::Postgres(answers))
    }
}

impl Part {
    /// The text that runs `statements` as one statement, and the values of all of them.
    fn of(statements: Vec<Statement>) -> Self {
        let mut expressions = String::new();
        let mut columns = Vec::new();
        let mut values = Vec::new();
        for (statement, number) in statements.into_iter().zip(0..) {
            let Statement {
                text,
                values: bound,
                output,
            } = statement;
            values.extend(bound);
            let returning = match output {
                Output::Rows => {
                    columns.push(format!("ARRAY(SELECT r FROM ({text}) r)"));
                    continue;
                }
                Output::Nothing => "",
                Output::Touched => {
                    columns.push(format!("(SELECT COUNT(*) FROM w{number})"));
                    " RETURNING 1"
                }
                Output::Returned => {
                    columns.push(format!("ARRAY(SELECT r FROM w{number} r)"));
                    ""
                }
            };
            let joint = if expressions.is_empty() { "WITH" } else { "," };
            // Writing to a `String` cannot fail.
            let _ = write!(expressions, "{joint} w{number} AS ({text}{returning}) ");
        }
        let answers = !columns.is_empty();
        if !answers {
            columns.push("0".into());
        }
        Self {
            text: format!("{expressions}SELECT {}", columns.join(", ")),
            values,
            answers,
        }
    }

    async fn run(
        &self,
        connection: &mut PgConnection,
        database: &Database,
        keeps_plan: bool,
    ) -> Result<PgRow, DatabaseError> {
        database.count_round_trip();
        let bound = arguments::<Postgres>(&self.values)?;
        let query = sqlx::query_with(AssertSqlSafe(self.text.clone()), bound).persistent(keeps_plan);
        Ok(query.fetch_one(connection).await?)
    }
}
