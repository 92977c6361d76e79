//! Reads what the payment provider charged in another currency than the order's.
//!
//! Refused here: an amount without a currency and the other way round, an amount that is not above zero, a currency that
//! ISO 4217 does not know, an amount in the order's currency that is not what was moved, and an amount of a tender that no
//! payment provider moves, or that moved nothing.

use countermand_domain::{Currency, Money};

use super::exact::{decimal_of, half_up};
use super::notes::{Notes, within};
use super::payment::TenderAmounts;
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::ChargedShape;

/// Reads the field `field` of a tender that moved `amounts`. None where it is absent, where it says the same in the
/// order's currency, and where an order that is history contradicts itself.
pub(super) fn read_charged(
    raw: Raw<'_>,
    field: &str,
    amounts: &TenderAmounts,
    notes: &mut Notes,
) -> Result<Option<Money>, OrderRefusal> {
    let read = raw
        .object(field)
        .and_then(|shape: Option<ChargedShape<'_>>| match shape {
            Some(shape) => within(field, notes, |notes| read_shape(&shape, amounts, notes)),
            None => Ok(None),
        });
    match read {
        Ok(charged) => Ok(charged),
        Err(refusal) => {
            notes.tolerate(refusal)?;
            Ok(None)
        }
    }
}

fn read_shape(
    shape: &ChargedShape<'_>,
    amounts: &TenderAmounts,
    notes: &mut Notes,
) -> Result<Option<Money>, OrderRefusal> {
    let amount = shape.amount.amount("amount", notes)?;
    let code = shape.currency.exact_code("currency", LINE)?;
    let (amount, code) = match (amount, code) {
        (None, None) => return Ok(None),
        (Some(amount), Some(code)) => (amount, code),
        (None, Some(_)) => return Err(OrderRefusal::missing("amount")),
        (Some(_), None) => return Err(OrderRefusal::missing("currency")),
    };
    let currency: Currency = code
        .parse()
        .map_err(|_| OrderRefusal::new("currency", &code, "is no currency of ISO 4217"))?;
    let charged = half_up(amount, currency);
    let refused = |problem: String| OrderRefusal::new("amount", &decimal_of(charged), problem);
    if !charged.is_positive() {
        return Err(refused("is not above zero".into()));
    }
    if !amounts.is_online {
        return Err(refused(
            "belongs to a tender that no payment provider moves".into(),
        ));
    }
    let moved = amounts.moved();
    if !moved.is_positive() {
        return Err(refused(
            "stands for nothing, because nothing was authorized or paid".into(),
        ));
    }
    if currency != moved.currency() {
        return Ok(Some(charged));
    }
    if charged == moved {
        return Ok(None);
    }
    let problem = format!(
        "is in the order's currency, and is not what was authorized or paid, {}",
        decimal_of(moved)
    );
    Err(refused(problem))
}
