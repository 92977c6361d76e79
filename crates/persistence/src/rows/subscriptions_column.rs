//! The JSON column `subscriptions` of orders: the subscriptions of which items of the order pay a period. The column is
//! null where there are none, as in most orders.

use countermand_domain::{
    CustomerId, IntervalUnit, ItemPosition, Order, Subscription, SubscriptionEnd, SubscriptionInterval,
};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::entity::order_subscription::Model;
use crate::rows::json_column;
use crate::rows::time::{from_micros, to_micros};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct SubscriptionDoc {
    id: String,
    item: i32,
    unit: String,
    count: i32,
    paid_from: i64,
    paid_until: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<EndDoc>,
}

/// The JSON of an end, in the column and in the event.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EndDoc {
    at: i64,
    asked_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_memo: Option<String>,
}

/// The subscriptions in the column of an order.
pub(crate) fn subscriptions_of(column: Option<&str>) -> Result<Vec<Subscription>, DatabaseError> {
    let Some(text) = column else {
        return Ok(Vec::new());
    };
    let docs: Vec<SubscriptionDoc> = json_column::read(text)?;
    docs.into_iter().map(SubscriptionDoc::subscription).collect()
}

/// The column of `order`.
pub(crate) fn subscriptions_text(order: &Order) -> Result<Option<String>, DatabaseError> {
    if order.subscriptions.is_empty() {
        return Ok(None);
    }
    let docs: Vec<_> = order.subscriptions.iter().map(SubscriptionDoc::of).collect();
    json_column::write(&docs).map(Some)
}

/// The rows in the table of subscriptions of `order`.
pub(crate) fn subscription_rows(order: &Order) -> impl Iterator<Item = Model> {
    order.subscriptions.iter().map(|it| Model {
        order_id: order.id.number(),
        subscription_id: it.id.clone(),
        customer_id: order.customer.id.map(CustomerId::number),
        paid_from: to_micros(it.paid_from),
    })
}

impl SubscriptionDoc {
    fn of(subscription: &Subscription) -> Self {
        Self {
            id: subscription.id.clone(),
            item: subscription.item.0,
            unit: subscription.interval.unit.code().into(),
            count: subscription.interval.count,
            paid_from: to_micros(subscription.paid_from),
            paid_until: to_micros(subscription.paid_until),
            end: subscription.end.as_ref().map(EndDoc::of),
        }
    }

    fn subscription(self) -> Result<Subscription, DatabaseError> {
        let unit = IntervalUnit::from_code(&self.unit);
        let unit = unit.ok_or_else(|| DatabaseError::Corrupt(format!("`{}` is no interval", self.unit)))?;
        Ok(Subscription {
            id: self.id,
            item: ItemPosition(self.item),
            interval: SubscriptionInterval {
                unit,
                count: self.count,
            },
            paid_from: from_micros(self.paid_from)?,
            paid_until: from_micros(self.paid_until)?,
            end: self.end.map(EndDoc::end).transpose()?,
        })
    }
}

impl EndDoc {
    pub(crate) fn of(end: &SubscriptionEnd) -> Self {
        Self {
            at: to_micros(end.at),
            asked_at: to_micros(end.asked_at),
            reason_code: end.reason_code.clone(),
            reason: end.reason.clone(),
            comment: end.comment.clone(),
            credit_memo: end.credit_memo.clone(),
        }
    }

    pub(crate) fn end(self) -> Result<SubscriptionEnd, DatabaseError> {
        Ok(SubscriptionEnd {
            at: from_micros(self.at)?,
            asked_at: from_micros(self.asked_at)?,
            reason_code: self.reason_code,
            reason: self.reason,
            comment: self.comment,
            credit_memo: self.credit_memo,
        })
    }
}
