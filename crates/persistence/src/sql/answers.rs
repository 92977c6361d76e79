//! The answers of a script's statements. The handles that the script returned give access to them.

use sea_orm::sqlx::Row;
use sea_orm::sqlx::mysql::MySqlRow;
use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::sqlite::SqliteRow;
use serde::de::DeserializeOwned;

use crate::error::DatabaseError;
use crate::sql::columns::{Unreadable, model};
use crate::sql::record::records;
use crate::sql::script::{Rows, Touched};

/// The answers of one script.
#[derive(Debug)]
pub(crate) enum Answers {
    /// One row whose columns are the answers. A script in sequence has one such row for each answer.
    Postgres(Vec<PgRow>),
    /// For each answer, its rows or a number of rows.
    Sqlite(Vec<Answer<SqliteRow>>),
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
                let (row, column) = place(rows, at)?;
                let array = row.try_get_raw(column)?;
                let array = array.as_bytes().map_err(|problem| corrupt(&problem))?;
                let records =
                    records(array).map_err(|Unreadable(problem)| DatabaseError::Corrupt(problem))?;
                records.iter().map(model).collect()
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
            Self::Postgres(rows) => {
                let (row, column) = place(rows, at)?;
                row.try_get(column)?
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

/// The position of an answer in the rows of PostgreSQL.
fn place(rows: &[PgRow], at: usize) -> Result<(&PgRow, usize), DatabaseError> {
    match rows {
        [row] if at < row.len() => Ok((row, at)),
        rows => rows.get(at).map(|row| (row, 0)).ok_or_else(|| unanswered(at)),
    }
}

fn unanswered(at: usize) -> DatabaseError {
    DatabaseError::Corrupt(format!("the database did not answer statement {at}"))
}

fn corrupt(problem: &impl ToString) -> DatabaseError {
    DatabaseError::Corrupt(problem.to_string())
}
