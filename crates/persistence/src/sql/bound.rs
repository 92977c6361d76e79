//! Builds the text of a statement and keeps its values separate until the database puts them together.

use std::fmt::{self, Write};

use sea_orm::DatabaseBackend;
use sea_orm::sea_query::{
    ArrayType, MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, QueryStatementWriter, SqlWriter,
    SqliteQueryBuilder, Value,
};
use sea_orm::sqlx::Arguments;
use sea_orm::sqlx::error::BoxDynError;
use sea_orm::sqlx::postgres::PgArguments;

use crate::error::DatabaseError;

/// A text under construction, with the values of its placeholders.
pub(crate) struct Bound {
    text: String,
    values: Vec<Value>,
    placeholders: Placeholders,
}

/// The form of a value in the text.
#[derive(Clone, Copy)]
enum Placeholders {
    /// A number such as `$1` or `$2`. `before` values precede the first one.
    Numbered { before: usize },
    /// A question mark.
    Plain,
    /// The value itself, spelled so that every configuration of a server reads it in the same way.
    Literals,
}

impl Bound {
    /// An empty text for `backend`, in a script that has `before` values already.
    pub(crate) fn new(backend: DatabaseBackend, before: usize) -> Self {
        Self {
            text: String::with_capacity(512),
            values: Vec::new(),
            placeholders: match backend {
                DatabaseBackend::Postgres => Placeholders::Numbered { before },
                DatabaseBackend::MySql => Placeholders::Literals,
                _ => Placeholders::Plain,
            },
        }
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds the name of a table or of a column between two marks.
    pub(crate) fn push_name(&mut self, name: &str, quote: char) {
        self.text.push(quote);
        self.text.push_str(name);
        self.text.push(quote);
    }

    pub(crate) fn push_statement(&mut self, backend: DatabaseBackend, statement: &impl QueryStatementWriter) {
        match backend {
            DatabaseBackend::Postgres => statement.build_collect_into(PostgresQueryBuilder, self),
            DatabaseBackend::MySql => statement.build_collect_into(MysqlQueryBuilder, self),
            _ => statement.build_collect_into(SqliteQueryBuilder, self),
        }
    }

    pub(crate) fn push_value(&mut self, value: Value) {
        match self.placeholders {
            Placeholders::Numbered { before } => {
                self.values.push(value);
                let number = before + self.values.len();
                // Writing to a `String` cannot fail.
                let _ = write!(self.text, "${number}");
            }
            Placeholders::Plain => {
                self.values.push(value);
                self.text.push('?');
            }
            Placeholders::Literals => push_literal(&mut self.text, &value),
        }
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Value>) {
        (self.text, self.values)
    }
}

impl Write for Bound {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl SqlWriter for Bound {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, _: &T) {
        self.push_value(value);
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

/// The values in the form that the driver of PostgreSQL accepts.
pub(crate) fn arguments(values: &[Value]) -> Result<PgArguments, DatabaseError> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), values.len() * 16);
    for value in values {
        let added = match value {
            Value::Bool(it) => arguments.add(*it),
            Value::Int(it) => arguments.add(*it),
            Value::BigInt(it) => arguments.add(*it),
            Value::BigUnsigned(it) => {
                // Only page sizes and offsets are unsigned, and no table has more rows than `i64` can count.
                let it = it.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
                arguments.add(it)
            }
            Value::String(it) => arguments.add(it.as_deref()),
            Value::Array(kind, Some(elements)) => add_array(&mut arguments, kind, elements),
            other => return Err(DatabaseError::Failed(format!("no column holds {other:?}"))),
        };
        added.map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
    }
    Ok(arguments)
}

/// Adds an array whose elements are all of one kind. An element of another kind is NULL.
fn add_array(arguments: &mut PgArguments, kind: &ArrayType, elements: &[Value]) -> Result<(), BoxDynError> {
    macro_rules! each {
        ($kind:ident) => {
            elements
                .iter()
                .map(|element| match element {
                    Value::$kind(it) => *it,
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
    }
    match kind {
        ArrayType::Bool => arguments.add(each!(Bool)),
        ArrayType::Int => arguments.add(each!(Int)),
        ArrayType::BigInt => arguments.add(each!(BigInt)),
        _ => {
            let texts = elements.iter().map(|element| match element {
                Value::String(it) => it.as_deref(),
                _ => None,
            });
            arguments.add(texts.collect::<Vec<_>>())
        }
    }
}

/// Writes a value into a text for MySQL and MariaDB, so that no part of the value can be read as syntax.
///
/// A text is written in hexadecimal digits with its character set, so neither
/// `sql_mode` nor the character set of the session changes its meaning.
fn push_literal(text: &mut String, value: &Value) {
    // Writing to a `String` cannot fail.
    let _ = match value {
        Value::Bool(Some(it)) => write!(text, "{}", u8::from(*it)),
        Value::Int(Some(it)) => write!(text, "{it}"),
        Value::BigInt(Some(it)) => write!(text, "{it}"),
        Value::BigUnsigned(Some(it)) => write!(text, "{it}"),
        Value::String(Some(it)) => push_hexadecimal(text, it),
        _ => write!(text, "NULL"),
    };
}

fn push_hexadecimal(text: &mut String, value: &str) -> fmt::Result {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    text.reserve(value.len() * 2 + 12);
    text.push_str("_utf8mb4 x'");
    for byte in value.bytes() {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text.write_char('\'')
}

#[cfg(test)]
impl Bound {
    /// The statement for MySQL or SQLite with its values in the text, for `EXPLAIN`.
    pub(crate) fn literal(backend: DatabaseBackend, statement: &crate::sql::script::Statement) -> String {
        if backend == DatabaseBackend::MySql {
            return statement.text.clone();
        }
        let mut parts = statement.text.split('?');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (part, value) in parts.zip(&statement.values) {
            let written = SqliteQueryBuilder.write_value(&mut text, value);
            written.expect("a `String` takes everything");
            text.push_str(part);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_for_mysql_is_digits_only() {
        let mut bound = Bound::new(DatabaseBackend::MySql, 0);
        bound.push_value("'\\é".into());
        bound.push_text(", ");
        bound.push_value("".into());
        assert_eq!(bound.to_string(), "_utf8mb4 x'275cc3a9', _utf8mb4 x''");
    }

    #[test]
    fn placeholders_of_postgres_go_on_counting() {
        let mut bound = Bound::new(DatabaseBackend::Postgres, 3);
        bound.push_value(1_i64.into());
        bound.push_value("x".into());
        let (text, values) = bound.into_parts();
        assert_eq!(text, "$4$5");
        assert_eq!(values.len(), 2);
    }
}
