//! Converts guest keys to rows and back. The database holds only the hash of a key.

use countermand_domain::{
    Actor, CancellationIntent, CancellationQuote, GuestKey, ItemPosition, OrderId, Quantity, RefundChoice,
    Selection,
};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::orders::quote::TermsDoc;
use crate::rows::entity::guest_key::Model;
use crate::rows::json_column;
use crate::rows::order::order_id;
use crate::rows::time::{from_micros, to_micros};

/// What a guest asked for, if it is more than the whole order for a reason. The reason stands here as well and the
/// column of the reason is empty: a server of an earlier version, which knows only whole orders, refuses such a key.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct IntentDoc {
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// The position of each selected item, and its quantity in ten-thousandths of a unit; none for the whole order.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<(i32, i64)>>,
    /// The quote that the guest accepted; none without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<QuoteDoc>,
}

/// A quote of a guest, which holds as long as the key.
#[derive(Serialize, Deserialize)]
struct QuoteDoc {
    order_version: i64,
    terms: TermsDoc,
    expires_at: i64,
}

impl TryFrom<Model> for GuestKey {
    type Error = DatabaseError;

    fn try_from(row: Model) -> Result<Self, DatabaseError> {
        // An earlier server replaces a key without its intent, and always writes a reason.
        let intent = match &row.intent {
            Some(json) if row.reason.is_empty() => json_column::read(json)?,
            Some(_) | None => IntentDoc {
                reason: row.reason,
                ..IntentDoc::default()
            },
        };
        let order = order_id(row.order_id)?;
        Ok(Self {
            order,
            hash: hex::decode(&row.hash)?,
            intent: CancellationIntent {
                reason: intent.reason,
                comment: intent.comment,
                selection: selection(intent.items),
                quote: intent.quote.map(|quote| quote.read(order)).transpose()?,
                refund: RefundChoice::default(),
            },
            created_at: from_micros(row.created_at)?,
            expires_at: from_micros(row.expires_at)?,
            used_at: row.used_at.map(from_micros).transpose()?,
        })
    }
}

/// The row of `key`.
pub(crate) fn key_row(key: &GuestKey) -> Result<Model, DatabaseError> {
    let items = match &key.intent.selection {
        Selection::All => None,
        Selection::Items(lines) => Some(lines.iter().map(|line| (line.0.0, line.1.scaled())).collect()),
    };
    let quote = key.intent.quote.as_ref();
    let is_plain = items.is_none() && key.intent.comment.is_none() && quote.is_none();
    let intent = IntentDoc {
        reason: key.intent.reason.clone(),
        comment: key.intent.comment.clone(),
        items,
        quote: quote.map(QuoteDoc::of),
    };
    Ok(Model {
        order_id: OrderId::number(key.order),
        hash: hex::encode(&key.hash),
        reason: if is_plain {
            key.intent.reason.clone()
        } else {
            String::new()
        },
        intent: if is_plain {
            None
        } else {
            Some(json_column::write(&intent)?)
        },
        created_at: to_micros(key.created_at),
        expires_at: to_micros(key.expires_at),
        used_at: key.used_at.map(to_micros),
    })
}

impl QuoteDoc {
    fn of(quote: &CancellationQuote) -> Self {
        Self {
            order_version: quote.order_version,
            terms: TermsDoc::of(quote),
            expires_at: to_micros(quote.expires_at),
        }
    }

    fn read(self, order: OrderId) -> Result<CancellationQuote, DatabaseError> {
        let (items, money) = self.terms.read()?;
        Ok(CancellationQuote {
            order,
            order_version: self.order_version,
            actor: Actor::Guest.label(),
            items,
            money,
            expires_at: from_micros(self.expires_at)?,
        })
    }
}

fn selection(items: Option<Vec<(i32, i64)>>) -> Selection {
    let line = |(position, scaled)| (ItemPosition(position), Quantity::from_scaled(scaled));
    items.map_or(Selection::All, |items| {
        Selection::Items(items.into_iter().map(line).collect())
    })
}
