//! The answers of a script's statements. The handles that the script returned give access to them.

use sea_orm::sqlx::Row;
use sea_orm::sqlx::mysql::MySqlRow;
use sea_orm::sqlx::postgres::PgRow;
use serde::de::DeserializeOwned;

use crate::error::DatabaseError;
use crate::sql::columns::{Unreadable, model};
use crate::sql::record::Record;
use crate::sql::script::{Rows, Touched};
use crate::sql::sqlite;

/// The answers of one script.
#[derive(Debug)]
pub(crate) enum Answers {
    /// For each answer, its rows: the number of the answer and a record.
    Postgres(Vec<Vec<PgRow>>),
    /// For each answer, its rows or a number of rows.
    Sqlite(Vec<Answer<sqlite::Row>>),
    /// For each answer, its rows. A number is a row as well.
    MySql(Vec<Vec<MySqlRow>>),
}

/// The answer of one statement.
#[derive(Debug)]
pub(crate) enum Answer<R> {
    Rows(Vec<R>),
    Touched(u64),
}

impl Answers {
    /// The rows of the answer that `asked` names.
    pub(crate) fn take<M: DeserializeOwned>(&self, asked: Rows<M>) -> Result<Vec<M>, DatabaseError> {
        let at = asked.0;
        match self {
            Self::Postgres(rows) => {
                let rows = rows.get(at).ok_or_else(|| unanswered(at))?;
                rows.iter().map(record_model).collect()
            }
            Self::Sqlite(answers) => match answers.get(at) {
                Some(Answer::Rows(rows)) => rows.iter().map(model).collect(),
                Some(Answer::Touched(_)) | None => Err(unanswered(at)),
            },
            Self::MySql(answers) => {
                let rows = answers.get(at).ok_or_else(|| unanswered(at))?;
                rows.iter().map(model).collect()
            }
        }
    }

    /// The first row of the answer that `asked` names.
    pub(crate) fn first<M: DeserializeOwned>(&self, asked: Rows<M>) -> Result<Option<M>, DatabaseError> {
        Ok(self.take(asked)?.into_iter().next())
    }

    /// The number of rows that the statement of `asked` changed.
    pub(crate) fn touched(&self, asked: Touched) -> Result<u64, DatabaseError> {
        let Touched(at) = asked;
        let number: i64 = match self {
            Self::Postgres(_) => {
                let counted: Option<(i64,)> = self.first(Rows::new(at))?;
                counted.ok_or_else(|| unanswered(at))?.0
            }
            Self::Sqlite(answers) => match answers.get(at) {
                Some(Answer::Touched(number)) => return Ok(*number),
                Some(Answer::Rows(_)) | None => return Err(unanswered(at)),
            },
            Self::MySql(answers) => {
                let row = answers.get(at).and_then(|rows| rows.first());
                row.ok_or_else(|| unanswered(at))?.try_get_unchecked(0)?
            }
        };
        Ok(u64::try_from(number).unwrap_or(0))
    }
}

/// The model of the record in a row of PostgreSQL.
fn record_model<M: DeserializeOwned>(row: &PgRow) -> Result<M, DatabaseError> {
    let value = row.try_get_raw(1)?;
    let bytes = value.as_bytes().map_err(|problem| corrupt(&problem))?;
    let record = Record::read(bytes).map_err(|Unreadable(problem)| DatabaseError::Corrupt(problem))?;
    model(&record)
}

fn unanswered(at: usize) -> DatabaseError {
    DatabaseError::Corrupt(format!("the database did not answer statement {at}"))
}

fn corrupt(problem: &impl ToString) -> DatabaseError {
    DatabaseError::Corrupt(problem.to_string())
}
