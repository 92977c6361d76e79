//! The audit log of staff, and the events and reversals of one order.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use countermand_app::AppError;
use countermand_app::audit_log::AuditFilter;
use countermand_app::orders::find_orders::{TrailEvent, TrailReversal};
use countermand_domain::EventData;

use super::cursor::{audit_cursor, read_audit_cursor, rfc3339};
use super::page::page_size;
use super::staff;
use super::time_range::read_range;
use super::user_error::query_error;
use crate::kit::Money;
use crate::kit::context::app;
use crate::kit::error::answered;
use crate::types::OrderRestoration;

/// Staff's query for the audit log.
#[derive(Default)]
pub(crate) struct AdminTrailQuery;

#[Object]
impl AdminTrailQuery {
    /// Lists the actions of staff, newest first. The caller needs the role `manager` for all store views.
    async fn audit_log(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The filters that an entry must pass, all of them; null for all entries.")]
        filter: Option<AuditLogFilterInput>,
        #[graphql(
            desc = "The largest number of entries on the page, 1 to 100; null means 50.",
            default_with = "Some(50)"
        )]
        first: Option<i32>,
        #[graphql(desc = "The `end_cursor` of the previous page; null for the first page.")] after: Option<
            String,
        >,
    ) -> Result<AuditLog> {
        let viewer = staff(context)?;
        let limit = page_size(first, 50)?;
        let after = after.as_deref().map(read_audit_cursor).transpose()?;
        let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
        let filter = filter.unwrap_or_default().read()?;
        let page = app(context)?.audit_log(viewer, &filter, after, limit).await;
        let page = answered(page)?.map_err(query_error)?;
        let last = page.entries.last();
        Ok(AuditLog {
            end_cursor: last.map(|entry| audit_cursor(entry.created_at, &entry.id)),
            has_next_page: page.has_more,
            total_count: i32::try_from(page.count).unwrap_or(i32::MAX),
            items: page.entries.into_iter().map(AuditEntry::from).collect(),
        })
    }
}

/// The filters of the audit log. An entry must pass all filters that are not null.
#[derive(Default, InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AuditLogFilterInput {
    /// The name of the token of staff, such as `anna`, with or without the `staff:` of `AuditEntry.actor`; `system` for
    /// the command line.
    actor: Option<String>,
    /// The name of the mutation, such as `cancelOrderAsAdmin`. An unknown name is refused.
    action: Option<String>,
    /// The object of the action, as `AuditEntry.target` names it: the number of an order, a scope such as `store nl`, a
    /// code, an e-mail address.
    target: Option<String>,
    /// The earliest time of the action: a date, or a date and time such as `2026-01-31T12:00:00Z`. A date means its
    /// first instant in UTC.
    from: Option<String>,
    /// The latest time of the action: a date, or a date and time such as `2026-01-31T12:00:00Z`. A date means its last
    /// instant in UTC.
    to: Option<String>,
}

impl AuditLogFilterInput {
    fn read(self) -> Result<AuditFilter> {
        let range = read_range(("from", self.from), ("to", self.to))?;
        Ok(AuditFilter {
            actor: self.actor,
            action: self.action,
            target: self.target,
            from: range.from,
            to: range.to,
        })
    }
}

/// One page of the audit log.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AuditLog {
    /// The entries of the page, newest first.
    items: Vec<AuditEntry>,
    /// The position of the last entry of the page: the value of `after` for the next page. Null when the page is empty.
    end_cursor: Option<String>,
    /// Whether further entries follow after this page.
    has_next_page: bool,
    /// The number of entries that pass the filters, on all pages. At most 1000 are counted: 1000 means 1000 or more.
    total_count: i32,
}

/// One action of a member of staff, through a mutation or on the command line.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AuditEntry {
    /// The id of the entry, a UUID.
    id: ID,
    /// The member of staff: `staff:` and the name of the token, such as `staff:anna`; `system` for the command line.
    actor: String,
    /// The name of the mutation, such as `cancelOrderAsAdmin`; `createStaffToken`, `revokeStaffTokens`, `init`,
    /// `importOrders` or `bulkCancelOrders` for the command line.
    action: String,
    /// The object of the action: the number of an order, a scope such as `store nl`, a code, an e-mail address.
    target: String,
    /// The network address from which the request came; empty for the command line.
    origin: String,
    /// The details of the action as text for people, such as `enabled = true`.
    details: String,
    /// The time of the action: RFC 3339, in UTC.
    created_at: String,
}

/// An event in the history of an order: one change of the order.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderTrailEvent {
    /// The kind of change, such as `order.canceled` or `order.refund_failed`: the same code as in the `event_kinds` of a
    /// webhook endpoint.
    kind: String,
    /// Who made the change: `customer:` and the number of the account, `guest`, `staff:` and the name of the
    /// token, or `system`.
    actor: String,
    /// The network address from which the request came; empty for changes by the command line.
    origin: String,
    /// The details of the change as text for people, such as a reason or the number of a document; may be empty.
    note: String,
    /// What the systems that keep stock, coupons, credits and points give back; null unless the event is a
    /// cancellation.
    restores: Option<OrderRestoration>,
    /// The version of the order after the change.
    version: i32,
    /// The time of the change: RFC 3339, in UTC.
    created_at: String,
}

/// An amount of money that must go back to the buyer.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderReversal {
    /// The id of the reversal, a UUID.
    id: ID,
    /// The way in which the money goes back.
    kind: ReversalKind,
    /// The amount, in the currency of the order.
    amount: Money,
    /// The state of the reversal: `requested` until staff or a payment provider says that it was carried out, then
    /// `confirmed`; `abandoned` when staff ended it.
    state: String,
    /// The time of the change that caused the reversal: RFC 3339, in UTC.
    created_at: String,
}

/// The way in which money goes back to the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ReversalKind {
    /// Money that was authorized and not captured is released.
    Void,
    /// Money that was captured is paid back.
    Refund,
}

impl OrderReversal {
    /// `reversal` for the schema; `amount` is its amount in the currency of the order.
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
            restores: event.data.as_ref().and_then(|data| match data {
                EventData::Canceled(facts) => Some(OrderRestoration::from(&facts.restores)),
                _ => None,
            }),
            version: i32::try_from(event.version).unwrap_or(i32::MAX),
            created_at: rfc3339(event.at),
        }
    }
}

impl From<countermand_app::audit_log::AuditEntry> for AuditEntry {
    fn from(entry: countermand_app::audit_log::AuditEntry) -> Self {
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
