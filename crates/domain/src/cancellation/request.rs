//! A guest asks for a cancellation and confirms it with a key. The request
//! changes only the history; the confirmation cancels the order.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::cancellation::eligibility::EligibilityRequest;
use crate::cancellation::{
    Cancel, CancellationPolicy, CancellationRefusal, ConfirmationKey, GuestKey, GuestKeyChange,
    GuestKeyRefusal,
};
use crate::effect::{Effect, Notice};
use crate::event::{EventData, OrderEvent};
use crate::order::{Actor, Order};
use crate::transition::Transition;

/// A guest's request for a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationRequest {
    /// The reason exactly as sent: a description of the store view's list, or a code.
    pub reason: String,
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
    /// and the cancellation itself; the reason is checked last.
    pub fn request_cancellation(
        &self,
        request: &CancellationRequest,
        policy: &CancellationPolicy,
        now: DateTime<Utc>,
    ) -> Result<Transition, CancellationRefusal> {
        self.cancellation_plan(&EligibilityRequest::of_all(policy, &Actor::Guest))?;
        let reason = policy.reason(&request.reason, self.id.store())?;
        let hash = request.key.hash.clone();
        let key = GuestKey::new(self.id, hash, &request.reason, request.key_lifetime, now);
        let event = OrderEvent {
            actor: Actor::Guest,
            at: now,
            data: EventData::CancellationKeyRequested {
                reason_code: reason.code.clone(),
                expires_at: key.expires_at,
            },
        };
        let mail = Effect::Notify(Notice::ConfirmCancellation(request.key.clone()));
        let mut change = Transition::new(self.clone(), event).owing(vec![mail]);
        // The order itself does not change, so a version that another shop made before this moment is newer all the same.
        change.after.updated_at = self.updated_at;
        change.guest_key = Some(GuestKeyChange::Replace(key));
        Ok(change)
    }

    /// Cancels the whole order for the reason kept with the key, and uses the key up.
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
        self.cancellation_plan(&EligibilityRequest::of_all(policy, &Actor::Guest))?;
        let kept = kept.ok_or(GuestKeyRefusal::Wrong)?;
        kept.check(matches, now)?;
        let command = Cancel::all(Actor::Guest, &kept.reason);
        Ok(Transition {
            guest_key: Some(GuestKeyChange::Use),
            ..self.cancel(&command, policy, now)?
        })
    }
}
