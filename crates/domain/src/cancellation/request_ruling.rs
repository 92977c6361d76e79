//! How the program decides a request for a cancellation by itself: by a rule when it is made, or at its deadline.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cancellation::{CancellationRequest, CancellationRules};
use crate::order::Order;

/// What the program decides about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestRuling {
    /// The order is canceled as far as the request asks for it.
    Approve,
    /// The order goes on.
    Decline,
}

impl CancellationRules {
    /// What a rule decides at `now` about `request` of `order`; none where staff decides, or the deadline.
    ///
    /// The person who asked is the actor of the rule. A guest whom no mail has confirmed is never approved by a rule.
    #[must_use]
    pub fn ruling(
        &self,
        order: &Order,
        request: &CancellationRequest,
        now: DateTime<Utc>,
    ) -> Option<RequestRuling> {
        let ruling = self.request_rules.outcome(order, &request.actor, now)?;
        (ruling == RequestRuling::Decline || request.is_confirmed).then_some(ruling)
    }
}
