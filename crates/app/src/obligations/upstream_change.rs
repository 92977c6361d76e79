//! The obligation to look at an order that is canceled here, and that the shop it came from went on with.

use countermand_domain::{EventData, Order, UpstreamChange};
use countermand_persistence::NewObligation;
use serde::{Deserialize, Serialize};

use super::{Attempt, CausingChange, Obligation, Outcome, Ports};
use crate::App;
use crate::error::AppError;

/// What happened to the order in the shop that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChangedUpstream {
    /// Units that were shipped, in ten-thousandths.
    pub(crate) shipped: i64,
    /// Money that was paid, in minor units of the order's currency.
    pub(crate) paid: i64,
    /// Money that was refunded, in minor units of the order's currency.
    pub(crate) refunded: i64,
}

impl ChangedUpstream {
    pub(crate) fn of(change: &UpstreamChange) -> Self {
        Self {
            shipped: change.shipped.scaled(),
            paid: change.paid.minor(),
            refunded: change.refunded.minor(),
        }
    }

    /// The key of this change of `order`: the same change is told once, however often it is imported.
    pub(crate) fn unique_key(self, order: &Order) -> String {
        let Self {
            shipped,
            paid,
            refunded,
        } = self;
        format!(
            "upstream_change:{}:{shipped}:{paid}:{refunded}",
            order.id.number()
        )
    }
}

impl Obligation for ChangedUpstream {
    const IS_BOOKED: bool = true;
    const IS_MET_BY_STAFF: bool = true;

    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        let transition = change.transition;
        let EventData::ChangedUpstream(facts) = &transition.event.data else {
            return Ok(Vec::new());
        };
        let order = &transition.after;
        let changed = Self::of(facts);
        let row = app.owe(&changed, app.env().next_id(), Some(order.id), transition.event.at)?;
        Ok(vec![NewObligation {
            unique_key: changed.unique_key(order),
            ..row
        }])
    }

    async fn meet(&self, _: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        Outcome::NeedsAttention {
            why: "the order is canceled here, and the shop that it came from went on with it: staff must decide".into(),
        }
    }
}
