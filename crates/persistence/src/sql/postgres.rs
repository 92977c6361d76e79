//! Sends a script to PostgreSQL as one prepared statement with bound values.
//!
//! Reads become the parts of a `UNION ALL` of records, and writes become common table expressions of the same
//! statement. So a script is one round trip and one transaction without `BEGIN`, and PostgreSQL keeps its plan.
//!
//! Each row of the answer is the number of a part and a record. An array of all records of a part would be one value,
//! for which PostgreSQL takes and returns so much memory each time that this takes longer than the reads.

use std::fmt::Write;

use sea_orm::sea_query::Value;
use sea_orm::sqlx::postgres::{PgConnection, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Row};

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::answers::Answers;
use crate::sql::bound::arguments;
use crate::sql::leased::Leased;
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
    /// The number of statements whose outcome the caller needs.
    outputs: usize,
}

impl Script {
    pub(crate) fn new(order: Order, statements: Vec<Statement>, keeps_plan: bool) -> Self {
        let parts = match order {
            Order::Reads | Order::Together => vec![Part::of(statements)],
            Order::InSequence => statements.into_iter().map(|it| Part::of(vec![it])).collect(),
        };
        Self { parts, keeps_plan }
    }

    /// The statements that are sent, each with the number of its values.
    #[cfg(test)]
    pub(crate) fn statements(self) -> Vec<(String, usize)> {
        let statement = |part: Part| (part.text, part.values.len());
        self.parts.into_iter().map(statement).collect()
    }

    pub(crate) async fn run(&self, database: &Database) -> Result<Answers, DatabaseError> {
        database
            .reachability
            .watch(Box::pin(self.run_on_connection(database)))
            .await
    }

    async fn run_on_connection(&self, database: &Database) -> Result<Answers, DatabaseError> {
        let mut connection = Leased::from(database.db.get_postgres_connection_pool()).await?;
        let mut answers = Vec::new();
        if let [part] = self.parts.as_slice()
            && !database.behind_pooler
        {
            part.run(&mut connection, database, self.keeps_plan, &mut answers)
                .await?;
            return Ok(Answers::Postgres(answers));
        }
        // In transaction mode, a pooler keeps one server for this connection only from `BEGIN` to `COMMIT`. The
        // transaction is rolled back when it is dropped, so a canceled request leaves no transaction open.
        let mut transaction = connection.begin().await?;
        database.count_round_trip();
        for part in &self.parts {
            let keeps_plan = self.keeps_plan && !database.behind_pooler;
            part.run(&mut transaction, database, keeps_plan, &mut answers)
                .await?;
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
        let mut answers = String::new();
        let mut outputs = 0;
        let mut values = Vec::new();
        for (statement, number) in statements.into_iter().zip(0..) {
            let Statement {
                text,
                values: bound,
                output,
            } = statement;
            values.extend(bound);
            let (expression, answer) = match output {
                Output::Rows => (None, Some(format!("({text})"))),
                Output::Nothing => (Some(text), None),
                Output::Touched => (
                    Some(format!("{text} RETURNING 1")),
                    Some(format!("(SELECT COUNT(*) FROM w{number})")),
                ),
                Output::Returned => (Some(text), Some(format!("w{number}"))),
            };
            // Writing to a `String` cannot fail.
            if let Some(expression) = expression {
                let joint = if expressions.is_empty() { "WITH" } else { "," };
                let _ = write!(expressions, "{joint} w{number} AS ({expression}) ");
            }
            if let Some(answer) = answer {
                let joint = if outputs == 0 { "" } else { " UNION ALL " };
                let _ = write!(answers, "{joint}SELECT {outputs}, r FROM {answer} r");
                outputs += 1;
            }
        }
        if outputs == 0 {
            answers.push_str("SELECT 0 WHERE FALSE");
        }
        Self {
            text: expressions + &answers,
            values,
            outputs,
        }
    }

    /// Adds the rows of each output to `answers`.
    async fn run(
        &self,
        connection: &mut PgConnection,
        database: &Database,
        keeps_plan: bool,
        answers: &mut Vec<Vec<PgRow>>,
    ) -> Result<(), DatabaseError> {
        database.count_round_trip();
        let first = answers.len();
        answers.resize_with(first + self.outputs, Vec::new);
        let bound = arguments(&self.values)?;
        let query = sqlx::query_with(AssertSqlSafe(self.text.clone()), bound).persistent(keeps_plan);
        for row in query.fetch_all(connection).await? {
            let output: i32 = row.try_get(0)?;
            let rows = usize::try_from(output)
                .ok()
                .and_then(|it| answers.get_mut(first + it));
            rows.ok_or_else(|| DatabaseError::Corrupt(format!("there is no output {output}")))?
                .push(row);
        }
        Ok(())
    }
}
