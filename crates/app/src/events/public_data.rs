//! What an event tells other systems about a change: codes, numbers, amounts and quantities, and nothing that people
//! wrote. Names, addresses, comments and notes stay in the shop; who may see them asks the shop.

use chrono::{DateTime, SecondsFormat, Utc};
use countermand_domain::{
    Cancellation, EndedSubscription, EventData, FailedReversal, ItemPosition, Money, Quantity, Restoration,
    ReversalOperation, SettledMatter, UpstreamChange,
};
use serde_json::{Value, json};

/// The data of an event beside those that every event has. An amount is whole minor units, such as cents, with its
/// currency; a quantity is a decimal number as text. `is_by_system` tells that no person made the change: a reference
/// is sent only then, because a payment provider gave it.
pub(super) fn public_data(data: &EventData, is_by_system: bool) -> Value {
    match data {
        EventData::Imported | EventData::Updated | EventData::BuyerErased => json!({}),
        EventData::Canceled(facts) => canceled(facts),
        EventData::CancellationKeyRequested {
            reason_code,
            expires_at,
        } => json!({ "reason_code": reason_code, "expires_at": time(*expires_at) }),
        EventData::CancellationRequested(facts) => json!({
            "request_number": facts.number,
            "is_whole": facts.is_whole,
            "items": items(&facts.items),
            "reason_code": facts.reason_code,
            "due_at": facts.due_at.map(time),
        }),
        EventData::CancellationRequestEnded(facts) => {
            json!({ "request_number": facts.number, "status": facts.status.code() })
        }
        EventData::CancellationRequestEscalated { number } => json!({ "request_number": number }),
        EventData::Invoiced {
            number,
            items: lines,
            grand_total,
            paid,
            ..
        } => json!({
            "invoice_number": number,
            "items": items(lines),
            "grand_total": money(*grand_total),
            "is_paid": paid,
        }),
        EventData::InvoicesPaid { numbers, amount, .. } => {
            json!({ "invoice_numbers": numbers, "amount": money(*amount) })
        }
        EventData::InvoicesCanceled { numbers, grand_total } => {
            json!({ "invoice_numbers": numbers, "grand_total": money(*grand_total) })
        }
        EventData::FulfilmentStarted { items: lines } | EventData::FulfilmentReleased { items: lines } => {
            json!({ "items": items(lines) })
        }
        EventData::DeliveryRecorded {
            items: lines,
            kind,
            delivered_at,
        } => json!({ "items": items(lines), "kind": kind.code(), "delivered_at": time(*delivered_at) }),
        EventData::CanceledAtChannel { channel, number, .. } => {
            json!({ "channel": channel, "channel_order_number": number })
        }
        EventData::SubscriptionEnded(facts) => subscription_ended(facts),
        EventData::SubscriptionResumed { subscription, item } => {
            json!({ "subscription_id": subscription, "item": item.0 })
        }
        EventData::Shipped {
            number,
            items: lines,
            overrides_request,
        } => json!({
            "shipment_number": number,
            "items": items(lines),
            "overrides_request": overrides_request,
        }),
        EventData::CreditMemoCreated {
            number,
            items: lines,
            grand_total,
            credits,
            adjustment,
        } => json!({
            "credit_memo_number": number,
            "items": items(lines),
            "grand_total": money(*grand_total),
            "credits": money(*credits),
            "adjustment": money(*adjustment),
        }),
        EventData::Held { from } => json!({ "from_state": from.code() }),
        EventData::Unheld { to } => json!({ "to_state": to.code() }),
        EventData::Settled(it) => settled(it.matter, it.reference.as_deref().filter(|_| is_by_system)),
        EventData::CreditDue(due) => json!({
            "refund_id": due.refund,
            "tender": due.tender + 1,
            "kind": due.kind.code().to_lowercase(),
            "method": due.method,
            "amount": money(due.amount),
            "reference": due.reference,
        }),
        EventData::ReversalFailed(failed) => reversal_failed(failed),
        EventData::ChangedUpstream(change) => upstream(change),
        EventData::NoteAdded { is_for_buyer } => json!({ "is_for_buyer": is_for_buyer }),
    }
}

fn canceled(facts: &Cancellation) -> Value {
    let lines = facts.items.iter().map(|line| {
        json!({
            "item": line.item.0,
            "canceled": line.canceled.to_string(),
            "refunded": line.refunded.to_string(),
        })
    });
    json!({
        "reason_code": facts.reason_code,
        "is_partial": facts.is_partial,
        "items": lines.collect::<Vec<_>>(),
        "canceled_total": money(facts.canceled_total),
        "refunded_total": money(facts.refunded_total),
        "fee": money(facts.fee),
        "credit_memo_number": facts.credit_memo,
        "request_number": facts.request.as_ref().map(|it| it.number),
        "restores": restores(&facts.restores),
    })
}

/// What the systems that keep stock, coupons, credits and points have to give back.
fn restores(facts: &Restoration) -> Value {
    let stock = facts
        .stock
        .iter()
        .map(|line| json!({ "item": line.item.0, "sku": line.sku, "quantity": line.quantity.to_string() }));
    json!({
        "stock": stock.collect::<Vec<_>>(),
        "coupons": facts.coupons,
        "credits": money(facts.credits),
        "points": facts.points,
    })
}

fn subscription_ended(facts: &EndedSubscription) -> Value {
    json!({
        "subscription_id": facts.subscription,
        "item": facts.item.0,
        "ends_at": time(facts.end.at),
        "reason_code": facts.end.reason_code,
        "refunded_total": money(facts.share),
        "credit_memo_number": facts.end.credit_memo,
    })
}

fn settled(matter: SettledMatter, reference: Option<&str>) -> Value {
    let (kind, amount) = match matter {
        SettledMatter::Refund { amount, .. } => ("refund", Some(money(amount))),
        SettledMatter::Void { amount, .. } => ("void", Some(money(amount))),
        SettledMatter::UpstreamChange => ("upstream_change", None),
        SettledMatter::Returned { amount, .. } => ("returned", Some(money(amount))),
        SettledMatter::RefundedOutside { amount } => ("refunded_outside", Some(money(amount))),
        SettledMatter::BookedOutside { amount } => ("booked_outside", Some(money(amount))),
        SettledMatter::LateCapture { amount } => ("late_capture", Some(money(amount))),
        SettledMatter::Abandoned { reversal, amount, .. } => {
            let kind = match reversal {
                ReversalOperation::Refund => "abandoned_refund",
                ReversalOperation::Void | ReversalOperation::Either => "abandoned_void",
            };
            (kind, Some(money(amount)))
        }
        SettledMatter::Adopted { reversal, amount, .. } => {
            let kind = match reversal {
                ReversalOperation::Refund => "adopted_refund",
                ReversalOperation::Void | ReversalOperation::Either => "adopted_void",
            };
            (kind, Some(money(amount)))
        }
        SettledMatter::PaymentProblem => ("payment_problem", None),
    };
    json!({ "matter": kind, "amount": amount, "reference": reference })
}

fn reversal_failed(failed: &FailedReversal) -> Value {
    if !failed.is_refund {
        return json!({
            "void_id": failed.obligation,
            "tender": failed.tender + 1,
            "payment_provider": failed.account,
            "amount": money(failed.amount),
            "reason_code": failed.reason.code(),
        });
    }
    json!({
        "refund_id": failed.obligation,
        "tender": failed.tender + 1,
        "payment_provider": failed.account,
        "amount": money(failed.amount),
        "reason_code": failed.reason.code(),
        "was_refunded": failed.was_refunded,
        "is_by_others": failed.is_by_others,
    })
}

fn upstream(change: &UpstreamChange) -> Value {
    json!({
        "shipped": change.shipped.to_string(),
        "canceled": change.canceled.to_string(),
        "paid": money(change.paid),
        "refunded": money(change.refunded),
    })
}

fn items(lines: &[(ItemPosition, Quantity)]) -> Value {
    let lines = lines
        .iter()
        .map(|(item, quantity)| json!({ "item": item.0, "quantity": quantity.to_string() }));
    lines.collect()
}

fn money(amount: Money) -> Value {
    json!({ "amount": amount.minor(), "currency": amount.currency().code() })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use countermand_domain::Settlement;

    use super::*;

    fn usd(cents: i64) -> Money {
        Money::new(cents, "USD".parse().expect("a currency"))
    }

    #[test]
    fn what_staff_wrote_as_a_reference_stays() {
        let paid = EventData::InvoicesPaid {
            numbers: vec!["1-1".into()],
            amount: usd(1500),
            reference: Some("Anna Smith, transfer".into()),
        };
        for is_by_system in [true, false] {
            let data = public_data(&paid, is_by_system);
            assert_eq!(
                data,
                json!({ "invoice_numbers": ["1-1"], "amount": { "amount": 1500, "currency": "USD" } })
            );
        }
        let settled = EventData::Settled(Settlement {
            matter: SettledMatter::RefundedOutside { amount: usd(1500) },
            note: "Anna called".into(),
            reference: Some("re_1".into()),
        });
        assert_eq!(public_data(&settled, true)["reference"], "re_1");
        assert_eq!(public_data(&settled, false)["reference"], Value::Null);
        assert!(!public_data(&settled, true).to_string().contains("Anna"));
    }
}
