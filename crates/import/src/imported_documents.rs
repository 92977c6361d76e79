//! Makes the sales documents for what an order says was done, because Adobe's order names no documents.

use chrono::{DateTime, Utc};
use countermand_domain::{
    CreditMemo, CreditMemoLine, Invoice, InvoiceLine, InvoiceState, Money, OrderNumber, Shipment,
    ShipmentLine,
};

use super::priced::Priced;
use super::refused_field::OrderRefusal;

/// At most one document of each kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImportedDocuments {
    pub(super) invoices: Vec<Invoice>,
    pub(super) shipments: Vec<Shipment>,
    pub(super) credit_memos: Vec<CreditMemo>,
}

impl ImportedDocuments {
    /// Makes the documents of the order called `order_number`, dated `at`.
    pub(super) fn of(
        order_number: &OrderNumber,
        priced: &Priced,
        at: DateTime<Utc>,
    ) -> Result<Self, OrderRefusal> {
        let number = format!("{order_number}-1");
        Ok(Self {
            invoices: invoice(&number, priced, at).into_iter().collect(),
            shipments: shipment(&number, priced, at).into_iter().collect(),
            credit_memos: credit_memo(&number, priced, at)?.into_iter().collect(),
        })
    }
}

fn invoice(number: &str, priced: &Priced, at: DateTime<Utc>) -> Option<Invoice> {
    let totals = &priced.totals;
    let rows = priced
        .items
        .iter()
        .filter(|item| item.quantities.invoiced.is_positive());
    let lines: Vec<_> = rows
        .map(|item| InvoiceLine {
            item: item.position,
            quantity: item.quantities.invoiced,
            money: item.invoiced,
        })
        .collect();
    let paid = totals.paid.map_or(0, Money::minor);
    (!lines.is_empty() || totals.invoiced.is_positive()).then(|| Invoice {
        number: number.into(),
        lines,
        shipping: priced.shipping.invoiced,
        other_charges: priced.others.shares(|charge| charge.invoiced),
        grand_total: totals.invoiced,
        state: if paid >= totals.invoiced.minor() {
            InvoiceState::Paid
        } else {
            InvoiceState::Open
        },
        created_at: at,
    })
}

fn shipment(number: &str, priced: &Priced, at: DateTime<Utc>) -> Option<Shipment> {
    let rows = priced
        .items
        .iter()
        .filter(|item| item.quantities.shipped.is_positive());
    let lines: Vec<_> = rows
        .map(|item| ShipmentLine {
            item: item.position,
            quantity: item.quantities.shipped,
        })
        .collect();
    (!lines.is_empty()).then(|| Shipment {
        number: number.into(),
        lines,
        tracking: Vec::new(),
        created_at: at,
    })
}

/// Makes the credit memo. The part of its items and shipping that did not flow back as
/// money came back as credits, as far as the order used any; the rest is an adjustment.
fn credit_memo(number: &str, priced: &Priced, at: DateTime<Utc>) -> Result<Option<CreditMemo>, OrderRefusal> {
    let totals = &priced.totals;
    let rows = priced
        .items
        .iter()
        .filter(|item| item.quantities.refunded.is_positive());
    let lines: Vec<_> = rows
        .map(|item| CreditMemoLine {
            item: item.position,
            quantity: item.quantities.refunded,
            money: item.refunded,
        })
        .collect();
    if lines.is_empty() && !totals.refunded.is_positive() {
        return Ok(None);
    }
    let other_charges = priced.others.shares(|charge| charge.refunded);
    let mut value = priced.shipping.refunded.payable()?;
    for share in &other_charges {
        value = value.checked_add(share.amount)?;
    }
    for line in &lines {
        value = value.checked_add(line.money.payable()?)?;
    }
    let unexplained = value.checked_sub(totals.refunded)?;
    let none = Money::zero(value.currency());
    let credits = if unexplained.is_positive() {
        unexplained.checked_min(totals.credits)?
    } else {
        none
    };
    Ok(Some(CreditMemo {
        number: number.into(),
        lines,
        shipping: priced.shipping.refunded,
        other_charges,
        adjustment: credits.checked_sub(unexplained)?,
        grand_total: totals.refunded,
        prepaid: totals.refunded.checked_sub(totals.invoiced)?.or_zero(),
        fee: None,
        credits,
        created_at: at,
    }))
}
