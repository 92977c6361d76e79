//! Converts orders to rows and back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use countermand_domain::{
    Currency, CustomerGroup, CustomerId, GiftCardsUsed, Money, Order, OrderId, OrderState, Payment,
    PointsUsed, Shipping, Totals,
};

use crate::error::DatabaseError;
use crate::rows::charges_column::{charges_of, charges_text};
use crate::rows::deliveries_column::{deliveries_of, deliveries_text};
use crate::rows::documents::{comment_of, credit_memo_of, invoice_of, shipment_of, transaction_of};
use crate::rows::entity::{
    credit_memo, invoice, order, order_comment, order_item, payment_transaction, shipment,
};
use crate::rows::item::item_of;
use crate::rows::json_column::{self, AddressDoc, PlacedDoc, RowDoc, ShippingDoc, TenderDoc};
use crate::rows::request_column::{request_of, request_text};
use crate::rows::sales_channel_column::{channel_of, channel_text};
use crate::rows::subscriptions_column::{subscriptions_of, subscriptions_text};
use crate::rows::time::{from_micros, to_micros};

/// The rows of the children of some orders, oldest first within each order.
#[derive(Default)]
pub(crate) struct ChildRows {
    pub(crate) items: Vec<order_item::Model>,
    pub(crate) transactions: Vec<payment_transaction::Model>,
    pub(crate) invoices: Vec<invoice::Model>,
    pub(crate) shipments: Vec<shipment::Model>,
    pub(crate) credit_memos: Vec<credit_memo::Model>,
    pub(crate) comments: Vec<order_comment::Model>,
}

/// Assembles orders from their rows, in the sequence of `orders`.
pub(crate) fn assemble(orders: Vec<order::Model>, children: ChildRows) -> Result<Vec<Order>, DatabaseError> {
    let mut items = grouped(children.items, |row| row.order_id);
    let mut transactions = grouped(children.transactions, |row| row.order_id);
    let mut invoices = grouped(children.invoices, |row| row.order_id);
    let mut shipments = grouped(children.shipments, |row| row.order_id);
    let mut credit_memos = grouped(children.credit_memos, |row| row.order_id);
    let mut comments = grouped(children.comments, |row| row.order_id);
    let mut whole = Vec::with_capacity(orders.len());
    for row in orders {
        let id = row.id;
        let currency = currency(&row.currency)?;
        let mut order = order_of(row, currency)?;
        order.items = each(items.remove(&id), |row| item_of(row, currency))?;
        order.payment.transactions = each(transactions.remove(&id), |row| transaction_of(row, currency))?;
        order.invoices = each(invoices.remove(&id), |row| invoice_of(row, currency))?;
        order.shipments = each(shipments.remove(&id), shipment_of)?;
        order.credit_memos = each(credit_memos.remove(&id), |row| credit_memo_of(row, currency))?;
        order.comments = each(comments.remove(&id), comment_of)?;
        whole.push(order);
    }
    Ok(whole)
}

fn grouped<T>(rows: Vec<T>, order_id: impl Fn(&T) -> i64) -> HashMap<i64, Vec<T>> {
    let mut groups: HashMap<i64, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(order_id(&row)).or_default().push(row);
    }
    groups
}

fn each<R, T>(
    rows: Option<Vec<R>>,
    map: impl Fn(R) -> Result<T, DatabaseError>,
) -> Result<Vec<T>, DatabaseError> {
    rows.unwrap_or_default().into_iter().map(map).collect()
}

pub(crate) fn currency(code: &str) -> Result<Currency, DatabaseError> {
    code.parse()
        .map_err(|_| DatabaseError::Corrupt(format!("currency `{code}`")))
}

pub(crate) fn state(code: &str) -> Result<OrderState, DatabaseError> {
    code.parse()
        .map_err(|_| DatabaseError::Corrupt(format!("order state `{code}`")))
}

fn group(number: i32) -> Result<CustomerGroup, DatabaseError> {
    CustomerGroup::from_number(number.into())
        .ok_or_else(|| DatabaseError::Corrupt(format!("customer group {number}")))
}

pub(crate) fn order_id(number: i64) -> Result<OrderId, DatabaseError> {
    OrderId::from_number(number).ok_or_else(|| DatabaseError::Corrupt(format!("order id {number}")))
}

fn order_of(row: order::Model, currency_: Currency) -> Result<Order, DatabaseError> {
    let placed: PlacedDoc = json_column::read(&row.placed)?;
    let shipping: ShippingDoc = json_column::read(&row.shipping)?;
    let money = |minor| Money::new(minor, currency_);
    let tenders = placed.tenders.iter().map(|it| it.tender(currency_));
    let tenders = tenders.collect::<Result<Vec<_>, _>>()?;
    let (other_charges, other_credits) = charges_of(row.other_charges.as_deref(), currency_)?;
    let held_from = match (row.held_state, row.held_status) {
        (Some(held_state), Some(status)) => Some((state(&held_state)?, status)),
        _ => None,
    };
    Ok(Order {
        id: order_id(row.id)?,
        version: row.version,
        number: row.number.into(),
        external_id: row.external_id,
        state: state(&row.state)?,
        status: row.status,
        held_from,
        customer: placed.customer(
            row.customer_id.map(CustomerId::from_number),
            row.email,
            row.customer_group.map(group).transpose()?,
        ),
        placed_at: from_micros(row.placed_at)?,
        updated_at: from_micros(row.updated_at)?,
        status_changed_at: from_micros(row.status_changed_at)?,
        is_virtual: row.is_virtual,
        items: Vec::new(),
        shipping: Shipping {
            method: shipping.method,
            description: shipping.description,
            ordered: shipping.ordered.money(currency_),
            invoiced: shipping.invoiced.money(currency_),
            refunded: shipping.refunded.money(currency_),
            canceled: shipping.canceled.money(currency_),
        },
        other_charges,
        other_credits,
        totals: Totals {
            grand_total: money(row.grand_total),
            base_grand_total: Money::new(row.base_grand_total, currency(&row.base_currency)?),
            credits: money(row.credits),
            stored_value: money(stored_value(&placed, row.credits)),
            invoiced: money(row.invoiced),
            paid: row.paid.map(money),
            refunded: money(row.refunded),
            canceled: money(row.canceled),
        },
        taxes: placed.tax_lines(currency_),
        discounts: placed.discount_lines(currency_),
        coupons: placed.coupon_list()?,
        points: points_of(&placed)?,
        gift_cards: gift_cards_of(&placed, currency_)?,
        payment: Payment {
            kind: json_column::payment_kind(&placed.method_kind)?,
            method: placed.method,
            title: placed.method_title,
            additional_data: placed.method_data,
            tenders,
            transactions: Vec::new(),
        },
        billing_address: placed.billing.into(),
        shipping_address: placed.shipping.map(Into::into),
        invoices: Vec::new(),
        shipments: Vec::new(),
        credit_memos: Vec::new(),
        comments: Vec::new(),
        cancellation_request: request_of(row.cancellation_request.as_deref())?,
        deliveries: deliveries_of(row.deliveries.as_deref())?,
        channel: channel_of(row.sales_channel.as_deref())?,
        subscriptions: subscriptions_of(row.subscriptions.as_deref())?,
    })
}

fn points_of(placed: &PlacedDoc) -> Result<Option<PointsUsed>, DatabaseError> {
    let used = placed.points.map(|(count, end)| {
        let expires_at = end.map(from_micros).transpose()?;
        Ok::<_, DatabaseError>(PointsUsed { count, expires_at })
    });
    used.transpose()
}

fn gift_cards_of(placed: &PlacedDoc, currency: Currency) -> Result<Option<GiftCardsUsed>, DatabaseError> {
    let used = placed.gift_cards.map(|(amount, end)| {
        let (amount, expires_at) = (Money::new(amount, currency), from_micros(end)?);
        Ok::<_, DatabaseError>(GiftCardsUsed { amount, expires_at })
    });
    used.transpose()
}

/// What gift cards and store credit paid of the `credits`. An earlier version did not keep it: where points were used,
/// all credits count as theirs, so that no cancellation gives the points and their worth.
fn stored_value(placed: &PlacedDoc, credits: i64) -> i64 {
    let unknown = if placed.points.is_some() { 0 } else { credits };
    placed.stored_value.unwrap_or(unknown)
}

/// The row of an order, without the end of its history.
pub(crate) fn row_of(order: &Order) -> Result<order::Model, DatabaseError> {
    let totals = order.totals;
    let (held_state, held_status) = match &order.held_from {
        Some((state, status)) => (Some(state.code().to_owned()), Some(status.clone())),
        None => (None, None),
    };
    Ok(order::Model {
        id: order.id.number(),
        version: order.version,
        store_number: order.id.store().0,
        number: order.number.to_string(),
        external_id: order.external_id,
        state: order.state.code().into(),
        status: order.status.clone(),
        held_state,
        held_status,
        customer_id: order.customer.id.map(CustomerId::number),
        email: order.customer.email.clone(),
        customer_group: order.customer.group.map(CustomerGroup::number),
        placed_at: to_micros(order.placed_at),
        updated_at: to_micros(order.updated_at),
        status_changed_at: to_micros(order.status_changed_at),
        is_virtual: order.is_virtual,
        currency: order.currency().code().into(),
        base_currency: totals.base_grand_total.currency().code().into(),
        grand_total: totals.grand_total.minor(),
        base_grand_total: totals.base_grand_total.minor(),
        credits: totals.credits.minor(),
        invoiced: totals.invoiced.minor(),
        paid: totals.paid.map(Money::minor),
        refunded: totals.refunded.minor(),
        canceled: totals.canceled.minor(),
        shipping: json_column::write(&shipping_doc(&order.shipping))?,
        placed: json_column::write(&placed_doc(order))?,
        other_charges: charges_text(order)?,
        cancellation_request: request_text(order)?,
        deliveries: deliveries_text(order)?,
        sales_channel: channel_text(order)?,
        subscriptions: subscriptions_text(order)?,
        history_hash: None,
    })
}

fn shipping_doc(shipping: &Shipping) -> ShippingDoc {
    ShippingDoc {
        method: shipping.method.clone(),
        description: shipping.description.clone(),
        ordered: RowDoc::of(shipping.ordered),
        invoiced: RowDoc::of(shipping.invoiced),
        refunded: RowDoc::of(shipping.refunded),
        canceled: RowDoc::of(shipping.canceled),
    }
}

fn placed_doc(order: &Order) -> PlacedDoc {
    let customer = order.customer.clone();
    let micros = |at: Option<DateTime<Utc>>| at.map(to_micros);
    let has_ends = order.coupons.iter().any(|it| it.expires_at.is_some());
    let ends = order.coupons.iter().filter(|_| has_ends);
    let totals = order.totals;
    let has_credits = totals.credits.is_positive();
    PlacedDoc {
        firstname: customer.firstname,
        lastname: customer.lastname,
        middlename: customer.middlename,
        prefix: customer.prefix,
        suffix: customer.suffix,
        billing: AddressDoc::from(&order.billing_address),
        shipping: order.shipping_address.as_ref().map(AddressDoc::from),
        method: order.payment.method.clone(),
        method_title: order.payment.title.clone(),
        method_kind: json_column::payment_kind_code(order.payment.kind).into(),
        method_data: order.payment.additional_data.clone(),
        tenders: order.payment.tenders.iter().map(TenderDoc::of).collect(),
        taxes: order
            .taxes
            .iter()
            .map(|it| (it.title.clone(), it.rate, it.amount.minor()))
            .collect(),
        discounts: order
            .discounts
            .iter()
            .map(|it| (it.label.clone(), it.amount.minor(), it.coupon.clone()))
            .collect(),
        coupons: order.coupons.iter().map(|it| it.code.clone()).collect(),
        coupon_ends: ends.map(|it| micros(it.expires_at)).collect(),
        points: order.points.map(|it| (it.count, micros(it.expires_at))),
        stored_value: has_credits.then_some(totals.stored_value.minor()),
        gift_cards: order
            .gift_cards
            .map(|it| (it.amount.minor(), to_micros(it.expires_at))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_credits_count_as_what_points_paid_where_an_earlier_version_did_not_keep_it() {
        let address = r#"{"firstname":"A","lastname":"B","street":[],"city":"C","country":"US"}"#;
        for (points, worth) in [
            ("", 500),
            (r#","points":[40,null]"#, 0),
            (r#","points":[40,null],"stored_value":500"#, 500),
            (r#","stored_value":300"#, 300),
        ] {
            let placed = format!(
                r#"{{"firstname":"A","lastname":"B","billing":{address},"method":"m","method_title":"M","method_kind":"offline"{points}}}"#
            );
            let placed: PlacedDoc = json_column::read(&placed).expect("a document");
            assert_eq!(stored_value(&placed, 500), worth, "{points}");
        }
    }
}
