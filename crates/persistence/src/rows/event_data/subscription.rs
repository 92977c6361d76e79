//! The JSON of the events that a subscription was ended or resumed.

use countermand_domain::{EndedSubscription, EventData, ItemPosition, Money};
use serde::{Deserialize, Serialize};

use crate::error::DatabaseError;
use crate::rows::order::currency;
use crate::rows::subscriptions_column::EndDoc;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct EndedSubscriptionDoc {
    v: i32,
    currency: String,
    subscription: String,
    item: i32,
    end: EndDoc,
    share: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ResumedSubscriptionDoc {
    v: i32,
    subscription: String,
    item: i32,
}

impl EndedSubscriptionDoc {
    pub(super) fn of(facts: &EndedSubscription) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            currency: facts.share.currency().code().into(),
            subscription: facts.subscription.clone(),
            item: facts.item.0,
            end: EndDoc::of(&facts.end),
            share: facts.share.minor(),
        }
    }

    pub(super) fn facts(self) -> Result<EventData, DatabaseError> {
        Ok(EventData::SubscriptionEnded(Box::new(EndedSubscription {
            share: Money::new(self.share, currency(&self.currency)?),
            subscription: self.subscription,
            item: ItemPosition(self.item),
            end: self.end.end()?,
        })))
    }
}

impl ResumedSubscriptionDoc {
    pub(super) fn of(subscription: &str, item: ItemPosition) -> Self {
        Self {
            v: EventData::SCHEMA_VERSION,
            subscription: subscription.into(),
            item: item.0,
        }
    }

    pub(super) fn facts(self) -> EventData {
        EventData::SubscriptionResumed {
            subscription: self.subscription,
            item: ItemPosition(self.item),
        }
    }
}
