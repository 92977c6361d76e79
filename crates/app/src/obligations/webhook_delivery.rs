//! The obligation to tell an endpoint of an event.

use countermand_domain::{EventKind, Order, OrderId, Shop};
use countermand_persistence::NewObligation;
use serde::{Deserialize, Serialize};

use super::{Attempt, CausingChange, Obligation, Outcome, Ports};
use crate::App;
use crate::error::AppError;

/// An event that an endpoint must be told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WebhookDelivery {
    /// The id of the endpoint.
    pub(crate) endpoint: String,
    /// The version that the event made of the order of the obligation; none for a test event.
    pub(crate) version: Option<i64>,
}

impl Obligation for WebhookDelivery {
    /// One for each endpoint that wants the event. They are written in the transaction of the change, so an event that
    /// is there is owed, and one that was rolled back is not; no reader of events has to know which transaction commits
    /// first. The endpoints come with the shop, which each request has at hand, so a shop without any pays nothing.
    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let kind = change.transition.event.data.kind();
        app.deliveries_of(change.shop, &change.transition.after, kind)
    }

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        app.deliver_webhook(self, attempt).await
    }
}

impl App {
    /// What the endpoints of `shop` are owed after an event of `kind` made `after` of its order.
    pub(crate) fn deliveries_of(
        &self,
        shop: &Shop,
        after: &Order,
        kind: EventKind,
    ) -> Result<Vec<NewObligation>, AppError> {
        let wanting = shop.subscribers.iter().filter(|it| it.filter.passes(kind));
        let owed = wanting.map(|subscriber| self.delivery_of(&subscriber.endpoint, after.id, after.version));
        owed.collect()
    }

    /// The delivery to `endpoint` of the event that made `version` of `order`. Its key is the same each time, so the
    /// event waits once for the endpoint.
    pub(crate) fn delivery_of(
        &self,
        endpoint: &str,
        order: OrderId,
        version: i64,
    ) -> Result<NewObligation, AppError> {
        let delivery = WebhookDelivery {
            endpoint: endpoint.to_owned(),
            version: Some(version),
        };
        let event = format!("{}:{version}", order.number());
        Ok(NewObligation {
            unique_key: delivery_key(endpoint, &event),
            ..self.owe(&delivery, self.env().next_id(), Some(order), self.now())?
        })
    }
}

/// The key of the obligation to tell `endpoint` of what `event` names.
pub(crate) fn delivery_key(endpoint: &str, event: &str) -> String {
    format!("webhook:{endpoint}:{event}")
}
