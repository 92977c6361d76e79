//! Writes the data of an event as JSON and reads them back. Each kind of event has its own JSON, with a version.
//!
//! A field that is absent in the JSON takes its default, so every
//! version of the program can read the data that an older version wrote.

mod at_channel;
mod canceled;
mod credit_due;
mod delivered;
mod requested;
mod reversal_failed;
mod settled;
mod subscription;
#[cfg(test)]
mod tests;

use countermand_domain::{
    Currency, EventData, EventKind, ItemPosition, Money, OrderState, Quantity, UpstreamChange,
};
use serde::{Deserialize, Serialize};

use self::at_channel::ChannelDoc;
use self::canceled::CanceledDoc;
use self::credit_due::CreditDueDoc;
use self::delivered::DeliveryDoc;
use self::requested::{EndedRequestDoc, EscalatedRequestDoc, RequestedDoc};
use self::reversal_failed::FailedReversalDoc;
use self::settled::SettledDoc;
use self::subscription::{EndedSubscriptionDoc, ResumedSubscriptionDoc};
use crate::error::DatabaseError;
use crate::rows::json_column;
use crate::rows::order::{currency, state};
use crate::rows::time::{from_micros, to_micros};

/// `data` as JSON. The kind of the event is stored in another column.
pub(crate) fn write(data: &EventData) -> Result<String, DatabaseError> {
    let v = EventData::SCHEMA_VERSION;
    match data {
        EventData::Imported | EventData::Updated | EventData::BuyerErased => {
            json_column::write(&NothingDoc { v })
        }
        EventData::Canceled(facts) => json_column::write(&CanceledDoc::of(facts)),
        EventData::CancellationKeyRequested {
            reason_code,
            expires_at,
        } => json_column::write(&KeyDoc {
            v,
            reason_code: reason_code.clone(),
            expires_at: to_micros(*expires_at),
        }),
        EventData::CancellationRequested(facts) => json_column::write(&RequestedDoc::of(facts)),
        EventData::CancellationRequestEnded(facts) => json_column::write(&EndedRequestDoc::of(facts)),
        EventData::CancellationRequestEscalated { number } => {
            json_column::write(&EscalatedRequestDoc::of(*number))
        }
        EventData::Invoiced {
            number,
            items,
            grand_total,
            paid,
            reference,
        } => json_column::write(&InvoicedDoc {
            number: number.clone(),
            items: scaled(items),
            paid: *paid,
            reference: reference.clone(),
            ..InvoicedDoc::of(*grand_total)
        }),
        EventData::InvoicesPaid {
            numbers,
            amount,
            reference,
        } => json_column::write(&OpenInvoicesDoc::of(numbers, *amount, reference.as_deref())),
        EventData::InvoicesCanceled { numbers, grand_total } => {
            json_column::write(&OpenInvoicesDoc::of(numbers, *grand_total, None))
        }
        EventData::Shipped {
            number,
            items,
            overrides_request,
        } => json_column::write(&ShippedDoc {
            v,
            number: number.clone(),
            items: scaled(items),
            overrides_request: *overrides_request,
        }),
        EventData::CreditMemoCreated {
            number,
            items,
            grand_total,
            credits,
            adjustment,
        } => json_column::write(&CreditMemoDoc {
            v,
            currency: grand_total.currency().code().into(),
            number: number.clone(),
            items: scaled(items),
            grand_total: grand_total.minor(),
            credits: credits.minor(),
            adjustment: adjustment.minor(),
        }),
        EventData::FulfilmentStarted { items } | EventData::FulfilmentReleased { items } => {
            json_column::write(&FulfilmentDoc::of(items))
        }
        EventData::DeliveryRecorded {
            items,
            kind,
            delivered_at,
        } => json_column::write(&DeliveryDoc::of(items, *kind, *delivered_at)),
        EventData::CanceledAtChannel {
            channel,
            number,
            reason,
        } => json_column::write(&ChannelDoc::of(channel, number, reason.as_deref())),
        EventData::SubscriptionEnded(facts) => json_column::write(&EndedSubscriptionDoc::of(facts)),
        EventData::SubscriptionResumed { subscription, item } => {
            json_column::write(&ResumedSubscriptionDoc::of(subscription, *item))
        }
        EventData::Held { from } => json_column::write(&StateDoc::of(*from)),
        EventData::Unheld { to } => json_column::write(&StateDoc::of(*to)),
        EventData::Settled(settlement) => json_column::write(&SettledDoc::of(settlement)),
        EventData::CreditDue(due) => json_column::write(&CreditDueDoc::of(due)),
        EventData::ReversalFailed(failed) => json_column::write(&FailedReversalDoc::of(failed)),
        EventData::ChangedUpstream(change) => json_column::write(&UpstreamDoc {
            v,
            currency: change.paid.currency().code().into(),
            shipped: change.shipped.scaled(),
            canceled: change.canceled.scaled(),
            paid: change.paid.minor(),
            refunded: change.refunded.minor(),
        }),
        EventData::NoteAdded { is_for_buyer } => json_column::write(&NoteDoc {
            v,
            is_for_buyer: *is_for_buyer,
        }),
    }
}

/// The data of an event of `kind`.
pub(crate) fn read(kind: EventKind, json: &str) -> Result<EventData, DatabaseError> {
    Ok(match kind {
        EventKind::Imported => EventData::Imported,
        EventKind::Updated => EventData::Updated,
        EventKind::Canceled => {
            EventData::Canceled(Box::new(json_column::read::<CanceledDoc>(json)?.facts()?))
        }
        EventKind::CancellationKeyRequested => {
            let doc: KeyDoc = json_column::read(json)?;
            EventData::CancellationKeyRequested {
                reason_code: doc.reason_code,
                expires_at: from_micros(doc.expires_at)?,
            }
        }
        EventKind::CancellationRequested => {
            EventData::CancellationRequested(json_column::read::<RequestedDoc>(json)?.facts()?)
        }
        EventKind::CancellationRequestEnded => {
            EventData::CancellationRequestEnded(json_column::read::<EndedRequestDoc>(json)?.facts()?)
        }
        EventKind::CancellationRequestEscalated => json_column::read::<EscalatedRequestDoc>(json)?.facts(),
        EventKind::Invoiced => {
            let doc: InvoicedDoc = json_column::read(json)?;
            EventData::Invoiced {
                grand_total: Money::new(doc.grand_total, currency(&doc.currency)?),
                number: doc.number,
                items: quantities(&doc.items),
                paid: doc.paid,
                reference: doc.reference,
            }
        }
        EventKind::InvoicesPaid => {
            let doc: OpenInvoicesDoc = json_column::read(json)?;
            EventData::InvoicesPaid {
                amount: Money::new(doc.amount, currency(&doc.currency)?),
                numbers: doc.numbers,
                reference: doc.reference,
            }
        }
        EventKind::InvoicesCanceled => {
            let doc: OpenInvoicesDoc = json_column::read(json)?;
            EventData::InvoicesCanceled {
                grand_total: Money::new(doc.amount, currency(&doc.currency)?),
                numbers: doc.numbers,
            }
        }
        EventKind::Shipped => {
            let doc: ShippedDoc = json_column::read(json)?;
            EventData::Shipped {
                number: doc.number,
                items: quantities(&doc.items),
                overrides_request: doc.overrides_request,
            }
        }
        EventKind::CreditMemoCreated => {
            let doc: CreditMemoDoc = json_column::read(json)?;
            let currency = currency(&doc.currency)?;
            EventData::CreditMemoCreated {
                number: doc.number,
                items: quantities(&doc.items),
                grand_total: Money::new(doc.grand_total, currency),
                credits: Money::new(doc.credits, currency),
                adjustment: Money::new(doc.adjustment, currency),
            }
        }
        EventKind::Held => EventData::Held {
            from: json_column::read::<StateDoc>(json)?.state()?,
        },
        EventKind::FulfilmentStarted => EventData::FulfilmentStarted {
            items: quantities(&json_column::read::<FulfilmentDoc>(json)?.items),
        },
        EventKind::FulfilmentReleased => EventData::FulfilmentReleased {
            items: quantities(&json_column::read::<FulfilmentDoc>(json)?.items),
        },
        EventKind::DeliveryRecorded => json_column::read::<DeliveryDoc>(json)?.facts()?,
        EventKind::CanceledAtChannel => json_column::read::<ChannelDoc>(json)?.facts(),
        EventKind::SubscriptionEnded => json_column::read::<EndedSubscriptionDoc>(json)?.facts()?,
        EventKind::SubscriptionResumed => json_column::read::<ResumedSubscriptionDoc>(json)?.facts(),
        EventKind::Unheld => EventData::Unheld {
            to: json_column::read::<StateDoc>(json)?.state()?,
        },
        EventKind::Settled => EventData::Settled(json_column::read::<SettledDoc>(json)?.settlement()?),
        EventKind::CreditDue => EventData::CreditDue(json_column::read::<CreditDueDoc>(json)?.due()?),
        EventKind::RefundFailed | EventKind::VoidFailed => {
            EventData::ReversalFailed(json_column::read::<FailedReversalDoc>(json)?.failed(kind)?)
        }
        EventKind::ChangedUpstream => {
            let doc: UpstreamDoc = json_column::read(json)?;
            let currency: Currency = currency(&doc.currency)?;
            EventData::ChangedUpstream(UpstreamChange {
                shipped: Quantity::from_scaled(doc.shipped),
                canceled: Quantity::from_scaled(doc.canceled),
                paid: Money::new(doc.paid, currency),
                refunded: Money::new(doc.refunded, currency),
            })
        }
        EventKind::NoteAdded => EventData::NoteAdded {
            is_for_buyer: json_column::read::<NoteDoc>(json)?.is_for_buyer,
        },
        EventKind::BuyerErased => EventData::BuyerErased,
    })
}

/// The position of each item, and its quantity in ten-thousandths of a unit.
pub(crate) type Lines = Vec<(i32, i64)>;

#[derive(Serialize)]
struct NothingDoc {
    v: i32,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct KeyDoc {
    v: i32,
    reason_code: String,
    expires_at: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct FulfilmentDoc {
    v: i32,
    items: Lines,
}

impl FulfilmentDoc {
    fn of(items: &[(ItemPosition, Quantity)]) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            items: scaled(items),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct InvoicedDoc {
    v: i32,
    currency: String,
    number: String,
    items: Lines,
    grand_total: i64,
    paid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl InvoicedDoc {
    fn of(grand_total: Money) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            currency: grand_total.currency().code().into(),
            grand_total: grand_total.minor(),
            ..Self::default()
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct OpenInvoicesDoc {
    v: i32,
    currency: String,
    numbers: Vec<String>,
    amount: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

impl OpenInvoicesDoc {
    fn of(numbers: &[String], amount: Money, reference: Option<&str>) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            currency: amount.currency().code().into(),
            numbers: numbers.to_vec(),
            amount: amount.minor(),
            reference: reference.map(str::to_owned),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct UpstreamDoc {
    v: i32,
    currency: String,
    shipped: i64,
    canceled: i64,
    paid: i64,
    refunded: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ShippedDoc {
    v: i32,
    number: String,
    items: Lines,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    overrides_request: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct CreditMemoDoc {
    v: i32,
    currency: String,
    number: String,
    items: Lines,
    grand_total: i64,
    credits: i64,
    adjustment: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct NoteDoc {
    v: i32,
    is_for_buyer: bool,
}

#[derive(Serialize, Deserialize)]
struct StateDoc {
    v: i32,
    state: String,
}

impl StateDoc {
    fn of(state: OrderState) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            state: state.code().into(),
        }
    }

    fn state(&self) -> Result<OrderState, DatabaseError> {
        state(&self.state)
    }
}

pub(crate) fn scaled(items: &[(ItemPosition, Quantity)]) -> Lines {
    let line = |&(item, quantity): &(ItemPosition, Quantity)| (item.0, quantity.scaled());
    items.iter().map(line).collect()
}

pub(crate) fn quantities(items: &Lines) -> Vec<(ItemPosition, Quantity)> {
    let line = |&(item, scaled): &(i32, i64)| (ItemPosition(item), Quantity::from_scaled(scaled));
    items.iter().map(line).collect()
}
