//! The audit log: it records what staff did, and when and from where staff did it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, InsertStatement, IntoTableRef, Order, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::idempotency::ChangeMark;
use crate::rows::entity::audit_entry;
use crate::rows::time::{from_micros, to_micros};
use crate::sql::rows::insert;
use crate::sql::script::{Rows, Script, Touched};

/// An entry of the audit log: one action of a member of staff, through a mutation or on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The id of the entry, sortable by time.
    pub id: String,
    /// The member of staff, such as `staff:anna`; `system` for the command line.
    pub actor: String,
    /// The name of the operation.
    pub action: String,
    /// The thing that was changed, such as an order's number or a scope.
    pub target: String,
    /// The network address from which the operation was requested; empty for the command line.
    pub origin: String,
    /// The details of the action.
    pub details: String,
    /// The time of the action.
    pub created_at: DateTime<Utc>,
    /// The marks that the change is written with, where the request has an idempotency key. They are not read back.
    pub marks: Vec<ChangeMark>,
}

/// The most entries that are counted for a page.
pub const MOST_COUNTED: u64 = 1_000;

/// The filters of the audit log. An entry must pass all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The member of staff, as [`AuditEntry::actor`] names them.
    pub actor: Option<String>,
    /// The name of the operation.
    pub action: Option<String>,
    /// The thing that was changed, such as an order's number.
    pub target: Option<String>,
    /// The earliest time of the action.
    pub from: Option<DateTime<Utc>>,
    /// The latest time of the action.
    pub to: Option<DateTime<Utc>>,
}

/// A page of the audit log, newest entry first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// Whether older entries exist.
    pub has_more: bool,
    /// The number of entries on all pages, counted up to [`MOST_COUNTED`].
    pub count: u64,
}

impl AuditEntry {
    /// A new entry.
    #[must_use]
    pub fn new(
        id: Uuid,
        actor: &str,
        action: &str,
        target: &str,
        origin: &str,
        details: &str,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: id.to_string(),
            actor: actor.into(),
            action: action.into(),
            target: target.chars().take(255).collect(),
            origin: origin.chars().take(64).collect(),
            details: details.into(),
            created_at: at,
            marks: Vec::new(),
        }
    }

    /// Adds this entry, and the marks of its change, to the transaction of the change.
    pub(crate) fn add_to(&self, script: &mut Script<'_>) {
        insert(script, [self.row()]);
        insert(script, self.marks.iter().map(|mark| mark.row(self.created_at)));
    }

    /// The same, but only if a row of `table` fulfills `condition`. The handle tells whether the entry was added.
    pub(crate) fn add_where(
        &self,
        script: &mut Script<'_>,
        table: impl IntoTableRef + Clone,
        condition: Condition,
    ) -> Result<Touched, DatabaseError> {
        for mark in &self.marks {
            script.add(&mark.insert_where(self.created_at, table.clone(), condition.clone())?);
        }
        Ok(script.add_counted(&self.insert_where(table, condition)?))
    }

    /// An insert of this entry that happens only if a row of `table` fulfills `condition`.
    fn insert_where(
        &self,
        table: impl IntoTableRef,
        condition: Condition,
    ) -> Result<InsertStatement, DatabaseError> {
        use audit_entry::Column as C;
        let row = self.row();
        let mut entry = Query::select();
        for text in [row.id, row.actor, row.action, row.target, row.origin, row.details] {
            entry.expr(Expr::val(text));
        }
        // Several rows may fulfill the condition, and the entry is written once.
        entry
            .expr(Expr::val(row.created_at))
            .from(table)
            .cond_where(condition)
            .limit(1);
        let mut insert = Query::insert();
        insert
            .into_table(audit_entry::Entity)
            .columns([
                C::Id,
                C::Actor,
                C::Action,
                C::Target,
                C::Origin,
                C::Details,
                C::CreatedAt,
            ])
            .select_from(entry)
            .map_err(|problem| DatabaseError::Failed(problem.to_string()))?;
        Ok(insert)
    }

    pub(crate) fn row(&self) -> audit_entry::Model {
        let it = self.clone();
        audit_entry::Model {
            id: it.id,
            actor: it.actor,
            action: it.action,
            target: it.target,
            origin: it.origin,
            details: it.details,
            created_at: to_micros(it.created_at),
        }
    }
}

impl Database {
    /// Writes an entry that belongs to no other change.
    pub async fn audit(&self, entry: &AuditEntry) -> Result<(), DatabaseError> {
        let mut script = Script::write(self);
        entry.add_to(&mut script);
        let outcome = script.commit().await;
        self.unless_audited(entry, outcome).await
    }

    /// Whether `entry` is in the audit log. After a lost answer, this tells whether the entry's transaction was
    /// committed.
    pub(crate) async fn is_audited(&self, entry: &AuditEntry) -> Result<bool, DatabaseError> {
        let mut script = Script::read(self);
        let found = script.select(audit_entry::Entity::find_by_id(entry.id.as_str()));
        Ok(script.fetch().await?.first(found)?.is_some())
    }

    /// The outcome of a transaction that writes `entry`: a duplicate is no failure if this transaction was committed
    /// before and its answer was lost.
    pub(crate) async fn unless_audited<T>(
        &self,
        entry: &AuditEntry,
        outcome: Result<T, DatabaseError>,
    ) -> Result<(), DatabaseError> {
        match outcome {
            Err(DatabaseError::Duplicate) if self.is_audited(entry).await? => Ok(()),
            outcome => outcome.map(|_| ()),
        }
    }

    /// At most `limit` entries that pass `filter`, newest first. `after` is the time and the id of the last entry of
    /// the page before.
    pub async fn audit_log(
        &self,
        filter: &AuditFilter,
        after: Option<(DateTime<Utc>, &str)>,
        limit: u64,
    ) -> Result<AuditPage, DatabaseError> {
        let (script, entries, counted) = self.audit_log_script(filter, after, limit);
        let answers = script.fetch().await?;
        let rows = answers.take(entries)?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        let entries = rows
            .into_iter()
            .take(limit)
            .map(AuditEntry::try_from)
            .collect::<Result<_, _>>()?;
        let (count,) = answers.first(counted)?.unwrap_or_default();
        Ok(AuditPage {
            entries,
            has_more,
            count: u64::try_from(count).unwrap_or(0),
        })
    }

    pub(crate) fn audit_log_script(
        &self,
        filter: &AuditFilter,
        after: Option<(DateTime<Utc>, &str)>,
        limit: u64,
    ) -> (Script<'_>, Rows<audit_entry::Model>, Rows<(i64,)>) {
        let mut script = Script::read(self);
        let mut page = audit_entry::Entity::find()
            .filter(passes(filter))
            .order_by_desc(audit_entry::Column::CreatedAt)
            .order_by_desc(audit_entry::Column::Id)
            .limit(limit + 1);
        if let Some(after) = after {
            page = page.filter(is_older(after));
        }
        let page = script.select(page);
        // Any entries do for the count. Each database reads them along the index that this column is in.
        let read_along = if *filter == AuditFilter::default() {
            audit_entry::Column::Id
        } else {
            audit_entry::Column::CreatedAt
        };
        let mut some = Query::select();
        some.column(audit_entry::Column::Id)
            .from(audit_entry::Entity)
            .cond_where(passes(filter))
            .order_by(read_along, Order::Desc)
            .limit(MOST_COUNTED);
        let mut count = Query::select();
        count
            .expr(Expr::col(audit_entry::Column::Id).count())
            .from_subquery(some, "some");
        let count = script.rows(&count);
        (script, page, count)
    }
}

fn passes(filter: &AuditFilter) -> Condition {
    use audit_entry::Column as C;

    let texts = [
        (C::Actor, &filter.actor),
        (C::Action, &filter.action),
        (C::Target, &filter.target),
    ];
    let mut all = Condition::all();
    for (column, text) in texts {
        all = all.add_option(text.as_ref().map(|text| column.eq(text.as_str())));
    }
    all.add_option(filter.from.map(|from| C::CreatedAt.gte(to_micros(from))))
        .add_option(filter.to.map(|to| C::CreatedAt.lte(to_micros(to))))
}

/// The condition of the entries that stand after the entry with this time and this id.
fn is_older((at, id): (DateTime<Utc>, &str)) -> Condition {
    use audit_entry::Column as C;

    let at = to_micros(at);
    let before = Condition::any()
        .add(C::CreatedAt.lt(at))
        .add(Condition::all().add(C::CreatedAt.eq(at)).add(C::Id.lt(id)));
    Condition::all().add(C::CreatedAt.lte(at)).add(before)
}

impl TryFrom<audit_entry::Model> for AuditEntry {
    type Error = DatabaseError;

    fn try_from(row: audit_entry::Model) -> Result<Self, DatabaseError> {
        Ok(Self {
            created_at: from_micros(row.created_at)?,
            marks: Vec::new(),
            id: row.id,
            actor: row.actor,
            action: row.action,
            target: row.target,
            origin: row.origin,
            details: row.details,
        })
    }
}
