//! The amounts that an invoice or a credit memo adds up to.

use async_graphql::{MergedObject, SimpleObject};
use countermand_domain::{ChargeShare, CreditMemo, Invoice, Money as Amount, MoneyError, Order, RowMoney};

use super::other_amount::OtherAmount;
use super::tax_and_discount::{CartDiscountType, Discount, TaxItem};
use super::total::ShippingHandling;
use crate::kit::List;
use crate::kit::money::Money;

/// Amounts that an invoice adds up to; in the order's currency, unless a field says otherwise.
#[derive(MergedObject)]
#[graphql(serial)]
pub(crate) struct InvoiceTotal(DocumentTotal);

/// Amounts that a credit memo adds up to; in the order's currency, unless a field says otherwise.
#[derive(MergedObject)]
#[graphql(serial)]
pub(crate) struct CreditMemoTotal(DocumentTotal, Adjustment);

impl InvoiceTotal {
    /// The amounts of the invoice at `index`, counted from 0 for the oldest.
    pub(crate) fn of(order: &Order, invoice: &Invoice, index: usize) -> Result<Self, MoneyError> {
        let rows = invoice.lines.iter().map(|line| line.money);
        let base = order.base_amount_of_invoice(index)?;
        let charges = &invoice.other_charges;
        DocumentTotal::of(
            order,
            rows,
            invoice.shipping,
            charges,
            (invoice.grand_total, base),
        )
        .map(Self)
    }
}

impl CreditMemoTotal {
    /// The amounts of the credit memo at `index`, counted from 0 for the oldest.
    pub(crate) fn of(order: &Order, memo: &CreditMemo, index: usize) -> Result<Self, MoneyError> {
        let rows = memo.lines.iter().map(|line| line.money);
        let base = order.base_amount_of_credit_memo(index)?;
        let charges = &memo.other_charges;
        let total = DocumentTotal::of(order, rows, memo.shipping, charges, (memo.grand_total, base))?;
        Ok(Self(
            total,
            Adjustment {
                adjustment: memo.adjustment.into(),
            },
        ))
    }
}

/// The amounts that invoices and credit memos have in common.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct DocumentTotal {
    /// Sum of the document's items, without tax, before discounts.
    subtotal: Money,
    /// Money that moves by this document, with tax and shipping, after discounts: what the buyer owes by an invoice,
    /// what is paid back by a credit memo. Gift cards, store credit and reward points are not part of the amount.
    grand_total: Money,
    /// The amount of `grand_total` in the base currency of the order's website, at the exchange rate of the order and
    /// rounded so that all invoices, and all credit memos, come to the base amount of their sum.
    base_grand_total: Money,
    /// Tax on the items and on the shipping of this document.
    total_tax: Money,
    /// Shipping cost on this document, without tax, before discounts.
    total_shipping: Money,
    /// Charges on this document beside items and shipping, such as a payment fee; empty when there are none.
    other_charges: Vec<OtherAmount>,
    /// Shipping cost on this document in detail. Never null.
    shipping_handling: Option<ShippingHandling>,
    /// Taxes of this document by rate; empty when the document has no tax, or when it covers a part of an order
    /// with several rates, because rates are kept for whole orders only. Never null.
    taxes: Option<List<TaxItem>>,
    /// Discount on the items and the shipping of this document, as one
    /// entry; empty when there is no discount. Never null.
    discounts: Option<List<Discount>>,
}

/// The amount that only a credit memo has.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Adjustment {
    /// Amount that was given on top of the items and shipping (positive) or
    /// kept back (negative); zero when neither happened.
    adjustment: Money,
}

impl DocumentTotal {
    fn of(
        order: &Order,
        rows: impl Iterator<Item = RowMoney>,
        shipping: RowMoney,
        charges: &[ChargeShare],
        (grand_total, base_grand_total): (Amount, Amount),
    ) -> Result<Self, MoneyError> {
        let rows = RowMoney::sum(order.currency(), rows)?;
        let whole = rows.checked_add(shipping)?;
        Ok(Self {
            subtotal: rows.net.into(),
            grand_total: grand_total.into(),
            base_grand_total: base_grand_total.into(),
            total_tax: whole.tax.into(),
            total_shipping: shipping.net.into(),
            other_charges: OtherAmount::of_document(order, charges)?,
            shipping_handling: Some(ShippingHandling::of(order, shipping)?),
            taxes: Some(TaxItem::of_part(order, whole.tax)),
            discounts: Some(Discount::of_part(order, whole.discount, CartDiscountType::Item)),
        })
    }
}
