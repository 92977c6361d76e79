//! Converts transactions, invoices, shipments, credit memos and comments to rows and back.

use countermand_domain::{
    Charged, Comment, CreditMemo, CreditMemoLine, Currency, Invoice, InvoiceLine, InvoiceState, ItemPosition,
    Money, OrderId, PaymentTransaction, Quantity, RowMoney, Shipment, TransactionKind,
};

use crate::error::DatabaseError;
use crate::rows::charges_column::{shares_of, shares_text};
use crate::rows::entity::{credit_memo, invoice, order_comment, payment_transaction, shipment};
use crate::rows::json_column::{self, RowDoc};
use crate::rows::time::{from_micros, to_micros};

pub(crate) fn transaction_of(
    row: payment_transaction::Model,
    currency: Currency,
) -> Result<PaymentTransaction, DatabaseError> {
    let kind = match row.kind.as_str() {
        "authorization" => TransactionKind::Authorization,
        "capture" => TransactionKind::Capture,
        other => return Err(DatabaseError::Corrupt(format!("transaction `{other}`"))),
    };
    Ok(PaymentTransaction {
        kind,
        tender: usize::try_from(row.tender)
            .map_err(|_| DatabaseError::Corrupt(format!("tender {}", row.tender)))?,
        amount: Money::new(row.amount, currency),
        charged: charged_of(
            row.charged_amount,
            row.charged_currency.as_deref(),
            row.charged_used,
        )?,
        used: Money::new(row.used, currency),
        owed: Money::new(row.owed, currency),
        abandoned: Money::new(row.abandoned, currency),
        outside: Money::new(row.outside, currency),
        reference: row.reference,
        created_at: from_micros(row.created_at)?,
    })
}

pub(crate) fn transaction_row(
    order: OrderId,
    position: i32,
    it: &PaymentTransaction,
) -> payment_transaction::Model {
    let kind = match it.kind {
        TransactionKind::Authorization => "authorization",
        TransactionKind::Capture => "capture",
    };
    payment_transaction::Model {
        order_id: order.number(),
        position,
        kind: kind.into(),
        amount: it.amount.minor(),
        used: it.used.minor(),
        reference: it.reference.clone(),
        created_at: to_micros(it.created_at),
        owed: it.owed.minor(),
        abandoned: it.abandoned.minor(),
        outside: it.outside.minor(),
        // An order has a few tenders.
        tender: i32::try_from(it.tender).unwrap_or(i32::MAX),
        charged_amount: it.charged.map(|charged| charged.amount.minor()),
        charged_currency: it.charged.map(|charged| charged.amount.currency().code().into()),
        charged_used: it.charged.map(|charged| charged.used.minor()),
    }
}

fn charged_of(
    amount: Option<i64>,
    currency: Option<&str>,
    used: Option<i64>,
) -> Result<Option<Charged>, DatabaseError> {
    let (Some(amount), Some(code)) = (amount, currency) else {
        return Ok(None);
    };
    let currency: Currency = code
        .parse()
        .map_err(|_| DatabaseError::Corrupt(format!("charged currency `{code}`")))?;
    Ok(Some(Charged {
        amount: Money::new(amount, currency),
        used: Money::new(used.unwrap_or(0), currency),
    }))
}

fn money_lines<T>(
    text: &str,
    currency: Currency,
    line: fn(ItemPosition, Quantity, RowMoney) -> T,
) -> Result<Vec<T>, DatabaseError> {
    let docs: Vec<json_column::MoneyLineDoc> = json_column::read(text)?;
    Ok(docs
        .into_iter()
        .map(|(item, scaled, row)| {
            line(
                ItemPosition(item),
                Quantity::from_scaled(scaled),
                row.money(currency),
            )
        })
        .collect())
}

pub(crate) fn invoice_of(row: invoice::Model, currency: Currency) -> Result<Invoice, DatabaseError> {
    Ok(Invoice {
        lines: money_lines(&row.lines, currency, |item, quantity, money| InvoiceLine {
            item,
            quantity,
            money,
        })?,
        shipping: json_column::read::<RowDoc>(&row.shipping)?.money(currency),
        other_charges: shares_of(row.other_charges.as_deref(), currency)?,
        grand_total: Money::new(row.grand_total, currency),
        state: match (row.canceled, row.paid) {
            (true, _) => InvoiceState::Canceled,
            (false, true) => InvoiceState::Paid,
            (false, false) => InvoiceState::Open,
        },
        created_at: from_micros(row.created_at)?,
        number: row.number,
    })
}

pub(crate) fn invoice_row(
    order: OrderId,
    position: i32,
    it: &Invoice,
) -> Result<invoice::Model, DatabaseError> {
    Ok(invoice::Model {
        order_id: order.number(),
        position,
        number: it.number.clone(),
        lines: json_column::write(&json_column::invoice_lines(&it.lines))?,
        shipping: json_column::write(&RowDoc::of(it.shipping))?,
        grand_total: it.grand_total.minor(),
        paid: it.state == InvoiceState::Paid,
        created_at: to_micros(it.created_at),
        canceled: it.state == InvoiceState::Canceled,
        other_charges: shares_text(&it.other_charges)?,
    })
}

pub(crate) fn shipment_of(row: shipment::Model) -> Result<Shipment, DatabaseError> {
    Ok(Shipment {
        lines: json_column::to_shipment_lines(json_column::read(&row.lines)?),
        tracking: json_column::to_tracking(json_column::read(&row.tracking)?),
        created_at: from_micros(row.created_at)?,
        number: row.number,
    })
}

pub(crate) fn shipment_row(
    order: OrderId,
    position: i32,
    it: &Shipment,
) -> Result<shipment::Model, DatabaseError> {
    Ok(shipment::Model {
        order_id: order.number(),
        position,
        number: it.number.clone(),
        lines: json_column::write(&json_column::shipment_lines(&it.lines))?,
        tracking: json_column::write(&json_column::tracking(&it.tracking))?,
        created_at: to_micros(it.created_at),
    })
}

pub(crate) fn credit_memo_of(
    row: credit_memo::Model,
    currency: Currency,
) -> Result<CreditMemo, DatabaseError> {
    Ok(CreditMemo {
        lines: money_lines(&row.lines, currency, |item, quantity, money| CreditMemoLine {
            item,
            quantity,
            money,
        })?,
        shipping: json_column::read::<RowDoc>(&row.shipping)?.money(currency),
        other_charges: shares_of(row.other_charges.as_deref(), currency)?,
        adjustment: Money::new(row.adjustment, currency),
        grand_total: Money::new(row.grand_total, currency),
        credits: Money::new(row.credits, currency),
        prepaid: Money::new(row.prepaid, currency),
        fee: row.fee.map(|fee| Money::new(fee, currency)),
        created_at: from_micros(row.created_at)?,
        number: row.number,
    })
}

pub(crate) fn credit_memo_row(
    order: OrderId,
    position: i32,
    it: &CreditMemo,
) -> Result<credit_memo::Model, DatabaseError> {
    Ok(credit_memo::Model {
        order_id: order.number(),
        position,
        number: it.number.clone(),
        lines: json_column::write(&json_column::memo_lines(&it.lines))?,
        shipping: json_column::write(&RowDoc::of(it.shipping))?,
        adjustment: it.adjustment.minor(),
        grand_total: it.grand_total.minor(),
        credits: it.credits.minor(),
        prepaid: it.prepaid.minor(),
        fee: it.fee.map(Money::minor),
        created_at: to_micros(it.created_at),
        other_charges: shares_text(&it.other_charges)?,
    })
}

pub(crate) fn comment_of(row: order_comment::Model) -> Result<Comment, DatabaseError> {
    Ok(Comment {
        text: row.text,
        status: row.status,
        visible_on_front: row.visible_on_front,
        customer_notified: row.customer_notified,
        created_at: from_micros(row.created_at)?,
    })
}

pub(crate) fn comment_row(order: OrderId, position: i32, it: &Comment) -> order_comment::Model {
    order_comment::Model {
        order_id: order.number(),
        position,
        text: it.text.clone(),
        status: it.status.clone(),
        visible_on_front: it.visible_on_front,
        customer_notified: it.customer_notified,
        created_at: to_micros(it.created_at),
    }
}
