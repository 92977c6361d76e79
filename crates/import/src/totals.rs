//! Reads the totals that an order states, and compares them with each other.
//!
//! Refused here: a missing total or currency, a currency that ISO 4217 does not know, more invoiced than the order costs,
//! more refunded than was paid, more canceled than is left, and a payment that is far above the grand total.

use countermand_domain::{Currency, Money, OrderState, Totals};

use super::exact::{decimal, half_up, noted_half_up};
use super::notes::{Notes, within};
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::{ExtensionShape, OrderShape};

/// By how many percent of the grand total an order that can be canceled may be overpaid.
const MOST_OVERPAID_PERCENT: i64 = 5;

/// The totals, in ten-thousandths, that are read before the items are.
#[derive(Debug)]
pub(super) struct StatedTotals {
    pub(super) currency: Currency,
    pub(super) grand_total: i64,
    pub(super) credits: i64,
    /// The part of the credits that gift cards paid.
    gift_cards: i64,
    /// The part of the credits that gift cards and store credit paid.
    stored_value: i64,
    base: (Currency, i64),
    pub(super) invoiced: i64,
    paid: Option<i64>,
    refunded: i64,
    canceled: i64,
}

impl StatedTotals {
    pub(super) fn read(
        shape: &OrderShape<'_>,
        extension: &ExtensionShape<'_>,
        state: OrderState,
        notes: &mut Notes,
    ) -> Result<Self, OrderRefusal> {
        let base_currency = currency(shape.base_currency_code, "base_currency_code")?;
        let currency = currency(shape.order_currency_code, "order_currency_code")?
            .or(base_currency)
            .ok_or_else(|| OrderRefusal::missing("order_currency_code"))?;
        let base_currency = base_currency.unwrap_or(currency);
        let grand_total = shape
            .grand_total
            .amount("grand_total", notes)?
            .ok_or_else(|| OrderRefusal::missing("grand_total"))?;
        let base_grand_total = shape
            .base_grand_total
            .amount("base_grand_total", notes)?
            .or((currency == base_currency).then_some(grand_total))
            .ok_or_else(|| OrderRefusal::missing("base_grand_total"))?;
        let invoiced = shape.total_invoiced.amount("total_invoiced", notes)?.unwrap_or(0);
        let canceled = shape.total_canceled.amount("total_canceled", notes)?.unwrap_or(0);
        let [gift_cards, store_credit, points] = credits(shape, extension, notes)?;
        let mut stated = Self {
            currency,
            grand_total,
            credits: gift_cards + store_credit + points,
            gift_cards,
            stored_value: gift_cards + store_credit,
            base: (base_currency, base_grand_total),
            invoiced,
            paid: shape.total_paid.amount("total_paid", notes)?,
            refunded: shape.total_refunded.amount("total_refunded", notes)?.unwrap_or(0),
            canceled,
        };
        stated.settle(state, notes)?;
        Ok(stated)
    }

    /// Checks that no total is above the total that limits it. In an order that is history, it counts up to its limit.
    ///
    /// More may be paid than is invoiced: gateways forget the invoice. What is paid beyond it gets a note.
    fn settle(&mut self, state: OrderState, notes: &mut Notes) -> Result<(), OrderRefusal> {
        let paid = self.paid.unwrap_or(0);
        if let Err(more) = self.limited("total_paid", paid, self.invoiced, "total_invoiced") {
            notes.push(more.to_string());
        }
        self.check_paid(paid, notes)?;
        let mut limited = |field, value, most, limit| match self.limited(field, value, most, limit) {
            Ok(value) => Ok(value),
            Err(refusal) => notes.tolerate(refusal).map(|()| most),
        };
        let invoiced = limited("total_invoiced", self.invoiced, self.grand_total, "grand_total")?;
        let refunded = limited("total_refunded", self.refunded, paid, "total_paid")?;
        let left = self.grand_total.saturating_sub(invoiced);
        let limit = "what grand_total leaves beside total_invoiced";
        let canceled = limited("total_canceled", self.canceled, left, limit)?;
        (self.invoiced, self.refunded) = (invoiced, refunded);
        self.canceled = if state == OrderState::Canceled {
            left
        } else {
            canceled
        };
        Ok(())
    }

    /// Refuses an order of which much more was paid than it costs: a cancellation would owe all of that to the buyer.
    ///
    /// A little more may be paid, because gateways add surcharges of their own.
    fn check_paid(&self, paid: i64, notes: &mut Notes) -> Result<(), OrderRefusal> {
        let tolerance = self.grand_total / 100 * MOST_OVERPAID_PERCENT;
        let most = self.grand_total.saturating_add(tolerance);
        if paid <= most {
            return Ok(());
        }
        let problem = format!(
            "is more than grand_total, {}, by more than {MOST_OVERPAID_PERCENT} %",
            self.decimal(self.grand_total)
        );
        let refusal = OrderRefusal::new("total_paid", &self.decimal(paid), problem);
        notes.tolerate(refusal)
    }

    /// The value of `field`, unless it is above `most`.
    fn limited(&self, field: &str, value: i64, most: i64, limit: &str) -> Result<i64, OrderRefusal> {
        if value <= most {
            return Ok(value);
        }
        let problem = format!("is more than {limit}, {}", self.decimal(most));
        Err(OrderRefusal::new(field, &self.decimal(value), problem))
    }

    /// The totals in minor units; `notes` tells which of them were rounded.
    pub(super) fn rounded(
        &self,
        credits: Money,
        anything_invoiced: bool,
        notes: &mut Notes,
    ) -> Result<Totals, OrderRefusal> {
        let mut round = |field, exact| noted_half_up(field, exact, self.currency, notes);
        let grand_total = round("grand_total", self.grand_total);
        let invoiced = round("total_invoiced", self.invoiced);
        let paid = self.paid.filter(|paid| *paid > 0 || anything_invoiced);
        let paid = paid.map(|paid| round("total_paid", paid));
        let refunded = round("total_refunded", self.refunded);
        let canceled = half_up(self.canceled, self.currency);
        let (base_currency, base_grand_total) = self.base;
        Ok(Totals {
            grand_total,
            base_grand_total: half_up(base_grand_total, base_currency),
            credits,
            stored_value: half_up(self.stored_value, self.currency).checked_min(credits)?,
            invoiced,
            paid,
            refunded,
            canceled: canceled.checked_min(grand_total.checked_sub(invoiced)?)?,
        })
    }

    /// What gift cards paid, in minor units.
    pub(super) fn gift_cards(&self) -> Money {
        half_up(self.gift_cards, self.currency)
    }

    fn decimal(&self, exact: i64) -> String {
        decimal(exact.into(), self.currency)
    }
}

fn currency(raw: Raw<'_>, field: &str) -> Result<Option<Currency>, OrderRefusal> {
    let Some(code) = raw.exact_code(field, LINE)? else {
        return Ok(None);
    };
    let known = code
        .parse()
        .map_err(|_| OrderRefusal::new(field, &code, "is no currency of ISO 4217"));
    known.map(Some)
}

/// What gift cards, store credit and points paid: of each Adobe's own field, or else the field that its extensions add.
fn credits(
    shape: &OrderShape<'_>,
    extension: &ExtensionShape<'_>,
    notes: &mut Notes,
) -> Result<[i64; 3], OrderRefusal> {
    let places = [
        (
            "gift_cards_amount",
            shape.gift_cards_amount,
            extension.gift_cards_amount,
        ),
        (
            "customer_balance_amount",
            shape.customer_balance_amount,
            extension.customer_balance_amount,
        ),
        (
            "reward_currency_amount",
            shape.reward_currency_amount,
            extension.reward_currency_amount,
        ),
    ];
    let mut amounts = [0; 3];
    for (sum, (field, own, added)) in amounts.iter_mut().zip(places) {
        let amount = match own.amount(field, notes)? {
            Some(amount) => Some(amount),
            None => within("extension_attributes", notes, |notes| added.amount(field, notes))?,
        };
        *sum = amount.unwrap_or(0);
    }
    Ok(amounts)
}
