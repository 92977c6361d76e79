//! The obligation to look at an order that was changed or canceled here, and that the shop it came from went on with.

use countermand_domain::{EventData, Money, Order, UpstreamChange};
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
    /// Units that were canceled, in ten-thousandths. Obligations of an earlier version have none.
    #[serde(default)]
    pub(crate) canceled: i64,
    /// Money that was paid, in minor units of the order's currency.
    pub(crate) paid: i64,
    /// Money that was refunded, in minor units of the order's currency.
    pub(crate) refunded: i64,
}

impl ChangedUpstream {
    pub(crate) fn of(change: &UpstreamChange) -> Self {
        Self {
            shipped: change.shipped.scaled(),
            canceled: change.canceled.scaled(),
            paid: change.paid.minor(),
            refunded: change.refunded.minor(),
        }
    }

    /// The key of this change of `order`: the same change is told once, however often it is imported.
    ///
    /// An order that is over is neither shipped nor paid any more, so the same difference is the same change. The
    /// difference to another order grows and shrinks with the work here, so its key holds what was shipped, canceled
    /// and paid there in all. It also holds what is canceled here, because a change elsewhere weighs more after a
    /// cancellation.
    pub(crate) fn unique_key(self, order: &Order) -> String {
        let Self {
            shipped,
            canceled: canceled_beyond,
            paid,
            refunded,
        } = self;
        let id = order.id.number();
        let canceled_there = if canceled_beyond > 0 {
            let in_all = order.given_up_units().scaled().saturating_add(canceled_beyond);
            format!(":canceled-{in_all}")
        } else {
            String::new()
        };
        if order.state.is_over() {
            return format!("upstream_change:{id}:{shipped}:{paid}:{refunded}{canceled_there}");
        }
        let in_all = |more: i64, here: i64| if more > 0 { here.saturating_add(more) } else { 0 };
        let shipped = in_all(shipped, order.shipped_units().scaled());
        let paid = in_all(paid, order.totals.paid.map_or(0, Money::minor));
        let canceled = order.totals.canceled.minor();
        format!("upstream_change:{id}:{shipped}:{paid}:{refunded}:{canceled}{canceled_there}")
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
            why: "the order was changed here, and the shop that it came from went on with it: staff must decide".into(),
        }
    }
}
