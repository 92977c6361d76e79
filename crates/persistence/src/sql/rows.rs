//! Writes the rows of an entity: inserts them, updates them, or inserts new rows and updates existing ones.
//!
//! PostgreSQL gets all rows of a table as one JSON array, so that the text
//! and the kept plan of a statement do not depend on the number of rows.

use sea_orm::sea_query::{Expr, ExprTrait, Iden, OnConflict, Query};
use sea_orm::{DatabaseBackend, EntityName, EntityTrait, IntoActiveModel, Iterable, ModelTrait, QueryTrait};
use serde::Serialize;

use crate::error::DatabaseError;
use crate::sql::script::Script;

/// The largest number of rows in one statement on SQLite, where a statement takes at most 32,766 values.
const MOST_ROWS: usize = 256;

type ColumnOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::Column;
type ActiveModelOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// For rows that exist already: the columns of their key, and the columns to set.
type Otherwise<'a, M> = Option<(&'a [ColumnOf<M>], &'a [ColumnOf<M>])>;

/// A model that is written as a row.
pub(crate) trait RowModel:
    ModelTrait + Serialize + IntoActiveModel<<Self::Entity as EntityTrait>::ActiveModel>
{
}

impl<M> RowModel for M where M: ModelTrait + Serialize + IntoActiveModel<ActiveModelOf<M>> {}

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
        let table = table_of::<M>();
        let equal = |columns: &[ColumnOf<M>], prefix: &str, between: &str| {
            let equal = columns.iter().map(|it| {
                let name = it.unquoted();
                format!(r#"{prefix}"{name}" = r."{name}""#)
            });
            equal.collect::<Vec<_>>().join(between)
        };
        let before = format!(
            r#"UPDATE "{table}" t SET {} FROM json_populate_recordset(NULL::"{table}", CAST("#,
            equal(set, "", ", ")
        );
        let after = format!(" AS json)) r WHERE {}", equal(key, "t.", " AND "));
        add_json(script, &before, &rows, &after);
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
        DatabaseBackend::Postgres => insert_json(script, &rows, otherwise),
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

fn insert_json<M: RowModel>(script: &mut Script<'_>, rows: &[M], otherwise: Otherwise<'_, M>) {
    let table = table_of::<M>();
    let columns = names::<M>(ColumnOf::<M>::iter());
    let before = format!(
        r#"INSERT INTO "{table}" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::"{table}", CAST("#
    );
    let after = match otherwise {
        None => " AS json))".to_owned(),
        Some((key, set)) => {
            let key = names::<M>(key.iter().copied());
            let set = set.iter().map(|it| {
                let name = it.unquoted();
                format!(r#""{name}" = excluded."{name}""#)
            });
            let set = set.collect::<Vec<_>>().join(", ");
            // PostgreSQL accepts `ON CONFLICT` after a `SELECT` only if the `SELECT` has a condition.
            format!(" AS json)) WHERE TRUE ON CONFLICT ({key}) DO UPDATE SET {set}")
        }
    };
    add_json(script, &before, rows, &after);
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

fn add_json<M: Serialize>(script: &mut Script<'_>, before: &str, rows: &[M], after: &str) {
    match serde_json::to_string(rows) {
        Ok(json) if holds_nul(&json) => script.refuse(DatabaseError::Failed("a text holds a NUL".into())),
        Ok(json) => script.add_text_with(before, json, after),
        Err(problem) => script.refuse(DatabaseError::Corrupt(problem.to_string())),
    }
}

/// Whether a text in the JSON contains a NUL, which PostgreSQL cannot store.
fn holds_nul(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let escape = &rest[at + 1..];
        if escape.starts_with("u0000") {
            return true;
        }
        // The escaped character is ASCII.
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}

fn table_of<M: ModelTrait>() -> &'static str {
    M::Entity::default().table_name()
}

fn names<M: ModelTrait>(columns: impl Iterator<Item = ColumnOf<M>>) -> String {
    let quoted = columns.map(|it| format!(r#""{}""#, it.unquoted()));
    quoted.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::holds_nul;

    #[test]
    fn a_nul_is_found_and_its_spelling_is_not() -> Result<(), serde_json::Error> {
        assert!(holds_nul(&serde_json::to_string("a\\\0")?));
        assert!(!holds_nul(&serde_json::to_string("\\u0000 \\\\u0000 \u{1}é")?));
        Ok(())
    }
}
