//! The JSON of a request for a cancellation: in the column `cancellation_request` of its order, and in the table of
//! requests. The column is null where no cancellation was ever asked for, as in most orders.

use countermand_domain::{Actor, CancellationRequest, Order, RequestDecision, RequestStatus};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::entity::cancellation_request::Model;
use crate::rows::event_data::{Lines, quantities, scaled};
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct RequestDoc {
    number: i32,
    is_whole: bool,
    items: Lines,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_sellers_fault: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    actor: String,
    is_confirmed: bool,
    requested_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    escalated_at: Option<i64>,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionDoc>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct DecisionDoc {
    actor: String,
    at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The request in the column of an order.
pub(crate) fn request_of(column: Option<&str>) -> Result<Option<CancellationRequest>, DatabaseError> {
    column.map(request_in).transpose()
}

/// The request in a JSON column.
pub(crate) fn request_in(text: &str) -> Result<CancellationRequest, DatabaseError> {
    let doc: RequestDoc = json_column::read(text)?;
    let decision = |it: DecisionDoc| {
        Ok::<_, DatabaseError>(RequestDecision {
            actor: actor_of(&it.actor)?,
            at: from_micros(it.at)?,
            reason: it.reason,
        })
    };
    Ok(CancellationRequest {
        number: doc.number,
        is_whole: doc.is_whole,
        items: quantities(&doc.items),
        reason_code: doc.reason_code,
        reason: doc.reason,
        is_sellers_fault: doc.is_sellers_fault,
        comment: doc.comment,
        actor: actor_of(&doc.actor)?,
        is_confirmed: doc.is_confirmed,
        requested_at: from_micros(doc.requested_at)?,
        due_at: doc.due_at.map(from_micros).transpose()?,
        escalated_at: doc.escalated_at.map(from_micros).transpose()?,
        status: request_status(&doc.status)?,
        decision: doc.decision.map(decision).transpose()?,
    })
}

/// The column of `order`.
pub(crate) fn request_text(order: &Order) -> Result<Option<String>, DatabaseError> {
    order
        .cancellation_request
        .as_ref()
        .map(request_text_of)
        .transpose()
}

/// The row in the table of requests of the newest request of `order`; none where no cancellation was ever asked for.
pub(crate) fn request_row(order: &Order) -> Result<Option<Model>, DatabaseError> {
    let row = |request: &CancellationRequest| {
        Ok(Model {
            order_id: order.id.number(),
            number: request.number,
            store_number: order.id.store().0,
            status: request.status.code().into(),
            reason_code: request.reason_code.clone(),
            requested_at: to_micros(request.requested_at),
            due_at: request.due_at.map(to_micros),
            request: request_text_of(request)?,
        })
    };
    order.cancellation_request.as_ref().map(row).transpose()
}

/// The status with the code `code`.
pub(crate) fn request_status(code: &str) -> Result<RequestStatus, DatabaseError> {
    RequestStatus::from_code(code)
        .ok_or_else(|| DatabaseError::Corrupt(format!("`{code}` is no status of a request")))
}

/// The JSON of `request`.
pub(crate) fn request_text_of(request: &CancellationRequest) -> Result<String, DatabaseError> {
    json_column::write(&RequestDoc {
        number: request.number,
        is_whole: request.is_whole,
        items: scaled(&request.items),
        reason_code: request.reason_code.clone(),
        reason: request.reason.clone(),
        is_sellers_fault: request.is_sellers_fault,
        comment: request.comment.clone(),
        actor: request.actor.label(),
        is_confirmed: request.is_confirmed,
        requested_at: to_micros(request.requested_at),
        due_at: request.due_at.map(to_micros),
        escalated_at: request.escalated_at.map(to_micros),
        status: request.status.code().into(),
        decision: request.decision.as_ref().map(|it| DecisionDoc {
            actor: it.actor.label(),
            at: to_micros(it.at),
            reason: it.reason.clone(),
        }),
    })
}

fn actor_of(label: &str) -> Result<Actor, DatabaseError> {
    Actor::from_label(label).ok_or_else(|| DatabaseError::Corrupt(format!("`{label}` is no actor")))
}
