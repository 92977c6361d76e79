//! The JSON column `other_charges` of orders, invoices and credit memos. It is null where there are none, as in most
//! orders.

use countermand_domain::{ChargeShare, Currency, ItemPosition, Money, Order, OtherCharge, OtherCredit};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::json_column;

/// The charges and the credits of an order.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct ChargesDoc {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    charges: Vec<ChargeDoc>,
    /// The code, label and amount of each credit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credits: Vec<(String, String, i64)>,
}

#[derive(Serialize, Deserialize)]
struct ChargeDoc {
    code: String,
    label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<i32>,
    ordered: i64,
    #[serde(default)]
    invoiced: i64,
    #[serde(default)]
    refunded: i64,
    #[serde(default)]
    canceled: i64,
}

/// The charges and the credits in the column of an order.
pub(crate) fn charges_of(
    column: Option<&str>,
    currency: Currency,
) -> Result<(Vec<OtherCharge>, Vec<OtherCredit>), DatabaseError> {
    let Some(text) = column else {
        return Ok((Vec::new(), Vec::new()));
    };
    let doc: ChargesDoc = json_column::read(text)?;
    let money = |minor| Money::new(minor, currency);
    let charge = |it: ChargeDoc| OtherCharge {
        code: it.code,
        label: it.label,
        item: it.item.map(ItemPosition),
        ordered: money(it.ordered),
        invoiced: money(it.invoiced),
        refunded: money(it.refunded),
        canceled: money(it.canceled),
    };
    let credit = |(code, label, amount)| OtherCredit {
        code,
        label,
        amount: money(amount),
    };
    Ok((
        doc.charges.into_iter().map(charge).collect(),
        doc.credits.into_iter().map(credit).collect(),
    ))
}

/// The column of `order`.
pub(crate) fn charges_text(order: &Order) -> Result<Option<String>, DatabaseError> {
    if order.other_charges.is_empty() && order.other_credits.is_empty() {
        return Ok(None);
    }
    let charge = |it: &OtherCharge| ChargeDoc {
        code: it.code.clone(),
        label: it.label.clone(),
        item: it.item.map(|item| item.0),
        ordered: it.ordered.minor(),
        invoiced: it.invoiced.minor(),
        refunded: it.refunded.minor(),
        canceled: it.canceled.minor(),
    };
    let credit = |it: &OtherCredit| (it.code.clone(), it.label.clone(), it.amount.minor());
    let doc = ChargesDoc {
        charges: order.other_charges.iter().map(charge).collect(),
        credits: order.other_credits.iter().map(credit).collect(),
    };
    json_column::write(&doc).map(Some)
}

/// The parts of charges in the column of a document.
pub(crate) fn shares_of(column: Option<&str>, currency: Currency) -> Result<Vec<ChargeShare>, DatabaseError> {
    let Some(text) = column else {
        return Ok(Vec::new());
    };
    let pairs: Vec<(usize, i64)> = json_column::read(text)?;
    let share = |(charge, minor)| ChargeShare {
        charge,
        amount: Money::new(minor, currency),
    };
    Ok(pairs.into_iter().map(share).collect())
}

/// The column of a document with `shares`: the index and the amount of each.
pub(crate) fn shares_text(shares: &[ChargeShare]) -> Result<Option<String>, DatabaseError> {
    if shares.is_empty() {
        return Ok(None);
    }
    let pairs: Vec<_> = shares.iter().map(|it| (it.charge, it.amount.minor())).collect();
    json_column::write(&pairs).map(Some)
}
