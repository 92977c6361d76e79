//! What a policy would have done with a cancellation that took place.

use chrono::{DateTime, Utc};

use crate::cancellation::{CancellationMode, CancellationPolicy};
use crate::money::{Money, MoneyError};
use crate::order::{Actor, Order};

/// A cancellation that took place, as far as a policy looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCancellation<'a> {
    /// The order as it is today.
    pub order: &'a Order,
    /// Who canceled.
    pub actor: Actor,
    /// When it was canceled.
    pub at: DateTime<Utc>,
    /// The code of the reason.
    pub reason_code: &'a str,
    /// The money that flowed back.
    pub refunded: Money,
}

/// What the policy would have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulatedCancellation {
    /// At once, on request, or not at all.
    pub mode: CancellationMode,
    /// The fee that the shop would have kept; zero where the cancellation would have been refused.
    pub fee: Money,
    /// The money that would have flowed back; zero where the cancellation would have been refused.
    pub refunded: Money,
}

impl CancellationPolicy {
    /// What this policy would have done with `past`. A request counts as one that staff approves.
    pub fn simulate(&self, past: &PastCancellation<'_>) -> Result<SimulatedCancellation, MoneyError> {
        let mode = self.mode(past.order, &past.actor, past.at);
        let zero = Money::zero(past.refunded.currency());
        if mode == CancellationMode::Off {
            return Ok(SimulatedCancellation {
                mode,
                fee: zero,
                refunded: zero,
            });
        }
        let reason = self.reasons.by_code(past.reason_code);
        let fee = self.rules.fee_for(&past.actor, reason).of(past.refunded)?;
        Ok(SimulatedCancellation {
            mode,
            fee,
            refunded: past.refunded.checked_sub(fee)?,
        })
    }
}
