//! Writes the rows of an entity: inserts them, updates them, or inserts new rows and updates existing ones.
//!
//! PostgreSQL gets the rows of a table as one array for each column, so that the
//! text and the kept plan of a statement do not depend on the number of rows.

use sea_orm::sea_query::{ArrayType, Expr, ExprTrait, Iden, OnConflict, Query, Value};
use sea_orm::{DatabaseBackend, EntityName, EntityTrait, IntoActiveModel, Iterable, ModelTrait, QueryTrait};

use crate::error::DatabaseError;
use crate::sql::bound::Bound;
use crate::sql::script::Script;

/// The largest number of rows in one statement on SQLite, where a statement takes at most 32,766 values.
const MOST_ROWS: usize = 256;

type ColumnOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;
type ActiveModelOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// For rows that exist already: the columns of their key, and the columns to set.
type Otherwise<'a, M> = Option<(&'a [ColumnOf<M>], &'a [ColumnOf<M>])>;

/// A model that is written as a row.
pub(crate) trait RowModel:
    ModelTrait + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
{
}

impl<M> RowModel for M where M: ModelTrait + IntoActiveModel<ActiveModelOf<M>> {}

/// Adds an insert of `rows`, unless there are none.
pub(crate) fn insert<M: RowModel>(script: &mut Script<'_>, rows: impl IntoIterator<Item = M>) {
    insert_or(script, rows, None);
}

/// Adds an insert of `rows`. If a row's `key` exists, the statement sets the columns `set` of the existing row instead.
pub(crate) fn upsert<M: RowModel>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    key: &[ColumnOf<M>],
    set: &[ColumnOf<M>],
) {
    insert_or(script, rows, Some((key, set)));
}

/// Adds an update of the columns `set` in the rows whose `key` is the key of one of `rows`.
pub(crate) fn update<M: RowModel>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    key: &[ColumnOf<M>],
    set: &[ColumnOf<M>],
) {
    let rows: Vec<M> = rows.into_iter().collect();
    if rows.is_empty() {
        return;
    }
    if script.backend() == DatabaseBackend::Postgres {
        update_from_arrays(script, &rows, key, set);
        return;
    }
    for row in rows {
        let mut update = Query::update();
        update.table(M::Entity::default());
        for column in set {
            update.value(*column, row.get(*column));
        }
        for column in key {
            update.and_where(Expr::col(*column).eq(row.get(*column)));
        }
        script.add(&update);
    }
}

fn insert_or<M: RowModel>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    otherwise: Otherwise<'_, M>,
) {
    let rows: Vec<M> = rows.into_iter().collect();
    if rows.is_empty() {
        return;
    }
    match script.backend() {
        DatabaseBackend::Postgres => insert_arrays(script, &rows, otherwise),
        DatabaseBackend::MySql => insert_values(script, rows, otherwise),
        _ => {
            // The sizes are powers of two, so that there are few different texts and the statements stay prepared.
            let mut rows = rows.into_iter();
            while rows.len() > 0 {
                let count = (rows.len() + 1).next_power_of_two() / 2;
                let some = rows.by_ref().take(count.min(MOST_ROWS)).collect();
                insert_values(script, some, otherwise);
            }
        }
    }
}

fn insert_arrays<M: RowModel>(script: &mut Script<'_>, rows: &[M], otherwise: Otherwise<'_, M>) {
    let columns: Vec<_> = ColumnOf::<M>::iter().collect();
    let names = names::<M>(columns.iter().copied());
    let conflict = otherwise.map_or_else(String::new, |(key, set)| {
        let key = self::names::<M>(key.iter().copied());
        // PostgreSQL accepts `ON CONFLICT` after a `SELECT` only if the `SELECT` has a condition.
        format!(
            " WHERE TRUE ON CONFLICT ({key}) DO UPDATE SET {}",
            equal::<M>(set, "", "excluded.", ", ")
        )
    });
    script.add_built(|text| {
        text.push_text(&format!(
            r#"INSERT INTO "{}" ({names}) SELECT * FROM "#,
            table_of::<M>()
        ));
        push_arrays(text, rows, &columns)?;
        text.push_text(&conflict);
        Ok(())
    });
}

fn update_from_arrays<M: RowModel>(
    script: &mut Script<'_>,
    rows: &[M],
    key: &[ColumnOf<M>],
    set: &[ColumnOf<M>],
) {
    let columns: Vec<_> = key.iter().chain(set).copied().collect();
    let names = names::<M>(columns.iter().copied());
    script.add_built(|text| {
        let (table, set) = (table_of::<M>(), equal::<M>(set, "", "r.", ", "));
        text.push_text(&format!(r#"UPDATE "{table}" t SET {set} FROM "#));
        push_arrays(text, rows, &columns)?;
        text.push_text(&format!(
            " r ({names}) WHERE {}",
            equal::<M>(key, "t.", "r.", " AND ")
        ));
        Ok(())
    });
}

/// Adds the rows as a table: each column is one array.
fn push_arrays<M: RowModel>(
    text: &mut Bound,
    rows: &[M],
    columns: &[ColumnOf<M>],
) -> Result<(), DatabaseError> {
    let mut between = "UNNEST(";
    for column in columns {
        text.push_text(between);
        between = ", ";
        let values: Vec<Value> = rows.iter().map(|row| row.get(*column)).collect();
        let (kind, name) = match values.first() {
            Some(Value::Bool(_)) => (ArrayType::Bool, "boolean"),
            Some(Value::Int(_)) => (ArrayType::Int, "integer"),
            Some(Value::BigInt(_)) => (ArrayType::BigInt, "bigint"),
            Some(Value::String(_)) => (ArrayType::String, "text"),
            other => return Err(DatabaseError::Failed(format!("no column holds {other:?}"))),
        };
        text.push_value(Value::Array(kind, Some(Box::new(values))));
        text.push_text(&format!("::{name}[]"));
    }
    text.push_text(")");
    Ok(())
}

fn insert_values<M: RowModel>(script: &mut Script<'_>, rows: Vec<M>, otherwise: Otherwise<'_, M>) {
    let rows = rows
        .into_iter()
        .map(IntoActiveModel::<ActiveModelOf<M>>::into_active_model);
    let mut insert = M::Entity::insert_many(rows).into_query();
    if let Some((key, set)) = otherwise {
        let conflict = OnConflict::columns(key.iter().copied())
            .update_columns(set.iter().copied())
            .to_owned();
        insert.on_conflict(conflict);
    }
    script.add(&insert);
}

fn table_of<M: ModelTrait>() -> &'static str {
    M::Entity::default().table_name()
}

fn names<M: ModelTrait>(columns: impl Iterator<Item = ColumnOf<M>>) -> String {
    let quoted = columns.map(|it| format!(r#""{}""#, it.unquoted()));
    quoted.collect::<Vec<_>>().join(", ")
}

/// `column = column` for each of the columns, with a prefix on either side.
fn equal<M: ModelTrait>(columns: &[ColumnOf<M>], left: &str, right: &str, between: &str) -> String {
    let equal = columns.iter().map(|it| {
        let name = it.unquoted();
        format!(r#"{left}"{name}" = {right}"{name}""#)
    });
    equal.collect::<Vec<_>>().join(between)
}
