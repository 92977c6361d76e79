//! Writes the rows of an entity: inserts them, updates them, or inserts new rows and updates existing ones.
//!
//! PostgreSQL gets the rows of a table as one array for each column, so that the
//! text and the kept plan of a statement do not depend on the number of rows.

use sea_orm::sea_query::{ArrayType, Condition, Expr, Iden, IntoTableRef, Query, Value};
use sea_orm::{DatabaseBackend, EntityName, EntityTrait, Iterable, ModelTrait};

use crate::error::DatabaseError;
use crate::sql::bound::Bound;
use crate::sql::script::{Script, Touched};

/// The largest number of rows in one statement on SQLite, where a statement takes at most 32,766 values.
const MOST_ROWS: usize = 256;

type ColumnOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;

/// What to do with a row that exists already.
struct Otherwise<'a, M: ModelTrait> {
    /// The columns that tell which row it is.
    key: &'a [ColumnOf<M>],
    /// The columns that get the value of the new row.
    set: &'a [ColumnOf<M>],
    /// The columns to which the value of the new row is added.
    add: &'a [ColumnOf<M>],
}

/// Adds an insert of `rows`, unless there are none.
pub(crate) fn insert<M: ModelTrait>(script: &mut Script<'_>, rows: impl IntoIterator<Item = M>) {
    insert_or(script, rows, None);
}

/// Adds an insert of `row` that happens only if a row of `table` fulfills `condition`.
pub(crate) fn insert_where<M: ModelTrait>(
    script: &mut Script<'_>,
    row: &M,
    table: impl IntoTableRef,
    condition: Condition,
) -> Result<(), DatabaseError> {
    let mut values = Query::select();
    for column in ColumnOf::<M>::iter() {
        values.expr(Expr::val(row.get(column)));
    }
    values.from(table).cond_where(condition).limit(1);
    let mut insert = Query::insert();
    insert
        .into_table(M::Entity::default())
        .columns(ColumnOf::<M>::iter())
        .select_from(values)
        .map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
    script.add(&insert);
    Ok(())
}

/// Adds an insert of `rows`. If a row's `key` exists, the statement sets the columns `set` of the existing row instead.
pub(crate) fn upsert<M: ModelTrait>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    key: &[ColumnOf<M>],
    set: &[ColumnOf<M>],
) {
    let otherwise = Otherwise { key, set, add: &[] };
    insert_or(script, rows, Some(&otherwise));
}

/// Adds an insert of `rows`. If a row's `key` exists, the statement adds the number in the
/// column `add` to the existing row's number instead.
pub(crate) fn insert_or_add<M: ModelTrait>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    key: &[ColumnOf<M>],
    add: ColumnOf<M>,
) {
    let (set, add) = (&[], &[add]);
    insert_or(script, rows, Some(&Otherwise { key, set, add }));
}

/// Adds an update of the columns `set` in the rows whose `key` is the key of one of `rows`.
pub(crate) fn update<M: ModelTrait>(
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
        script.add_built(|text| push_update(text, &rows, key, set, ""));
        return;
    }
    let quote = quote(script.backend());
    for row in rows {
        script.add_built(|text| {
            push_row_update(text, &row, set, quote);
            text.push_text(" WHERE ");
            push_values(text, &row, key, quote, " AND ");
            Ok(())
        });
    }
}

/// Adds an update of the columns `set` and of `version` in the rows with the ids of `rows`, if their version is one
/// less than in `rows`. The handles tell how many rows are updated.
///
/// On PostgreSQL, an update of several rows fails at once if another transaction has locked one of them, so that one
/// locked row does not keep the others waiting.
pub(crate) fn update_next_version<M: ModelTrait>(
    script: &mut Script<'_>,
    rows: Vec<M>,
    id: ColumnOf<M>,
    version: ColumnOf<M>,
    set: &[ColumnOf<M>],
) -> Vec<Touched> {
    if script.backend() == DatabaseBackend::Postgres {
        let set: Vec<_> = set.iter().chain([&version]).copied().collect();
        let before = format!(r#" AND t."{0}" = r."{0}" - 1"#, version.unquoted());
        return vec![script.add_counted_built(|text| {
            push_update(text, &rows, &[id], &set, &before)?;
            if rows.len() > 1 {
                push_lock(text, &rows, id);
            }
            Ok(())
        })];
    }
    let quote = quote(script.backend());
    let set: Vec<_> = set.iter().chain([&version]).copied().collect();
    let update = |row: M| {
        script.add_counted_built(|text| {
            push_row_update(text, &row, &set, quote);
            text.push_text(" WHERE ");
            push_values(text, &row, &[id], quote, " AND ");
            text.push_text(" AND ");
            text.push_name(version.unquoted(), quote);
            text.push_text(" + 1 = ");
            text.push_value(row.get(version));
            Ok(())
        })
    };
    rows.into_iter().map(update).collect()
}

/// Adds `UPDATE`, the table, and the new values of the columns `set`.
fn push_row_update<M: ModelTrait>(text: &mut Bound, row: &M, set: &[ColumnOf<M>], quote: char) {
    text.push_text("UPDATE ");
    text.push_name(table_of::<M>(), quote);
    text.push_text(" SET ");
    push_values(text, row, set, quote, ", ");
}

/// Adds `column = value` for each of the columns.
fn push_values<M: ModelTrait>(
    text: &mut Bound,
    row: &M,
    columns: &[ColumnOf<M>],
    quote: char,
    between: &str,
) {
    for (column, index) in columns.iter().zip(0..) {
        let joint = if index == 0 { "" } else { between };
        text.push_text(joint);
        text.push_name(column.unquoted(), quote);
        text.push_text(" = ");
        text.push_value(row.get(*column));
    }
}

fn insert_or<M: ModelTrait>(
    script: &mut Script<'_>,
    rows: impl IntoIterator<Item = M>,
    otherwise: Option<&Otherwise<'_, M>>,
) {
    let rows: Vec<M> = rows.into_iter().collect();
    if rows.is_empty() {
        return;
    }
    match script.backend() {
        DatabaseBackend::Postgres => insert_arrays(script, &rows, otherwise),
        DatabaseBackend::MySql => insert_values(script, &rows, otherwise),
        _ => {
            // The sizes are powers of two, so that there are few different texts and the statements stay prepared.
            let mut rest = rows.as_slice();
            while !rest.is_empty() {
                let count = (rest.len() + 1).next_power_of_two() / 2;
                let (some, others) = rest.split_at(count.min(MOST_ROWS));
                insert_values(script, some, otherwise);
                rest = others;
            }
        }
    }
}

fn insert_arrays<M: ModelTrait>(script: &mut Script<'_>, rows: &[M], otherwise: Option<&Otherwise<'_, M>>) {
    let columns: Vec<_> = ColumnOf::<M>::iter().collect();
    let names = names::<M>(columns.iter().copied());
    let conflict = otherwise.map_or_else(String::new, |otherwise| {
        // PostgreSQL accepts `ON CONFLICT` after a `SELECT` only if the `SELECT` has a condition.
        format!(" WHERE TRUE{}", on_conflict(DatabaseBackend::Postgres, otherwise))
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

/// Adds a condition that locks the rows with the ids of `rows`, or fails if one of them is locked.
fn push_lock<M: ModelTrait>(text: &mut Bound, rows: &[M], id: ColumnOf<M>) {
    let (table, id_name) = (table_of::<M>(), id.unquoted());
    text.push_text(&format!(
        r#" AND t."{id_name}" IN (SELECT "{id_name}" FROM "{table}" WHERE "{id_name}" = ANY("#
    ));
    let ids = rows.iter().map(|row| row.get(id)).collect();
    text.push_value(Value::Array(ArrayType::BigInt, Some(Box::new(ids))));
    text.push_text("::bigint[]) FOR UPDATE NOWAIT)");
}

/// Adds an update of the rows whose `key` is the key of one of `rows`, and which meet the condition `and`.
fn push_update<M: ModelTrait>(
    text: &mut Bound,
    rows: &[M],
    key: &[ColumnOf<M>],
    set: &[ColumnOf<M>],
    and: &str,
) -> Result<(), DatabaseError> {
    let columns: Vec<_> = key.iter().chain(set).copied().collect();
    let names = names::<M>(columns.iter().copied());
    let (table, set) = (table_of::<M>(), equal::<M>(set, "", "r.", ", "));
    text.push_text(&format!(r#"UPDATE "{table}" t SET {set} FROM "#));
    push_arrays(text, rows, &columns)?;
    let same_key = equal::<M>(key, "t.", "r.", " AND ");
    text.push_text(&format!(" r ({names}) WHERE {same_key}{and}"));
    Ok(())
}

/// Adds the rows as a table: each column is one array.
fn push_arrays<M: ModelTrait>(
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
        text.push_text("::");
        text.push_text(name);
        text.push_text("[]");
    }
    text.push_text(")");
    Ok(())
}

fn insert_values<M: ModelTrait>(script: &mut Script<'_>, rows: &[M], otherwise: Option<&Otherwise<'_, M>>) {
    let backend = script.backend();
    let columns: Vec<_> = ColumnOf::<M>::iter().collect();
    let quote = quote(backend);
    script.add_built(|text| {
        text.push_text("INSERT INTO ");
        text.push_name(table_of::<M>(), quote);
        text.push_text(" (");
        for (column, index) in columns.iter().zip(0..) {
            let joint = if index == 0 { "" } else { ", " };
            text.push_text(joint);
            text.push_name(column.unquoted(), quote);
        }
        let mut before_row = ") VALUES (";
        for row in rows {
            let mut before_value = before_row;
            for column in &columns {
                text.push_text(before_value);
                text.push_value(row.get(*column));
                before_value = ", ";
            }
            before_row = "), (";
        }
        text.push_text(")");
        if let Some(otherwise) = otherwise {
            text.push_text(&on_conflict(backend, otherwise));
        }
        Ok(())
    });
}

/// The end of an insert that says what to do with a row that exists already.
fn on_conflict<M: ModelTrait>(backend: DatabaseBackend, otherwise: &Otherwise<'_, M>) -> String {
    let Otherwise { key, set, add } = otherwise;
    let quote = quote(backend);
    let quoted = |column: &ColumnOf<M>| format!("{quote}{}{quote}", column.unquoted());
    let new = |column: &ColumnOf<M>| match backend {
        DatabaseBackend::MySql => format!("VALUES({})", quoted(column)),
        _ => format!("excluded.{}", quoted(column)),
    };
    let set = set.iter().map(|it| format!("{} = {}", quoted(it), new(it)));
    let add = add.iter().map(|it| {
        let held = format!("{quote}{}{quote}.{}", table_of::<M>(), quoted(it));
        format!("{} = {held} + {}", quoted(it), new(it))
    });
    let changes: Vec<_> = set.chain(add).collect();
    let changes = changes.join(", ");
    if backend == DatabaseBackend::MySql {
        return format!(" ON DUPLICATE KEY UPDATE {changes}");
    }
    let key: Vec<_> = key.iter().map(quoted).collect();
    format!(" ON CONFLICT ({}) DO UPDATE SET {changes}", key.join(", "))
}

/// The mark around the names of tables and columns.
fn quote(backend: DatabaseBackend) -> char {
    match backend {
        DatabaseBackend::MySql => '`',
        _ => '"',
    }
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
