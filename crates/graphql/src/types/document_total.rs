//! What an invoice or a credit memo adds up to.

use async_graphql::{MergedObject, SimpleObject};
use countermand_domain::{CreditMemo, Invoice, Money as Amount, MoneyError, Order, RowMoney};

use super::list::List;
use super::money::Money;
use super::tax_and_discount::{CartDiscountType, Discount, TaxItem};
use super::total::ShippingHandling;

/// What an invoice adds up to.
#[derive(MergedObject)]
pub(crate) struct InvoiceTotal(DocumentTotal);

/// What a credit memo adds up to.
#[derive(MergedObject)]
pub(crate) struct CreditMemoTotal(DocumentTotal, Adjustment);

impl InvoiceTotal {
    pub(crate) fn of(order: &Order, invoice: &Invoice) -> Result<Self, MoneyError> {
        let rows = invoice.lines.iter().map(|line| line.money);
        DocumentTotal::of(order, rows, invoice.shipping, invoice.grand_total).map(Self)
    }
}

impl CreditMemoTotal {
    pub(crate) fn of(order: &Order, memo: &CreditMemo) -> Result<Self, MoneyError> {
        let rows = memo.lines.iter().map(|line| line.money);
        let total = DocumentTotal::of(order, rows, memo.shipping, memo.grand_total)?;
        Ok(Self(
            total,
            Adjustment {
                adjustment: memo.adjustment.into(),
            },
        ))
    }
}

/// What every document has.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct DocumentTotal {
    /// The rows without tax, before discounts.
    subtotal: Money,
    /// What flows by this document.
    grand_total: Money,
    /// The same in the website's base currency.
    base_grand_total: Money,
    /// Tax of rows and shipping.
    total_tax: Money,
    /// Shipping without tax.
    total_shipping: Money,
    /// Shipping in detail.
    shipping_handling: Option<ShippingHandling>,
    /// Taxes by rate, as far as they are known for a part of an order.
    taxes: Option<List<TaxItem>>,
    /// Discounts.
    discounts: Option<List<Discount>>,
}

/// What only a credit memo has.
#[derive(SimpleObject)]
pub(crate) struct Adjustment {
    /// Given on top (positive) or kept (negative).
    adjustment: Money,
}

impl DocumentTotal {
    fn of(
        order: &Order,
        rows: impl Iterator<Item = RowMoney>,
        shipping: RowMoney,
        grand_total: Amount,
    ) -> Result<Self, MoneyError> {
        let rows = RowMoney::sum(order.currency(), rows)?;
        let whole = rows.checked_add(shipping)?;
        Ok(Self {
            subtotal: rows.net.into(),
            grand_total: grand_total.into(),
            base_grand_total: order.in_base_currency(grand_total).into(),
            total_tax: whole.tax.into(),
            total_shipping: shipping.net.into(),
            shipping_handling: Some(ShippingHandling::of(order, shipping)?),
            taxes: Some(TaxItem::of_part(order, whole.tax)),
            discounts: Some(Discount::of_part(order, whole.discount, CartDiscountType::Item)),
        })
    }
}
