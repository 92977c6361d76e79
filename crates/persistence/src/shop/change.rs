//! Changes of the shop's structure and settings that are written only if the shop is still as it was read.

use countermand_domain::{ConfigScope, ScopedSettings, StoreGroup, StoreNumber, StoreView, Website};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UpdateStatement};
use sea_orm::{EntityTrait, Iterable, ModelTrait};

use crate::audit::AuditEntry;
use crate::database::Database;
use crate::error::DatabaseError;
use crate::rows::entity::{counter, setting, status_label, store, store_group, website};
use crate::shop::settings::{rows_of, scope_key};
use crate::shop::structure::{VERSION, store_row};
use crate::sql::script::Script;

/// One part of a change of the shop.
#[derive(Debug, Clone)]
pub enum ShopEdit {
    /// The website with this number gets these values.
    Website(Website),
    /// The store group with this code gets this name.
    Group(StoreGroup),
    /// The store view with this number gets these values; its code, its website and its group stay.
    Store(StoreView),
    /// The values that are set here are set at the scope; other values stay.
    Settings(ConfigScope, Box<ScopedSettings>),
    /// A status has this label in the store view, or in every store view; without a label, the set one is taken back.
    StatusLabel {
        /// The code of the status.
        status: String,
        /// The store view; none for every store view.
        store: Option<StoreNumber>,
        /// The label.
        label: Option<String>,
    },
}

impl Database {
    /// Writes all of `edits` with an entry in the audit log, if the shop is still at `version`; otherwise the result is
    /// [`DatabaseError::Conflict`], and nothing is written.
    pub async fn change_shop(
        &self,
        version: i64,
        edits: &[ShopEdit],
        audit: &AuditEntry,
    ) -> Result<(), DatabaseError> {
        let mut script = Script::write_in_sequence(self);
        // The first statement locks the version, so that of two writers one sees the version that the other one raised.
        script.add(&with_next(Expr::col(counter::Column::Next), version));
        for edit in edits {
            add_edit(&mut script, version, edit)?;
        }
        audit.add_where(&mut script, counter::Entity, is_at(version))?;
        let raised = with_next(Expr::col(counter::Column::Next).add(1), version);
        let raised = script.add_counted(&raised);
        let touched = script.commit().await?.touched(raised)?;
        // If no row was raised and the entry exists, the change was written before and the answer was lost.
        if touched == 1 || self.is_audited(audit).await? {
            Ok(())
        } else {
            Err(DatabaseError::Conflict)
        }
    }
}

fn add_edit(script: &mut Script<'_>, version: i64, edit: &ShopEdit) -> Result<(), DatabaseError> {
    match edit {
        ShopEdit::Website(it) => {
            let mut update = Query::update();
            update
                .table(website::Entity)
                .value(website::Column::Name, it.name.as_str())
                .and_where(Expr::col(website::Column::Number).eq(it.number.0))
                .and_where(still(version));
            script.add(&update);
        }
        ShopEdit::Group(it) => {
            let mut update = Query::update();
            update
                .table(store_group::Entity)
                .value(store_group::Column::Name, it.name.as_str())
                .and_where(Expr::col(store_group::Column::Code).eq(it.code.as_str()))
                .and_where(still(version));
            script.add(&update);
        }
        ShopEdit::Store(it) => script.add(&store_update(it, version)),
        ShopEdit::Settings(scope, set) => {
            for row in rows_of(*scope, set)? {
                let key = [
                    Expr::col(setting::Column::Scope).eq(scope_key(*scope).0),
                    Expr::col(setting::Column::ScopeNumber).eq(scope_key(*scope).1),
                    Expr::col(setting::Column::Setting).eq(row.setting.as_str()),
                ];
                replace(script, version, key, Some(row))?;
            }
        }
        ShopEdit::StatusLabel { status, store, label } => {
            let store_number = store.map_or(0, |store| store.0);
            let key = [
                Expr::col(status_label::Column::Status).eq(status.as_str()),
                Expr::col(status_label::Column::StoreNumber).eq(store_number),
            ];
            let row = label.as_ref().map(|label| status_label::Model {
                status: status.clone(),
                store_number,
                label: label.clone(),
            });
            replace(script, version, key, row)?;
        }
    }
    Ok(())
}

fn store_update(new: &StoreView, version: i64) -> UpdateStatement {
    use store::Column as C;

    let row = store_row(new);
    let mut update = Query::update();
    update
        .table(store::Entity)
        .value(C::Name, row.name)
        .value(C::Locale, row.locale)
        .value(C::Timezone, row.timezone)
        .value(C::Currency, row.currency)
        .value(C::SortOrder, row.sort_order)
        .value(C::IsActive, row.is_active)
        .and_where(Expr::col(C::Number).eq(row.number))
        .and_where(still(version));
    update
}

/// Adds statements that delete the row with `key`, and insert `row`, if the shop is still at `version`.
fn replace<M: ModelTrait>(
    script: &mut Script<'_>,
    version: i64,
    key: impl IntoIterator<Item = SimpleExpr>,
    row: Option<M>,
) -> Result<(), DatabaseError> {
    let mut delete = Query::delete();
    delete.from_table(M::Entity::default()).and_where(still(version));
    for part in key {
        delete.and_where(part);
    }
    script.add(&delete);
    let Some(row) = row else {
        return Ok(());
    };
    let mut values = Query::select();
    for column in <M::Entity as EntityTrait>::Column::iter() {
        values.expr(Expr::val(row.get(column)));
    }
    values.from(counter::Entity).cond_where(is_at(version));
    let mut insert = Query::insert();
    insert
        .into_table(M::Entity::default())
        .columns(<M::Entity as EntityTrait>::Column::iter())
        .select_from(values)
        .map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
    script.add(&insert);
    Ok(())
}

/// The condition of the row that holds the shop's version, if it holds `version`.
fn is_at(version: i64) -> Condition {
    Condition::all()
        .add(Expr::col(counter::Column::Name).eq(VERSION))
        .add(Expr::col(counter::Column::Next).eq(version))
}

/// Whether the shop is at `version`.
fn still(version: i64) -> SimpleExpr {
    let mut at: SelectStatement = Query::select();
    at.expr(Expr::val(1))
        .from(counter::Entity)
        .cond_where(is_at(version));
    Expr::exists(at)
}

/// The statement that writes `next` as the shop's version, if the version is `version`.
fn with_next(next: impl Into<SimpleExpr>, version: i64) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(counter::Entity)
        .value(counter::Column::Next, next.into())
        .cond_where(is_at(version));
    update
}
