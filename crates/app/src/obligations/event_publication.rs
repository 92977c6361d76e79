//! The obligation to publish an event to a stream.

use countermand_domain::{EventKind, Order, OrderId, Shop};
use countermand_persistence::NewObligation;
use serde::{Deserialize, Serialize};

use super::{Attempt, CausingChange, Obligation, Outcome, Ports};
use crate::App;
use crate::error::AppError;

/// An event that must be published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventPublication {
    /// The version that the event made of the order of the obligation.
    pub(crate) version: i64,
}

impl Obligation for EventPublication {
    /// One for each event, written in the transaction of the change, while the events of the installation go to a stream.
    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let owed = app.publication_of(change.shop, &change.transition.after)?;
        Ok(owed.into_iter().collect())
    }

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        app.publish_event(self.version, attempt).await
    }
}

impl App {
    /// The publication that is owed after an event made `after` of its order; none while events go to no stream.
    fn publication_of(&self, shop: &Shop, after: &Order) -> Result<Option<NewObligation>, AppError> {
        if !shop.is_streamed {
            return Ok(None);
        }
        let publication = EventPublication {
            version: after.version,
        };
        Ok(Some(NewObligation {
            unique_key: publication_key(after.id, after.version),
            ..self.owe(&publication, self.env().next_id(), Some(after.id), self.now())?
        }))
    }

    /// All that other systems are owed after an event of `kind` made `after` of its order: deliveries to endpoints, and the
    /// publication.
    pub(crate) fn messages_of(
        &self,
        shop: &Shop,
        after: &Order,
        kind: EventKind,
    ) -> Result<Vec<NewObligation>, AppError> {
        let mut owed = self.deliveries_of(shop, after, kind)?;
        owed.extend(self.publication_of(shop, after)?);
        Ok(owed)
    }
}

/// The key of the obligation to publish the event that made `version` of `order`.
pub(crate) fn publication_key(order: OrderId, version: i64) -> String {
    format!("stream:{}:{version}", order.number())
}
