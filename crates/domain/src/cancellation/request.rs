//! A request for a cancellation: what a buyer or staff asks for, and how the request ended. It holds back shipments
//! while it is open. A second one is refused in `request_command.rs`. Whether a buyer can only ask follows from the
//! mode (`mode.rs`) and from units in fulfilment (`only_by_request` in `eligibility.rs`).

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cancellation::BundleParts;
use crate::money::Quantity;
use crate::order::{Actor, ERASED, ItemPosition, Order, OrderItem};

/// A request for a cancellation. An order has one open request at most, and keeps its newest one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationRequest {
    /// The number of the request in its order, from 1.
    pub number: i32,
    /// Whether all that was left of the order was asked for.
    pub is_whole: bool,
    /// The requested units of items; the parts of a bundle or configurable go with it, and parts of a bundle may be
    /// named instead of it.
    pub items: Vec<(ItemPosition, Quantity)>,
    /// The stable code of the reason; none without a reason.
    pub reason_code: Option<String>,
    /// The reason as the buyer reads it; none without a reason.
    pub reason: Option<String>,
    /// Whether the reason said, when the cancellation was asked for, that the seller caused it; none in a request of an
    /// older version.
    pub is_sellers_fault: Option<bool>,
    /// What the person added in their own words; none without a comment.
    pub comment: Option<String>,
    /// The buyer or the member of staff who asked.
    pub actor: Actor,
    /// Whether the person proved to be the buyer or staff. A guest proves it with the key from a mail, and not by the
    /// link of an order alone.
    pub is_confirmed: bool,
    /// When the cancellation was asked for.
    pub requested_at: DateTime<Utc>,
    /// The time by which staff should decide; none where the store view has no deadline.
    pub due_at: Option<DateTime<Utc>>,
    /// When the program left the decision to staff, because the deadline was over; none before.
    pub escalated_at: Option<DateTime<Utc>>,
    /// Whether the request is open, or how it ended.
    pub status: RequestStatus,
    /// How the request ended; none while it is open.
    pub decision: Option<RequestDecision>,
}

/// How far a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum RequestStatus {
    /// Staff has not decided yet.
    Open,
    /// All that was asked for is canceled.
    Approved,
    /// A part of what was asked for is canceled, and the rest is not.
    PartlyApproved,
    /// Staff declined.
    Declined,
    /// The request was taken back.
    Withdrawn,
    /// Nothing of it could be canceled any more.
    TooLate,
}

/// The end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDecision {
    /// Who ended the request.
    pub actor: Actor,
    /// When the request ended.
    pub at: DateTime<Utc>,
    /// Why staff decided so, for the buyer to read; none where no reason was given.
    pub reason: Option<String>,
}

impl RequestStatus {
    /// All statuses.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The code in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The status called `code`; none for a status of a newer version of the program.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

impl CancellationRequest {
    /// Whether the request waits for a decision.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == RequestStatus::Open
    }

    /// The same request without what says anything about its buyer: the account, and what the buyer or staff wrote.
    #[must_use]
    pub fn without_buyer(mut self) -> Self {
        let actors = [
            Some(&mut self.actor),
            self.decision.as_mut().map(|it| &mut it.actor),
        ];
        for actor in actors.into_iter().flatten() {
            if matches!(actor, Actor::Customer(_)) {
                *actor = Actor::Guest;
            }
        }
        self.reason = self.reason.map(|_| ERASED.into());
        self.comment = self.comment.map(|_| ERASED.into());
        if let Some(decision) = &mut self.decision {
            decision.reason = decision.reason.take().map(|_| ERASED.into());
        }
        self
    }

    /// Ends the request.
    pub(crate) fn end(&mut self, status: RequestStatus, decision: RequestDecision) {
        self.status = status;
        self.decision = Some(decision);
    }
}

impl Order {
    /// The request that waits for a decision; none where no request does.
    #[must_use]
    pub fn open_request(&self) -> Option<&CancellationRequest> {
        self.cancellation_request
            .as_ref()
            .filter(|request| request.is_open())
    }

    /// The units of `request` that can still be canceled, by item.
    #[must_use]
    pub fn left_of_request(&self, request: &CancellationRequest) -> Vec<(ItemPosition, Quantity)> {
        let lines = request.items.iter().map(|&(position, quantity)| {
            let left = self
                .item(position)
                .map_or(Quantity::ZERO, |item| self.left_to_request(item));
            (position, quantity.min(left))
        });
        lines.filter(|line| line.1.is_positive()).collect()
    }

    /// The units of `item` that an open request still asks to cancel. The parts of a set go with the set, unless they
    /// are named by themselves.
    #[must_use]
    pub fn requested_units(&self, item: &OrderItem) -> Quantity {
        let Some(request) = self.open_request() else {
            return Quantity::ZERO;
        };
        let left = self.left_of_request(request);
        let units_of = |item: &OrderItem| {
            let line = left.iter().find(|line| line.0 == item.position);
            line.map_or(Quantity::ZERO, |line| line.1)
        };
        let with_whole = item.parent.and_then(|whole| self.item(whole)).map(|whole| {
            let units = units_of(whole);
            let units = item.quantities.ordered.part(units, whole.quantities.ordered);
            if self.has_separate_parts(whole) {
                // Parts may be gone beside the complete units.
                units.min(self.left_to_request(item))
            } else {
                units
            }
        });
        units_of(item).max(with_whole.unwrap_or_default())
    }

    /// The units of `item` that a request can name: they can be canceled, and are not shipped.
    pub(crate) fn left_to_request(&self, item: &OrderItem) -> Quantity {
        if self.is_free() {
            // Invoiced units of a free order go with the cancellation of the whole order.
            return item.quantities.open();
        }
        self.to_give_up(item)
    }

    /// Every top-level item of which a unit can be requested, with these units. Of an order of which the buyer has a
    /// part, a bundle that is canceled by part stands as its parts.
    pub(crate) fn all_to_request(&self, parts: BundleParts) -> Vec<(ItemPosition, Quantity)> {
        if !self.is_free() && (self.has_shipment() || self.has_units_beyond()) {
            return self.all_to_give_up(parts);
        }
        let top_level = self.items.iter().filter(|item| item.parent.is_none());
        let lines = top_level.map(|item| (item.position, self.left_to_request(item)));
        lines.filter(|line| line.1.is_positive()).collect()
    }
}
