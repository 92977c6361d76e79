//! Writes the data of an event as JSON and reads them back. Each kind of event has its own JSON, with a version.
//!
//! A field that is absent in the JSON takes its default, so every
//! version of the program can read the data that an older version wrote.

mod settled;
#[cfg(test)]
mod tests;

use countermand_domain::{
    CanceledItem, Cancellation, Currency, EventData, EventKind, ItemPosition, Money, OrderState, Quantity,
    UpstreamChange,
};
use serde::{Deserialize, Serialize};

use self::settled::SettledDoc;
use crate::error::DatabaseError;
use crate::rows::json_column::{self, RowDoc};
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
        EventData::Invoiced {
            number,
            items,
            grand_total,
            paid,
        } => json_column::write(&InvoicedDoc {
            v,
            currency: grand_total.currency().code().into(),
            number: number.clone(),
            items: scaled(items),
            grand_total: grand_total.minor(),
            paid: *paid,
        }),
        EventData::InvoicesPaid {
            numbers,
            amount,
            reference,
        } => json_column::write(&OpenInvoicesDoc {
            v,
            currency: amount.currency().code().into(),
            numbers: numbers.clone(),
            amount: amount.minor(),
            reference: reference.clone(),
        }),
        EventData::InvoicesCanceled { numbers, grand_total } => json_column::write(&OpenInvoicesDoc {
            v,
            currency: grand_total.currency().code().into(),
            numbers: numbers.clone(),
            amount: grand_total.minor(),
            reference: None,
        }),
        EventData::Shipped { number, items } => json_column::write(&ShippedDoc {
            v,
            number: number.clone(),
            items: scaled(items),
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
        EventData::Held { from } => json_column::write(&StateDoc::of(*from)),
        EventData::Unheld { to } => json_column::write(&StateDoc::of(*to)),
        EventData::Settled(settlement) => json_column::write(&SettledDoc::of(settlement)),
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
        EventKind::Canceled => EventData::Canceled(json_column::read::<CanceledDoc>(json)?.facts()?),
        EventKind::CancellationKeyRequested => {
            let doc: KeyDoc = json_column::read(json)?;
            EventData::CancellationKeyRequested {
                reason_code: doc.reason_code,
                expires_at: from_micros(doc.expires_at)?,
            }
        }
        EventKind::Invoiced => {
            let doc: InvoicedDoc = json_column::read(json)?;
            EventData::Invoiced {
                grand_total: Money::new(doc.grand_total, currency(&doc.currency)?),
                number: doc.number,
                items: quantities(&doc.items),
                paid: doc.paid,
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
        EventKind::Unheld => EventData::Unheld {
            to: json_column::read::<StateDoc>(json)?.state()?,
        },
        EventKind::Settled => EventData::Settled(json_column::read::<SettledDoc>(json)?.settlement()?),
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
type Lines = Vec<(i32, i64)>;

#[derive(Serialize)]
struct NothingDoc {
    v: i32,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct CanceledDoc {
    v: i32,
    currency: String,
    reason_code: String,
    reason: String,
    items: Vec<CanceledItemDoc>,
    shipping_canceled: RowDoc,
    shipping_refunded: RowDoc,
    #[serde(skip_serializing_if = "is_zero")]
    charges_canceled: i64,
    #[serde(skip_serializing_if = "is_zero")]
    charges_refunded: i64,
    canceled_total: i64,
    refunded_total: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_memo: Option<String>,
    notifies_customer: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    declines_mail: bool,
    overrides_switch: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct CanceledItemDoc {
    item: i32,
    canceled: i64,
    canceled_money: RowDoc,
    refunded: i64,
    refunded_money: RowDoc,
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
struct InvoicedDoc {
    v: i32,
    currency: String,
    number: String,
    items: Lines,
    grand_total: i64,
    paid: bool,
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

impl CanceledDoc {
    fn of(facts: &Cancellation) -> Self {
        let item = |row: &CanceledItem| CanceledItemDoc {
            item: row.item.0,
            canceled: row.canceled.scaled(),
            canceled_money: RowDoc::of(row.canceled_money),
            refunded: row.refunded.scaled(),
            refunded_money: RowDoc::of(row.refunded_money),
        };
        Self {
            v: EventData::SCHEMA_VERSION,
            currency: facts.canceled_total.currency().code().into(),
            reason_code: facts.reason_code.clone(),
            reason: facts.reason.clone(),
            items: facts.items.iter().map(item).collect(),
            shipping_canceled: RowDoc::of(facts.shipping_canceled),
            shipping_refunded: RowDoc::of(facts.shipping_refunded),
            charges_canceled: facts.charges_canceled.minor(),
            charges_refunded: facts.charges_refunded.minor(),
            canceled_total: facts.canceled_total.minor(),
            refunded_total: facts.refunded_total.minor(),
            credit_memo: facts.credit_memo.clone(),
            notifies_customer: facts.notifies_customer,
            declines_mail: facts.declines_mail,
            overrides_switch: facts.overrides_switch,
        }
    }

    fn facts(self) -> Result<Cancellation, DatabaseError> {
        let currency = currency(&self.currency)?;
        let item = |row: &CanceledItemDoc| CanceledItem {
            item: ItemPosition(row.item),
            canceled: Quantity::from_scaled(row.canceled),
            canceled_money: row.canceled_money.money(currency),
            refunded: Quantity::from_scaled(row.refunded),
            refunded_money: row.refunded_money.money(currency),
        };
        Ok(Cancellation {
            items: self.items.iter().map(item).collect(),
            shipping_canceled: self.shipping_canceled.money(currency),
            shipping_refunded: self.shipping_refunded.money(currency),
            charges_canceled: Money::new(self.charges_canceled, currency),
            charges_refunded: Money::new(self.charges_refunded, currency),
            canceled_total: Money::new(self.canceled_total, currency),
            refunded_total: Money::new(self.refunded_total, currency),
            reason_code: self.reason_code,
            reason: self.reason,
            credit_memo: self.credit_memo,
            notifies_customer: self.notifies_customer,
            declines_mail: self.declines_mail,
            overrides_switch: self.overrides_switch,
        })
    }
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

fn scaled(items: &[(ItemPosition, Quantity)]) -> Lines {
    let line = |&(item, quantity): &(ItemPosition, Quantity)| (item.0, quantity.scaled());
    items.iter().map(line).collect()
}

fn quantities(items: &Lines) -> Vec<(ItemPosition, Quantity)> {
    let line = |&(item, scaled): &(i32, i64)| (ItemPosition(item), Quantity::from_scaled(scaled));
    items.iter().map(line).collect()
}
