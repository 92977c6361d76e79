//! What happened, who did it, and which money is owed for it.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use countermand_app::AppError;
use countermand_app::find_orders::{TrailEvent, TrailReversal};
use countermand_domain::StaffRole;

use super::cursor::{entry_cursor, page_size, read_entry_cursor, rfc3339};
use super::staff;
use crate::context::app;
use crate::error::internal;
use crate::types::Money;

/// Staff's look at its own trail.
#[derive(Default)]
pub(crate) struct AdminTrailQuery;

#[Object]
impl AdminTrailQuery {
    /// What staff did, newest first. Needs the role `manager` for all store views.
    async fn audit_log(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "1 to 100.", default_with = "Some(50)")] first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the page before.")] after: Option<String>,
    ) -> Result<AuditLog> {
        let viewer = staff(context, StaffRole::Manager)?;
        let limit = page_size(first, 50)?;
        let before = after.as_deref().map(read_entry_cursor).transpose()?;
        let page = app(context)?
            .audit_log(viewer, before.as_deref(), limit)
            .await
            .map_err(internal)?;
        Ok(AuditLog {
            end_cursor: page.entries.last().map(|entry| entry_cursor(&entry.id)),
            has_next_page: page.has_more,
            items: page.entries.into_iter().map(AuditEntry::from).collect(),
        })
    }
}

/// A page of staff's trail.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AuditLog {
    items: Vec<AuditEntry>,
    /// For `after`; null on an empty page.
    end_cursor: Option<String>,
    has_next_page: bool,
}

/// One thing that somebody of staff did.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AuditEntry {
    id: ID,
    /// Who: `staff:anna`.
    actor: String,
    /// What: the name of the operation.
    action: String,
    /// To what: an order's number, a scope.
    target: String,
    /// From which network address.
    origin: String,
    /// What exactly.
    details: String,
    /// RFC 3339, UTC.
    created_at: String,
}

/// A change that happened to an order.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderTrailEvent {
    /// What: `order.canceled`.
    kind: String,
    /// Who: `customer:10000000001`.
    actor: String,
    /// From which network address.
    origin: String,
    /// A sentence more.
    note: String,
    /// The order's version after it.
    version: i32,
    /// RFC 3339, UTC.
    created_at: String,
}

/// Money that must flow back.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderReversal {
    id: ID,
    kind: ReversalKind,
    amount: Money,
    /// `requested` until a payment provider confirms it.
    state: String,
    /// RFC 3339, UTC.
    created_at: String,
}

/// How money flows back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ReversalKind {
    /// Reserved money is released.
    Void,
    /// Taken money is paid back.
    Refund,
}

impl OrderReversal {
    /// With its amount in the order's currency.
    pub(crate) fn new(reversal: &TrailReversal, amount: countermand_domain::Money) -> Result<Self, AppError> {
        let kind = match reversal.kind.as_str() {
            "void" => ReversalKind::Void,
            "refund" => ReversalKind::Refund,
            other => {
                return Err(AppError::Internal(format!(
                    "reversal {} is a `{other}`",
                    reversal.id
                )));
            }
        };
        Ok(Self {
            id: ID::from(&reversal.id),
            kind,
            amount: amount.into(),
            state: reversal.state.clone(),
            created_at: rfc3339(reversal.at),
        })
    }
}

impl From<&TrailEvent> for OrderTrailEvent {
    fn from(event: &TrailEvent) -> Self {
        Self {
            kind: event.kind.clone(),
            actor: event.actor.clone(),
            origin: event.origin.clone(),
            note: event.note.clone(),
            version: i32::try_from(event.version).unwrap_or(i32::MAX),
            created_at: rfc3339(event.at),
        }
    }
}

impl From<countermand_app::find_orders::AuditEntry> for AuditEntry {
    fn from(entry: countermand_app::find_orders::AuditEntry) -> Self {
        Self {
            id: entry.id.into(),
            actor: entry.actor,
            action: entry.action,
            target: entry.target,
            origin: entry.origin,
            details: entry.details,
            created_at: rfc3339(entry.created_at),
        }
    }
}
