//! Short functions for tables and columns, so that a step reads like a list.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DatabaseBackend;

/// On SQLite and PostgreSQL, a step is applied as a whole or not at all, even if the program is killed.
pub(crate) const WHOLE_STEPS: Option<bool> = Some(true);

/// A table without columns yet.
pub(crate) fn table(name: &'static str) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    table
}

/// Creates `table`. Its texts are compared byte by byte, regardless of the server's default collation.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    mut table: TableCreateStatement,
) -> Result<(), DbErr> {
    // The other databases compare bytes by default, and do not support this option.
    if manager.get_database_backend() == DatabaseBackend::MySql {
        table
            .engine("InnoDB")
            .character_set("utf8mb4")
            .collate("utf8mb4_bin");
    }
    manager.create_table(table).await
}

/// A 64-bit integer: money, quantities, instants, ids.
pub(crate) fn big(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.big_integer().not_null();
    column
}

/// A 64-bit integer that may be unknown.
pub(crate) fn big_null(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.big_integer().null();
    column
}

/// A 32-bit integer: numbers of stores, positions.
pub(crate) fn int(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.integer().not_null();
    column
}

/// A 32-bit integer that may be unknown.
pub(crate) fn int_null(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.integer().null();
    column
}

/// A boolean.
pub(crate) fn flag(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.boolean().not_null();
    column
}

/// A boolean that may be undecided.
pub(crate) fn flag_null(name: &'static str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.boolean().null();
    column
}

/// A text of at most `length` characters.
pub(crate) fn text(name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.string_len(length).not_null();
    column
}

/// A text of at most `length` characters that may be unknown.
pub(crate) fn text_null(name: &'static str, length: u32) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.string_len(length).null();
    column
}

/// A JSON column of any length. (On MySQL, `TEXT` holds only 64 KiB.)
pub(crate) fn document(name: &'static str, backend: DatabaseBackend) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    if backend == DatabaseBackend::MySql {
        column.custom(Alias::new("MEDIUMTEXT"));
    } else {
        column.text();
    }
    column.not_null();
    column
}

/// A JSON column, or another text of any length, that may be empty.
pub(crate) fn document_null(name: &'static str, backend: DatabaseBackend) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    if backend == DatabaseBackend::MySql {
        column.custom(Alias::new("MEDIUMTEXT"));
    } else {
        column.text();
    }
    column.null();
    column
}

/// The primary key over `columns`.
pub(crate) fn key(columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(Alias::new(*column));
    }
    key.primary();
    key
}

/// An index named after its table and columns.
pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(format!("idx_{table}_{}", columns.join("_")))
        .table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    index
}

/// A unique index named after its table and columns.
pub(crate) fn unique(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut unique = index(table, columns);
    unique.unique();
    unique
}

/// Drops `tables`, beginning with the last one.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables.iter().rev() {
        manager
            .drop_table(Table::drop().table(Alias::new(*table)).if_exists().to_owned())
            .await?;
    }
    Ok(())
}
