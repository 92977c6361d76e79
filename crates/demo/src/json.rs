//! Writes an order as Adobe Commerce's `GET /V1/orders` does, without the fields that the import ignores.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::draft::{Coupon, Draft};
use super::json_item::item;
use super::money::number;
use super::row::Row;
use super::situation::Situation;
use super::totals::Totals;

/// The numbers that identify an order and its items.
#[derive(Debug)]
pub(super) struct Ids {
    /// The `entity_id` of the order.
    pub(super) order: i64,
    /// The `increment_id` of the order.
    pub(super) number: String,
    /// The `item_id` of the first item.
    pub(super) first_item: i64,
}

/// The JSON of one order.
pub(super) fn order(draft: &Draft, rows: &[Row], ids: &Ids, now: DateTime<Utc>) -> Value {
    let totals = Totals::of(draft, rows);
    let updated_at = updated_at(draft, ids, now);
    let items = rows.iter().enumerate();
    let items: Vec<Value> = items.map(|(index, row)| item(row, index, draft, ids)).collect();
    let mut order = Map::new();
    for part in [
        head(draft, ids, rows, updated_at),
        customer(draft),
        amounts(draft, &totals),
        json!({
            "items": items,
            "billing_address": address("billing", draft),
            "payment": payment(draft, &totals, ids),
            "status_histories": history(draft, &totals, updated_at),
            "extension_attributes": extension(draft, &totals),
        }),
    ] {
        if let Value::Object(fields) = part {
            order.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        }
    }
    Value::Object(order)
}

/// `at` in Adobe's format, in UTC.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn head(draft: &Draft, ids: &Ids, rows: &[Row], updated_at: DateTime<Utc>) -> Value {
    let (state, status) = draft.situation.state();
    let held_from = draft.situation.held_from();
    let top_level = rows.iter().filter(|row| row.parent.is_none());
    json!({
        "entity_id": ids.order,
        "increment_id": ids.number,
        "state": state,
        "status": status,
        "hold_before_state": held_from.map(|(state, _)| state),
        "hold_before_status": held_from.map(|(_, status)| status),
        "store_id": draft.shop.store,
        "store_name": draft.shop.name,
        "created_at": time(draft.placed_at),
        "updated_at": time(updated_at),
        "is_virtual": i32::from(rows.iter().all(|row| row.kind.is_virtual())),
        "total_item_count": top_level.clone().count(),
        "total_qty_ordered": top_level.map(|row| row.quantity).sum::<i64>(),
        "coupon_code": draft.coupon.map(Coupon::code),
        "discount_description": draft.coupon.map(Coupon::label),
        "order_currency_code": draft.shop.currency,
        "base_currency_code": draft.shop.base_currency,
        "email_sent": 1,
    })
}

fn customer(draft: &Draft) -> Value {
    let buyer = &draft.buyer;
    json!({
        "customer_id": buyer.account,
        "customer_is_guest": i32::from(buyer.account.is_none()),
        "customer_group_id": i32::from(buyer.account.is_some()),
        "customer_email": buyer.email,
        "customer_firstname": buyer.firstname,
        "customer_lastname": buyer.lastname,
    })
}

fn amounts(draft: &Draft, totals: &Totals) -> Value {
    let base = |amount: i64| number(draft.shop.in_base(amount));
    let shipping = &totals.shipping;
    let of_shipping = |happened: bool| happened.then(|| number(shipping.net));
    let any = |amount: i64| (amount > 0).then(|| number(amount));
    json!({
        "subtotal": number(totals.subtotal),
        "subtotal_incl_tax": number(totals.subtotal_with_tax),
        "tax_amount": number(totals.tax),
        "discount_amount": number(-totals.discount),
        "shipping_amount": number(shipping.net),
        "shipping_discount_amount": number(shipping.discount),
        "shipping_tax_amount": number(shipping.tax),
        "shipping_incl_tax": number(shipping.net + shipping.tax),
        "shipping_invoiced": of_shipping(shipping.is_invoiced),
        "shipping_refunded": of_shipping(shipping.is_refunded),
        "shipping_canceled": of_shipping(draft.situation == Situation::Canceled),
        "shipping_description": shipping.is_shipped.then_some(draft.shop.shipping_description),
        "gift_cards_amount": any(totals.gift_card),
        "grand_total": number(totals.grand_total),
        "base_grand_total": base(totals.grand_total),
        "total_invoiced": any(totals.invoiced),
        "total_paid": totals.paid.map(number),
        "base_total_paid": totals.paid.map(base),
        "total_refunded": any(totals.refunded),
        "base_total_refunded": (totals.refunded > 0).then(|| base(totals.refunded)),
        "total_canceled": any(totals.canceled),
        "total_due": number(totals.due()),
    })
}

fn address(kind: &str, draft: &Draft) -> Value {
    let buyer = &draft.buyer;
    json!({
        "address_type": kind,
        "email": buyer.email,
        "firstname": buyer.firstname,
        "lastname": buyer.lastname,
        "street": [buyer.street],
        "postcode": buyer.postcode,
        "city": buyer.city,
        "region": (!buyer.region.is_empty()).then_some(buyer.region),
        "country_id": buyer.country,
        "telephone": buyer.telephone,
    })
}

fn payment(draft: &Draft, totals: &Totals, ids: &Ids) -> Value {
    let method = draft.situation.method(draft.shop);
    let is_captured = totals.paid.is_some();
    let is_authorized = draft.situation == Situation::Authorized || is_captured;
    json!({
        "method": method.code,
        "additional_information": { "method_title": method.title },
        "amount_ordered": number(totals.grand_total),
        "amount_authorized": (method.is_online && is_authorized).then(|| number(totals.grand_total)),
        "amount_paid": totals.paid.map(number),
        "amount_refunded": (totals.refunded > 0).then(|| number(totals.refunded)),
        "last_trans_id": (method.is_online && is_authorized).then(|| format!("txn-{}", ids.number)),
    })
}

fn extension(draft: &Draft, totals: &Totals) -> Value {
    let shipping = &totals.shipping;
    let method = if shipping.net == 0 {
        "freeshipping_freeshipping"
    } else {
        draft.shop.shipping_method
    };
    let assignment = shipping
        .is_shipped
        .then(|| json!({ "shipping": { "address": address("shipping", draft), "method": method } }));
    let rate = draft.buyer.tax_rate(draft.shop);
    let tax = (totals.tax > 0).then(|| {
        json!({
            "code": format!("{}-{}", draft.buyer.country, rate / 100),
            "title": draft.shop.tax_title,
            "percent": rate / 100,
            "amount": number(totals.tax),
        })
    });
    json!({
        "shipping_assignments": Vec::from_iter(assignment),
        "applied_taxes": Vec::from_iter(tax),
    })
}

/// The comments on the order, newest first, as Adobe lists them.
fn history(draft: &Draft, totals: &Totals, updated_at: DateTime<Utc>) -> Value {
    let (_, status) = draft.situation.state();
    let comment = |text: String, is_visible: bool| {
        json!({
            "comment": text,
            "status": status,
            "created_at": time(updated_at),
            "is_visible_on_front": i32::from(is_visible),
            "is_customer_notified": i32::from(is_visible),
        })
    };
    let refund = draft.shop.in_base(totals.refunded);
    let refund = format!("{}{}.{:02}", draft.shop.base_symbol, refund / 100, refund % 100);
    let comments = match draft.situation {
        Situation::PartlyShipped => vec![comment("The first parcel is on its way.".into(), true)],
        Situation::ShippedUnpaid | Situation::Complete if totals.shipping.is_shipped => {
            vec![comment("Your parcel is on its way.".into(), true)]
        }
        Situation::OnHold | Situation::PaidOnHold => {
            vec![comment("The buyer is asked for the house number.".into(), false)]
        }
        Situation::PaymentReview | Situation::SuspectedFraud => {
            vec![comment("The payment is reviewed by the provider.".into(), false)]
        }
        Situation::PartlyRefunded | Situation::Refunded => {
            vec![comment(format!("We refunded {refund} offline."), false)]
        }
        Situation::Canceled => vec![
            comment("The order was placed by mistake".into(), true),
            comment("Order cancellation notification email was sent.".into(), true),
        ],
        Situation::OpenInvoice => vec![comment("The invoice is payable in 30 days.".into(), true)],
        _ => Vec::new(),
    };
    Value::Array(comments)
}

/// The time of the last change: some hours after the order was placed and before `now`, if its situation implies a
/// change.
fn updated_at(draft: &Draft, ids: &Ids, now: DateTime<Utc>) -> DateTime<Utc> {
    let is_untouched = matches!(
        draft.situation,
        Situation::Unpaid | Situation::Free | Situation::PendingPayment | Situation::Authorized
    );
    if is_untouched {
        return draft.placed_at;
    }
    let later = TimeDelta::minutes(75 + ids.order * 37 % 2400);
    let half_way = (now - draft.placed_at) / 2;
    draft
        .placed_at
        .checked_add_signed(later.min(half_way))
        .unwrap_or(draft.placed_at)
}
