//! Asks for a cancellation, and takes the request back. Neither changes what is canceled.

use chrono::{DateTime, Utc};

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::{
    Cancel, CancellationIntent, CancellationPolicy, CancellationRefusal, CancellationRequest,
    RequestDecision, RequestRefusal, RequestStatus, Selection,
};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::{Actor, ItemPosition, Order};
use crate::transition::Transition;

/// The request for a cancellation that a buyer or staff makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestCancellation {
    /// The buyer or the member of staff who asks.
    pub actor: Actor,
    /// What is asked for; an empty reason is none.
    pub intent: CancellationIntent,
    /// Whether the person proved to be the buyer or staff.
    pub is_confirmed: bool,
}

/// The facts of a request that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedCancellation {
    /// The number of the request in its order, from 1.
    pub number: i32,
    /// Whether all that was left of the order was asked for.
    pub is_whole: bool,
    /// The requested units of items.
    pub items: Vec<(ItemPosition, Quantity)>,
    /// The stable code of the reason; none without a reason.
    pub reason_code: Option<String>,
    /// The time by which staff should decide; none without a deadline.
    pub due_at: Option<DateTime<Utc>>,
}

/// The facts of a request that ended without a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRequest {
    /// The number of the request in its order, from 1.
    pub number: i32,
    /// How the request ended.
    pub status: RequestStatus,
}

impl Order {
    /// Asks for a cancellation, by the rule that holds for the cancellation itself. The order has no other open
    /// request.
    ///
    /// The rules of the store view say whether a reason and a comment are needed. A quote must be what the cancellation
    /// would do now.
    pub fn request_cancellation(
        &self,
        command: &RequestCancellation,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, RequestRefusal> {
        let intent = &command.intent;
        let is_staff = matches!(command.actor, Actor::Staff { .. } | Actor::System);
        let plan = self.requestable_plan(&EligibilityRequest {
            overrides_switch: is_staff,
            selection: &intent.selection,
            ..EligibilityRequest::of_all(policy, &command.actor, now)
        });
        let plan = plan.map_err(|refusal| match refusal {
            CancellationRefusal::RequestOpen => RequestRefusal::RequestOpen,
            other => other.into(),
        })?;
        if self.open_request().is_some() {
            return Err(RequestRefusal::RequestOpen);
        }
        let items = match &intent.selection {
            Selection::All => self.all_to_request(policy.rules.bundle_parts),
            Selection::Items(lines) => self
                .checked_whole_lines(lines, policy.rules.bundle_parts, |item| self.to_give_up(item))
                .map_err(CancellationRefusal::from)?,
        };
        if items.is_empty() {
            return Err(CancellationRefusal::NothingOpen.into());
        }
        let store = self.id.store();
        let reason = policy.reason_of(&command.actor, &intent.reason, store, now)?;
        let comment = policy.comment_of(&command.actor, reason, intent.comment.as_deref())?;
        if let Some(quote) = &intent.quote {
            let fee = policy.rules.fee_for(&command.actor, reason);
            let plan = plan.keeping_fee(self, fee).map_err(CancellationRefusal::from)?;
            quote.check(self, &plan, &command.actor, policy.rules.restore_for(reason, now))?;
        }
        let due_at = policy
            .rules
            .request_deadline
            .and_then(|time| now.checked_add_signed(time));
        let request = CancellationRequest {
            number: self.cancellation_request.as_ref().map_or(0, |it| it.number) + 1,
            is_whole: !self.has_units_beyond() && self.names_all(&items, |item| self.left_to_request(item)),
            items,
            reason_code: reason.map(|it| it.code.clone()),
            reason: reason.map(|it| it.text_for_buyer(&intent.reason, store)),
            is_sellers_fault: Some(reason.is_some_and(|it| it.rules.sellers_fault)),
            comment,
            actor: command.actor.clone(),
            is_confirmed: command.is_confirmed,
            requested_at: now,
            due_at,
            escalated_at: None,
            status: RequestStatus::Open,
            decision: None,
        };
        let event = OrderEvent {
            actor: command.actor.clone(),
            at: now,
            data: EventData::CancellationRequested(RequestedCancellation {
                number: request.number,
                is_whole: request.is_whole,
                items: request.items.clone(),
                reason_code: request.reason_code.clone(),
                due_at,
            }),
        };
        let mut after = self.clone();
        after.cancellation_request = Some(request);
        let mut effects = vec![Effect::Notify(Notice::MerchantRequestNotice)];
        if !self.is_erased() {
            effects.push(Effect::Notify(Notice::CancellationRequested));
        }
        Ok(Transition::new(after, event).owing(effects))
    }

    /// Cancels what a buyer asks for, or opens a request for it where the buyer can only ask: by the mode of the store
    /// view, after its window, or because the warehouse packs units of it.
    ///
    /// So a storefront that knows no requests asks with the operation that cancels elsewhere.
    pub fn cancel_or_request(
        &self,
        command: &Cancel,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        match self.cancel(command, policy, now) {
            Err(refusal) if refusal.leaves_a_request() => {
                let request = RequestCancellation {
                    actor: command.actor.clone(),
                    intent: CancellationIntent {
                        reason: command.reason.clone(),
                        comment: command.comment.clone(),
                        selection: command.selection.clone(),
                        quote: command.quote.clone(),
                        refund: command.refund.clone(),
                    },
                    is_confirmed: true,
                };
                let requested = self.request_cancellation(&request, policy, now);
                requested.map_err(|problem| match problem {
                    RequestRefusal::Order(refusal) => refusal,
                    RequestRefusal::RequestOpen => CancellationRefusal::RequestOpen,
                    RequestRefusal::Items(problem) => problem.into(),
                    RequestRefusal::BadReason(problem) => problem.into(),
                    RequestRefusal::NoOpenRequest
                    | RequestRefusal::ConfirmationNeeded
                    | RequestRefusal::TooLate
                    | RequestRefusal::ReasonMissing => refusal,
                })
            }
            decided => decided,
        }
    }

    /// Takes an open request back. Its buyer may do that, and staff.
    ///
    /// A guest who has the order's link alone takes back only a request that was made with the link alone. For a
    /// confirmed one, `has_key` must say that the guest showed a key that was mailed for the order.
    pub fn withdraw_cancellation_request(
        &self,
        actor: &Actor,
        has_key: bool,
        now: DateTime<Utc>,
    ) -> Result<Transition, RequestRefusal> {
        let is_allowed = match actor {
            Actor::Customer(id) => self.customer.id == Some(*id),
            Actor::Guest => self.is_guest(),
            Actor::Staff { .. } | Actor::System => true,
        };
        if !is_allowed {
            return Err(CancellationRefusal::Unauthorized.into());
        }
        let request = self.request_to_decide()?;
        if *actor == Actor::Guest && request.is_confirmed && !has_key {
            return Err(RequestRefusal::ConfirmationNeeded);
        }
        Ok(self.ending_request(RequestStatus::Withdrawn, actor, None, now))
    }

    /// The open request; a refusal if there is none.
    pub(crate) fn request_to_decide(&self) -> Result<&CancellationRequest, RequestRefusal> {
        let newest = self.cancellation_request.as_ref();
        match newest.map(|request| request.status) {
            Some(RequestStatus::Open) => newest.ok_or(RequestRefusal::NoOpenRequest),
            Some(RequestStatus::TooLate) => Err(RequestRefusal::TooLate),
            Some(
                RequestStatus::Approved
                | RequestStatus::PartlyApproved
                | RequestStatus::Declined
                | RequestStatus::Withdrawn,
            )
            | None => Err(RequestRefusal::NoOpenRequest),
        }
    }

    /// The end of the open request without a cancellation.
    pub(crate) fn ending_request(
        &self,
        status: RequestStatus,
        actor: &Actor,
        reason: Option<String>,
        now: DateTime<Utc>,
    ) -> Transition {
        let mut after = self.clone();
        let mut number = 0;
        if let Some(request) = &mut after.cancellation_request {
            number = request.number;
            request.end(
                status,
                RequestDecision {
                    actor: actor.clone(),
                    at: now,
                    reason,
                },
            );
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::CancellationRequestEnded(EndedRequest { number, status }),
        };
        let notice = match status {
            RequestStatus::Declined => Some(Notice::RequestDeclined),
            RequestStatus::TooLate => Some(Notice::RequestTooLate),
            RequestStatus::Withdrawn => Some(Notice::RequestWithdrawn),
            RequestStatus::Open | RequestStatus::Approved | RequestStatus::PartlyApproved => None,
        };
        let notice = notice.filter(|_| !self.is_erased()).map(Effect::Notify);
        Transition::new(after, event).owing(notice.into_iter().collect())
    }
}
