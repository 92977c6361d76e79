//! A guest asks for a cancellation and confirms it with a key. The request
//! changes only the history; the confirmation cancels the order.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::{
    CancellationIntent, CancellationPolicy, CancellationRefusal, ConfirmationKey, GuestKey, GuestKeyChange,
    GuestKeyRefusal, NO_REASON,
};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::order::{Actor, Order};
use crate::transition::Transition;

/// A guest's request for the key with which a cancellation is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestKeyRequest {
    /// The part of the order to cancel, and why.
    pub intent: CancellationIntent,
    /// The key that goes to the guest by mail.
    pub key: ConfirmationKey,
    /// How long the key can be used.
    pub key_lifetime: TimeDelta,
}

/// Why a confirmation does not cancel the order.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfirmationRefusal {
    /// The order cannot be canceled, with any key.
    #[error(transparent)]
    Order(#[from] CancellationRefusal),
    /// The key cannot be used.
    #[error(transparent)]
    Key(#[from] GuestKeyRefusal),
}

impl Order {
    /// Accepts a guest's request: a key is sent, and the order is not canceled yet. A new key replaces an earlier one.
    ///
    /// The request follows the same rule as the storefront's button
    /// and the cancellation itself; the reason is checked last. A quote is checked here, and holds from then on as long
    /// as the key, unless time changes the action before.
    pub fn request_guest_key(
        &self,
        request: &GuestKeyRequest,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        let asked = EligibilityRequest {
            selection: &request.intent.selection,
            ..EligibilityRequest::of_all(policy, &Actor::Guest, now)
        };
        let plan = self.requestable_plan(&asked)?;
        let reason = policy.reason_of(&Actor::Guest, &request.intent.reason, self.id.store(), now)?;
        let comment = policy.comment_of(&Actor::Guest, reason, request.intent.comment.as_deref())?;
        let hash = request.key.hash.clone();
        let intent = CancellationIntent {
            comment,
            ..request.intent.clone()
        };
        let mut key = GuestKey::new(self.id, hash, intent, request.key_lifetime, now);
        if let Some(quote) = &request.intent.quote {
            let plan = plan.keeping_fee(self, policy.rules.fee_for(&Actor::Guest, reason))?;
            quote.check(self, &plan, &Actor::Guest, policy.rules.restore_for(reason, now))?;
            let end = self.end_of_action(&asked);
            let end = end.map_or(key.expires_at, |at| at.min(key.expires_at));
            key.intent.quote = Some(quote.kept_with_key(self.version + 1, end));
        }
        let event = OrderEvent {
            actor: Actor::Guest,
            at: now,
            data: EventData::CancellationKeyRequested {
                reason_code: reason.map_or_else(|| NO_REASON.into(), |reason| reason.code.clone()),
                expires_at: key.expires_at,
            },
        };
        let mail = Effect::Notify(Notice::ConfirmCancellation(request.key.clone()));
        let mut change = Transition::new(self.clone(), event).owing(vec![mail]);
        // The order itself does not change, so a version that another shop made before this moment is newer all the
        // same.
        change.after.updated_at = self.updated_at;
        change.guest_key = Some(GuestKeyChange::Replace(Box::new(key)));
        Ok(change)
    }

    /// Cancels what the guest asked for, for the reason kept with the key, and uses the key up. Where buyers of the
    /// store view can only ask, it opens a request instead.
    ///
    /// The order is checked first, then the key (`docs/contract.md` section 3.3, rows 5 to 9). `matches` is the
    /// constant-time comparison of the key that the guest sent with `kept`.
    pub fn confirm_cancellation(
        &self,
        kept: Option<&GuestKey>,
        matches: bool,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, ConfirmationRefusal> {
        self.requestable_plan(&EligibilityRequest::of_all(policy, &Actor::Guest, now))?;
        let kept = kept.ok_or(GuestKeyRefusal::Wrong)?;
        kept.check(matches, now)?;
        let command = kept.intent.by(Actor::Guest);
        Ok(Transition {
            guest_key: Some(GuestKeyChange::Use),
            ..self.cancel_or_request(&command, policy, now)?
        })
    }
}
