//! The totals of an order, from its items.

use super::draft::{Coupon, Draft};
use super::money::share;
use super::row::Row;
use super::situation::Situation;

/// The totals of an order, in minor units of its currency. No amount is negative.
#[derive(Debug)]
pub(super) struct Totals {
    /// The items without tax.
    pub(super) subtotal: i64,
    /// The items with tax, before the discount.
    pub(super) subtotal_with_tax: i64,
    /// The tax on items and shipping.
    pub(super) tax: i64,
    /// The discount on items and shipping.
    pub(super) discount: i64,
    pub(super) shipping: Shipping,
    /// The amount that a gift card pays.
    pub(super) gift_card: i64,
    /// The amount that the buyer pays in money.
    pub(super) grand_total: i64,
    pub(super) invoiced: i64,
    /// The paid amount; none if no payment was made.
    pub(super) paid: Option<i64>,
    pub(super) refunded: i64,
    pub(super) canceled: i64,
}

/// The shipping charge of an order.
#[derive(Debug, Default)]
pub(super) struct Shipping {
    pub(super) is_shipped: bool,
    pub(super) net: i64,
    pub(super) discount: i64,
    pub(super) tax: i64,
    pub(super) is_invoiced: bool,
    pub(super) is_refunded: bool,
}

impl Totals {
    /// The totals of an order with the items `rows`.
    pub(super) fn of(draft: &Draft, rows: &[Row]) -> Self {
        let sum =
            |amount: &dyn Fn(&Row) -> i64| rows.iter().filter(|row| row.counts).map(amount).sum::<i64>();
        let shipping = Shipping::of(draft, rows);
        let subtotal = sum(&|row| row.net);
        let discount = sum(&|row| row.discount) + shipping.discount;
        let tax = sum(&|row| row.tax) + shipping.tax;
        let value = subtotal + tax + shipping.net - discount;
        let gift_card = gift_card(draft, value);
        let grand_total = value - gift_card;

        let of_shipping = |happened: bool| if happened { shipping.payable() } else { 0 };
        let billed = sum(&|row| row.invoiced(row.net) + row.invoiced(row.tax) - row.invoiced(row.discount))
            + of_shipping(shipping.is_invoiced);
        let returned = sum(&|row| row.refunded(row.net) + row.refunded(row.tax) - row.refunded(row.discount))
            + of_shipping(shipping.is_refunded);
        // An order with a gift card is invoiced as a whole or not at all.
        let invoiced = billed.min(grand_total);
        Self {
            subtotal,
            subtotal_with_tax: sum(&Row::net_with_tax),
            tax,
            discount,
            gift_card,
            grand_total,
            invoiced,
            paid: (invoiced > 0 && draft.situation.pays_invoices()).then_some(invoiced),
            refunded: returned,
            canceled: if draft.situation == Situation::Canceled {
                grand_total
            } else {
                0
            },
            shipping,
        }
    }

    /// The amount that is not paid yet.
    pub(super) fn due(&self) -> i64 {
        self.grand_total - self.paid.unwrap_or(0) - self.canceled
    }
}

impl Shipping {
    fn of(draft: &Draft, rows: &[Row]) -> Self {
        if rows.iter().all(|row| row.kind.is_virtual()) {
            return Self::default();
        }
        let goods: i64 = rows.iter().filter(|row| row.counts).map(|row| row.net).sum();
        let net = if goods >= draft.shop.free_shipping_from {
            0
        } else {
            draft.shop.shipping_price
        };
        let discount = if draft.coupon.is_some_and(Coupon::covers_shipping) {
            net
        } else {
            0
        };
        let is_invoiced = rows.iter().any(|row| row.progress.invoiced > 0);
        Self {
            is_shipped: true,
            net,
            discount,
            tax: share(net - discount, draft.buyer.tax_rate(draft.shop), 10_000),
            is_invoiced,
            is_refunded: draft.situation.refunds_shipping(),
        }
    }

    fn payable(&self) -> i64 {
        self.net + self.tax - self.discount
    }
}

/// The amount that a gift card pays: a round value, or half of the order if that is less.
fn gift_card(draft: &Draft, value: i64) -> i64 {
    let card = if draft.shop.currency == "SEK" {
        25_000
    } else {
        2500
    };
    if draft.uses_gift_card {
        (value / 2).min(card)
    } else {
        0
    }
}
