//! Reads the tenders of an order that is paid by several. An order that does not name them is paid by its payment
//! method alone.
//!
//! Refused here: too many tenders, a first one that is not the payment method, a tender without a method or of an unknown
//! kind, more refunded by a tender than was paid by it, one payment in two currencies, and sums of the tenders that are not
//! those of the order.

use chrono::{DateTime, Utc};
use countermand_domain::{
    Currency, Money, OrderState, PaymentKind, PaymentTender, PaymentTransaction, TenderKind, Totals,
};

use super::charged::read_charged;
use super::exact::{decimal_of, half_up};
use super::notes::{Notes, within};
use super::payment::TenderAmounts;
use super::raw::{LINE, Raw};
use super::refused_field::OrderRefusal;
use super::shape::{ExtensionShape, TenderShape};

/// The most tenders of an order.
const MOST_TENDERS: usize = 10;
const FIELD: &str = "extension_attributes.tenders";

/// The tenders of an order with their transactions, in the sequence in which the order names them.
pub(super) struct ReadTenders {
    pub(super) tenders: Vec<PaymentTender>,
    pub(super) transactions: Vec<PaymentTransaction>,
}

/// A tender, and what was moved by it.
struct ReadTender {
    tender: PaymentTender,
    amounts: TenderAmounts,
}

/// Reads the tenders, of which the first one is the payment method with `method` and `title`. None where the order names
/// none, and where an order that is history contradicts itself.
pub(super) fn read_tenders(
    extension: &ExtensionShape<'_>,
    (method, title): (&str, &str),
    totals: &Totals,
    (state, at): (OrderState, DateTime<Utc>),
    notes: &mut Notes,
) -> Result<Option<ReadTenders>, OrderRefusal> {
    let shapes = extension.tenders.list(FIELD)?;
    if shapes.is_empty() {
        return Ok(None);
    }
    let read = match read_all(&shapes, (method, title), totals, notes) {
        Ok(read) => read,
        Err(refusal) => {
            notes.tolerate(refusal)?;
            return Ok(None);
        }
    };
    let transactions = read.iter().enumerate();
    let transactions = transactions.flat_map(|(position, it)| it.amounts.transactions(position, state, at));
    Ok(Some(ReadTenders {
        transactions: transactions.collect(),
        tenders: read.into_iter().map(|it| it.tender).collect(),
    }))
}

fn read_all(
    shapes: &[Raw<'_>],
    (method, title): (&str, &str),
    totals: &Totals,
    notes: &mut Notes,
) -> Result<Vec<ReadTender>, OrderRefusal> {
    if shapes.len() > MOST_TENDERS {
        let problem = format!("has more than {MOST_TENDERS} entries");
        return Err(OrderRefusal::new(FIELD, &shapes.len().to_string(), problem));
    }
    let currency = totals.grand_total.currency();
    let mut tenders = Vec::new();
    for (index, shape) in shapes.iter().enumerate() {
        let section = format!("{FIELD}[{index}]");
        let shape: TenderShape<'_> = shape.object(&section)?.unwrap_or_default();
        let shown = (index == 0).then_some(title);
        tenders.push(within(&section, notes, |notes| {
            read_tender(&shape, shown, currency, notes)
        })?);
    }
    if let Some(first) = tenders.first().filter(|first| first.tender.method != method) {
        let field = format!("{FIELD}[0].method");
        let problem = format!("is not the method of the payment, {method}");
        return Err(OrderRefusal::new(&field, &first.tender.method, problem));
    }
    check_currencies(&tenders)?;
    let paid = totals.paid.unwrap_or(Money::zero(currency));
    let sums = [
        (
            "amount_paid",
            Money::sum(currency, tenders.iter().map(|it| it.amounts.paid))?,
            "total_paid",
            paid,
        ),
        (
            "amount_refunded",
            Money::sum(currency, tenders.iter().map(|it| it.amounts.refunded))?,
            "total_refunded",
            totals.refunded,
        ),
    ];
    for (field, sum, of_order, total) in sums {
        if sum != total {
            let problem = format!(
                "have another sum of {field} than the order's {of_order}, {}",
                decimal_of(total)
            );
            return Err(OrderRefusal::new(FIELD, &decimal_of(sum), problem));
        }
    }
    Ok(tenders)
}

/// Refuses tenders that share a payment at the provider and say that it is in different currencies there.
fn check_currencies(tenders: &[ReadTender]) -> Result<(), OrderRefusal> {
    let currency = |it: &ReadTender| it.amounts.charged.map(Money::currency);
    for (index, one) in tenders.iter().enumerate() {
        let Some(reference) = &one.amounts.reference else {
            continue;
        };
        let mut earlier = tenders.iter().take(index);
        if earlier.any(|it| it.amounts.reference.as_ref() == Some(reference) && currency(it) != currency(one))
        {
            let problem = "have this payment in two currencies";
            return Err(OrderRefusal::new(FIELD, reference, problem));
        }
    }
    Ok(())
}

fn read_tender(
    shape: &TenderShape<'_>,
    title: Option<&str>,
    currency: Currency,
    notes: &mut Notes,
) -> Result<ReadTender, OrderRefusal> {
    let method = shape.method.code("method", LINE, notes)?;
    let method = method.ok_or_else(|| OrderRefusal::missing("method"))?;
    let kind = match shape.kind.exact_code("kind", LINE)? {
        None => TenderKind::of(PaymentKind::of_method(&method)),
        Some(code) => TenderKind::from_code(&code).ok_or_else(|| {
            let problem = "is neither PROVIDER, GIFT_CARD, STORE_CREDIT nor OFFLINE";
            OrderRefusal::new("kind", &code, problem)
        })?,
    };
    let given = shape.title.text("title", LINE, notes)?;
    let given = given.filter(|given| !given.is_empty());
    let mut amount = |field: &str, raw: Raw<'_>| {
        let exact = raw.amount(field, notes)?;
        Ok::<_, OrderRefusal>(exact.map(|exact| half_up(exact, currency)))
    };
    let zero = Money::zero(currency);
    let authorized = amount("amount_authorized", shape.amount_authorized)?.unwrap_or(zero);
    let paid = amount("amount_paid", shape.amount_paid)?.unwrap_or(zero);
    let refunded = amount("amount_refunded", shape.amount_refunded)?.unwrap_or(zero);
    let ordered = amount("amount_ordered", shape.amount_ordered)?;
    if refunded.minor() > paid.minor() {
        let problem = format!("is more than amount_paid, {}", decimal_of(paid));
        return Err(OrderRefusal::new(
            "amount_refunded",
            &decimal_of(refunded),
            problem,
        ));
    }
    let mut amounts = TenderAmounts {
        is_online: kind == TenderKind::Provider,
        authorized,
        paid,
        refunded,
        charged: None,
        reference: shape.last_trans_id.text("last_trans_id", LINE, notes)?,
    };
    amounts.charged = read_charged(shape.charged, "charged", &amounts, notes)?;
    Ok(ReadTender {
        tender: PaymentTender {
            kind,
            title: given.unwrap_or_else(|| title.unwrap_or(&method).to_owned()),
            method,
            amount: ordered.unwrap_or(amounts.moved()),
        },
        amounts,
    })
}
