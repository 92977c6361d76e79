//! The JSON of a cancellation: what was canceled and refunded, and why.

use countermand_domain::{
    ApprovedRequest, BuyerMail, CanceledItem, Cancellation, EventData, ItemPosition, Money, Quantity,
    Restoration, RestoredStock,
};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::json_column::RowDoc;
use crate::rows::order::currency;
use crate::rows::request_column::request_status;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the JSON")]
pub(super) struct CanceledDoc {
    v: i32,
    currency: String,
    reason_code: String,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_partial: bool,
    items: Vec<CanceledItemDoc>,
    shipping_canceled: RowDoc,
    shipping_refunded: RowDoc,
    #[serde(skip_serializing_if = "is_zero")]
    charges_canceled: i64,
    #[serde(skip_serializing_if = "is_zero")]
    charges_refunded: i64,
    canceled_total: i64,
    refunded_total: i64,
    #[serde(skip_serializing_if = "is_zero")]
    fee: i64,
    /// What staff said about its decision how much is paid back; none where the rules decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_memo: Option<String>,
    /// The position, SKU and quantity of what goes back into stock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stock: Vec<(i32, String, i64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    coupons: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    credits: i64,
    #[serde(skip_serializing_if = "is_zero")]
    points: i64,
    notifies_customer: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    declines_mail: bool,
    overrides_switch: bool,
    /// The positions and quantities of the units that left fulfilment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    released: Vec<(i32, i64)>,
    /// The number and the status of the request that was approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<(i32, String)>,
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

impl CanceledDoc {
    pub(super) fn of(facts: &Cancellation) -> Self {
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
            comment: facts.comment.clone(),
            is_partial: facts.is_partial,
            items: facts.items.iter().map(item).collect(),
            shipping_canceled: RowDoc::of(facts.shipping_canceled),
            shipping_refunded: RowDoc::of(facts.shipping_refunded),
            charges_canceled: facts.charges_canceled.minor(),
            charges_refunded: facts.charges_refunded.minor(),
            canceled_total: facts.canceled_total.minor(),
            refunded_total: facts.refunded_total.minor(),
            fee: facts.fee.minor(),
            refund_note: facts.refund_note.clone(),
            credit_memo: facts.credit_memo.clone(),
            stock: facts
                .restores
                .stock
                .iter()
                .map(|it| (it.item.0, it.sku.clone(), it.quantity.scaled()))
                .collect(),
            coupons: facts.restores.coupons.clone(),
            credits: facts.restores.credits.minor(),
            points: facts.restores.points,
            notifies_customer: facts.buyer_mail == BuyerMail::Sent,
            declines_mail: facts.buyer_mail == BuyerMail::Declined,
            overrides_switch: facts.overrides_switch,
            released: facts
                .released
                .iter()
                .map(|line| (line.0.0, line.1.scaled()))
                .collect(),
            request: facts
                .request
                .as_ref()
                .map(|it| (it.number, it.status.code().into())),
        }
    }

    pub(super) fn facts(self) -> Result<Cancellation, DatabaseError> {
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
            fee: Money::new(self.fee, currency),
            refund_note: self.refund_note,
            reason_code: self.reason_code,
            reason: self.reason,
            comment: self.comment,
            is_partial: self.is_partial,
            credit_memo: self.credit_memo,
            restores: Restoration {
                stock: self.stock.into_iter().map(stock_line).collect(),
                coupons: self.coupons,
                credits: Money::new(self.credits, currency),
                points: self.points,
            },
            buyer_mail: match (self.notifies_customer, self.declines_mail) {
                (true, _) => BuyerMail::Sent,
                (false, true) => BuyerMail::Declined,
                (false, false) => BuyerMail::SwitchedOff,
            },
            overrides_switch: self.overrides_switch,
            released: self.released.into_iter().map(released_line).collect(),
            request: self.request.map(approved).transpose()?,
        })
    }
}

fn stock_line((item, sku, quantity): (i32, String, i64)) -> RestoredStock {
    RestoredStock {
        item: ItemPosition(item),
        sku,
        quantity: Quantity::from_scaled(quantity),
    }
}

fn released_line((item, quantity): (i32, i64)) -> (ItemPosition, Quantity) {
    (ItemPosition(item), Quantity::from_scaled(quantity))
}

fn approved((number, status): (i32, String)) -> Result<ApprovedRequest, DatabaseError> {
    Ok(ApprovedRequest {
        number,
        status: request_status(&status)?,
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}
