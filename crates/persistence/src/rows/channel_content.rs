//! The JSON column `content` of orders of sales channels: the order as the channel showed it, and what was asked here.

use countermand_domain::channel::{
    ChannelCanceledItem, ChannelCancellation, ChannelCancellationState, ChannelHistoryLine, ChannelItem,
    ChannelOrder, ChannelOrderNumber, ChannelRecord, ChannelRequest, ChannelStatus, DeclinedRequest,
    FulfilledBy,
};
use countermand_domain::money::Quantity;
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::entity::channel_order::Model;
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};

/// The column. A field that is added later needs a default, because older rows lack it.
#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    market: Option<String>,
    fulfilled_by: String,
    updated_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<(String, String)>,
    items: Vec<Item>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancellation: Option<Cancellation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    declined: Vec<Declined>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asked_in: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    declining_until: Option<i64>,
    history: Vec<(i64, String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sku: Option<String>,
    name: String,
    quantity: i64,
    shipped: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    canceled: Option<(String, Option<String>)>,
}

#[derive(Serialize, Deserialize)]
struct Request {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Declined {
    item: String,
    request: Request,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct Cancellation {
    id: String,
    state: String,
    reason: String,
    reason_code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    rests_on_request: bool,
    actor: String,
    requested_at: i64,
    changed_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    put_back: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// The row of `record`.
pub(crate) fn row_of(record: &ChannelRecord) -> Result<Model, DatabaseError> {
    let order = &record.order;
    let content = Content {
        market: order.market.clone(),
        fulfilled_by: order.fulfilled_by.code().into(),
        updated_at: to_micros(order.updated_at),
        total: order.total.clone(),
        items: order.items.iter().map(Item::from).collect(),
        cancellation: record.cancellation.as_ref().map(Cancellation::from),
        declined: record.declined.iter().map(Declined::from).collect(),
        asked_in: record.asked_in.clone(),
        declining_until: record.declining_until.map(to_micros),
        history: record.history.iter().map(line).collect(),
    };
    let open = record.cancellation.as_ref().filter(|it| it.state.is_open());
    Ok(Model {
        channel: record.channel.clone(),
        number: order.number.as_str().into(),
        version: record.version,
        status: order.status.code().into(),
        has_request: record.has_request(),
        work: open.map_or("", |it| it.state.code()).into(),
        placed_at: to_micros(order.placed_at),
        content: json_column::write(&content)?,
        requested_at: record.asked_at.map(to_micros),
        request_due_at: record.due_at.map(to_micros),
    })
}

/// The record in `row`.
pub(crate) fn record_of(row: Model) -> Result<ChannelRecord, DatabaseError> {
    let corrupt = |what: &str| DatabaseError::Corrupt(format!("channel order {}: {what}", row.number));
    let content: Content = json_column::read(&row.content)?;
    let number = ChannelOrderNumber::parse(&row.number).ok_or_else(|| corrupt("its number"))?;
    let fulfilled_by = FulfilledBy::parse(&content.fulfilled_by).ok_or_else(|| corrupt("who ships it"))?;
    let history = content.history.into_iter().map(|(at, actor, text)| {
        Ok(ChannelHistoryLine {
            at: from_micros(at)?,
            actor,
            text,
        })
    });
    let mut record = ChannelRecord {
        version: row.version,
        order: ChannelOrder {
            number,
            market: content.market,
            status: ChannelStatus::parse(&row.status),
            fulfilled_by,
            placed_at: from_micros(row.placed_at)?,
            updated_at: from_micros(content.updated_at)?,
            total: content.total,
            items: content.items.into_iter().map(ChannelItem::from).collect(),
        },
        cancellation: content.cancellation.map(Cancellation::read).transpose()?,
        declined: content.declined.into_iter().map(DeclinedRequest::from).collect(),
        asked_in: content.asked_in,
        asked_at: row.requested_at.map(from_micros).transpose()?,
        due_at: row.request_due_at.map(from_micros).transpose()?,
        declining_until: content.declining_until.map(from_micros).transpose()?,
        history: history.collect::<Result<_, DatabaseError>>()?,
        channel: row.channel,
    };
    if !record.has_request() {
        // An older version of the program may have written the row, and left the time of an earlier request in it.
        (record.asked_at, record.due_at) = (None, None);
    }
    Ok(record)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &i32) -> bool {
    *count == 0
}

fn line(it: &ChannelHistoryLine) -> (i64, String, String) {
    (to_micros(it.at), it.actor.clone(), it.text.clone())
}

impl From<&ChannelItem> for Item {
    fn from(it: &ChannelItem) -> Self {
        Self {
            id: it.id.clone(),
            sku: it.sku.clone(),
            name: it.name.clone(),
            quantity: it.quantity.scaled(),
            shipped: it.shipped.scaled(),
            request: it.request.as_ref().map(Request::from),
            canceled: it.canceled.as_ref().map(|it| (it.by.clone(), it.reason.clone())),
        }
    }
}

impl From<Item> for ChannelItem {
    fn from(it: Item) -> Self {
        Self {
            id: it.id,
            sku: it.sku,
            name: it.name,
            quantity: Quantity::from_scaled(it.quantity),
            shipped: Quantity::from_scaled(it.shipped),
            request: it.request.map(ChannelRequest::from),
            canceled: it.canceled.map(|(by, reason)| ChannelCanceledItem { by, reason }),
        }
    }
}

impl From<&ChannelRequest> for Request {
    fn from(it: &ChannelRequest) -> Self {
        Self {
            id: it.id.clone(),
            reason: it.reason.clone(),
        }
    }
}

impl From<Request> for ChannelRequest {
    fn from(it: Request) -> Self {
        Self {
            id: it.id,
            reason: it.reason,
        }
    }
}

impl From<&DeclinedRequest> for Declined {
    fn from(it: &DeclinedRequest) -> Self {
        Self {
            item: it.item.clone(),
            request: Request::from(&it.request),
            reason: it.reason.clone(),
        }
    }
}

impl From<Declined> for DeclinedRequest {
    fn from(it: Declined) -> Self {
        Self {
            item: it.item,
            request: it.request.into(),
            reason: it.reason,
        }
    }
}

impl From<&ChannelCancellation> for Cancellation {
    fn from(it: &ChannelCancellation) -> Self {
        let it = it.clone();
        Self {
            id: it.id,
            state: it.state.code().into(),
            reason: it.reason,
            reason_code: it.reason_code,
            comment: it.comment,
            rests_on_request: it.rests_on_request,
            actor: it.actor,
            requested_at: to_micros(it.requested_at),
            changed_at: to_micros(it.changed_at),
            reference: it.reference,
            put_back: it.put_back,
            problem: it.problem,
        }
    }
}

impl Cancellation {
    fn read(self) -> Result<ChannelCancellation, DatabaseError> {
        let state = ChannelCancellationState::from_code(&self.state);
        Ok(ChannelCancellation {
            state: state
                .ok_or_else(|| DatabaseError::Corrupt(format!("cancellation state `{}`", self.state)))?,
            id: self.id,
            reason: self.reason,
            reason_code: self.reason_code,
            comment: self.comment,
            rests_on_request: self.rests_on_request,
            actor: self.actor,
            requested_at: from_micros(self.requested_at)?,
            changed_at: from_micros(self.changed_at)?,
            reference: self.reference,
            put_back: self.put_back,
            problem: self.problem,
        })
    }
}
