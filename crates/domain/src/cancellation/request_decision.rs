//! Decides an open request: approves all or a part of it, declines it, or finds that it came too late.

use chrono::{DateTime, Utc};

use crate::cancellation::{
    BundleParts, Cancel, CancellationPolicy, CancellationRefusal, CancellationRequest, NO_REASON,
    RefundChoice, RequestDecision, RequestRefusal, RequestStatus, Selection,
};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::{Actor, ItemPosition, LineRefusal, Order, free_text};
use crate::transition::Transition;

/// The most characters of the reason that staff gives for a decision.
pub const LONGEST_DECISION_REASON: usize = 2_000;

/// The approval of a request, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproveRequest {
    /// The member of staff, or the program at the deadline.
    pub actor: Actor,
    /// The units that are approved, of items that the request names; none for all that it asks for.
    pub items: Option<Vec<(ItemPosition, Quantity)>>,
    /// What the buyer reads about the decision; none without a text.
    pub reason: Option<String>,
    /// Whether the buyer is told by mail; none where the store view's setting decides.
    pub notifies_customer: Option<bool>,
    /// What staff decides about the refund; none where the rules decide, with the fee of the one who asked.
    pub refund: Option<RefundChoice>,
}

/// The request that a cancellation approves, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedRequest {
    /// The number of the request in its order, from 1.
    pub number: i32,
    /// `Approved`, or `PartlyApproved`.
    pub status: RequestStatus,
}

/// The reason of a cancellation as it is kept, and the request that it approves.
pub(crate) struct Approval {
    pub(crate) reason_code: String,
    pub(crate) reason: String,
    pub(crate) request: ApprovedRequest,
    pub(crate) decision: RequestDecision,
    /// Who pays the fee, if the rules take one: who asked, or staff where staff decides about the refund.
    pub(crate) fee_payer: Actor,
    /// The units that the approval takes out of fulfilment.
    pub(crate) released: Vec<(ItemPosition, Quantity)>,
    /// Whether the seller was at fault when the cancellation was asked for.
    pub(crate) is_sellers_fault: Option<bool>,
}

impl Order {
    /// Approves the open request: what it asks for is canceled, as far as the command says.
    ///
    /// Staff approves units in fulfilment too, and they leave it. At the deadline, the program approves no such unit.
    ///
    /// If none of it can be canceled any more, the request ends as [`RequestStatus::TooLate`], which is a change as
    /// well. The switch of the store view does not matter: staff decides.
    pub fn approve_cancellation_request(
        &self,
        command: &ApproveRequest,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, RequestRefusal> {
        let request = self.request_to_decide()?;
        let decision = RequestDecision {
            actor: command.actor.clone(),
            at: now,
            reason: decision_reason(command.reason.as_deref())?,
        };
        let left = self.left_of_request(request);
        let too_late = || self.ending_request(RequestStatus::TooLate, &command.actor, None, now);
        if left.is_empty() {
            return Ok(too_late());
        }
        let approved = match &command.items {
            None => left,
            Some(lines) => {
                self.checked_whole_lines(lines, BundleParts::Parts, |item| units_of(&left, item.position))?
            }
        };
        if approved.is_empty() {
            return Err(LineRefusal::NothingLeft.into());
        }
        let is_all = request.items.iter().all(|line| approved.contains(line));
        let cancel = Cancel {
            comment: request.comment.clone(),
            selection: if request.is_whole && is_all {
                Selection::All
            } else {
                Selection::Items(approved)
            },
            overrides_switch: true,
            notifies_customer: command.notifies_customer,
            refund: command.refund.clone().unwrap_or_default(),
            ..Cancel::all(command.actor.clone(), "")
        };
        // A person knows what the warehouse can still stop; the program at the deadline does not.
        let released = match command.actor {
            Actor::Staff { .. } => self.units_to_release(&cancel.selection),
            Actor::Customer(_) | Actor::Guest | Actor::System => Vec::new(),
        };
        let approval = Approval {
            released: released.clone(),
            reason_code: request.reason_code.clone().unwrap_or_else(|| NO_REASON.into()),
            reason: request.reason.clone().unwrap_or_default(),
            request: ApprovedRequest {
                number: request.number,
                status: if is_all {
                    RequestStatus::Approved
                } else {
                    RequestStatus::PartlyApproved
                },
            },
            decision,
            fee_payer: match command.refund {
                Some(_) => command.actor.clone(),
                None => request.actor.clone(),
            },
            is_sellers_fault: request.is_sellers_fault,
        };
        match self.without_fulfilment(&released).cancel_as_approved(
            &cancel,
            approval,
            &self.policy_of_request(request, policy),
            now,
        ) {
            Ok(canceled) => Ok(canceled),
            Err(refusal) if is_too_late(&refusal) => Ok(too_late()),
            Err(refusal) => Err(refusal.into()),
        }
    }

    /// The rules for an approval of `request`. Whether it may name parts of bundles was decided when it was made.
    fn policy_of_request(
        &self,
        request: &CancellationRequest,
        policy: &CancellationPolicy,
    ) -> CancellationPolicy {
        let mut policy = policy.clone();
        let is_part =
            |line: &(ItemPosition, Quantity)| self.item(line.0).is_some_and(|it| it.parent.is_some());
        if request.items.iter().any(is_part) {
            policy.rules.bundle_parts = BundleParts::Parts;
        }
        policy
    }

    /// Leaves the open request to staff, because its deadline is over: the shop is told by mail, and nothing is
    /// decided.
    pub fn escalate_cancellation_request(
        &self,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, RequestRefusal> {
        let number = self.request_to_decide()?.number;
        let mut after = self.clone();
        if let Some(request) = &mut after.cancellation_request {
            request.escalated_at = Some(now);
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::CancellationRequestEscalated { number },
        };
        let notice = Effect::Notify(Notice::MerchantRequestOverdue);
        Ok(Transition::new(after, event).owing(vec![notice]))
    }

    /// Declines the open request. The buyer reads `reason`, and the order can be shipped again.
    pub fn decline_cancellation_request(
        &self,
        reason: &str,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, RequestRefusal> {
        self.request_to_decide()?;
        let reason = decision_reason(Some(reason))?.ok_or(RequestRefusal::ReasonMissing)?;
        Ok(self.ending_request(RequestStatus::Declined, actor, Some(reason), now))
    }

    /// Ends the open request if the change `event` left nothing of it to cancel. It is approved if a cancellation or a
    /// credit memo took the rest, and too late otherwise.
    pub(crate) fn end_request_without_rest(&mut self, event: &OrderEvent) -> Option<RequestStatus> {
        let request = self.open_request()?;
        if !self.state.is_history() && !self.left_of_request(request).is_empty() {
            return None;
        }
        let status = match event.data {
            EventData::Canceled(_) | EventData::CreditMemoCreated { .. } => RequestStatus::Approved,
            _ => RequestStatus::TooLate,
        };
        let decision = RequestDecision {
            actor: event.actor.clone(),
            at: event.at,
            reason: None,
        };
        if let Some(request) = &mut self.cancellation_request {
            request.end(status, decision);
        }
        Some(status)
    }
}

/// Whether the refusal says that the order is past the point at which it can be canceled.
fn is_too_late(refusal: &CancellationRefusal) -> bool {
    match refusal {
        CancellationRefusal::Shipped
        | CancellationRefusal::PartlyShipped
        | CancellationRefusal::NothingOpen => true,
        CancellationRefusal::State(state) => state.is_history(),
        _ => false,
    }
}

fn units_of(lines: &[(ItemPosition, Quantity)], position: ItemPosition) -> Quantity {
    let line = lines.iter().find(|line| line.0 == position);
    line.map_or(Quantity::ZERO, |line| line.1)
}

/// The reason of staff to keep: without space around it, and none if no other character is left.
fn decision_reason(typed: Option<&str>) -> Result<Option<String>, RequestRefusal> {
    let Some(typed) = typed else { return Ok(None) };
    let text = free_text(typed, LONGEST_DECISION_REASON)?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
