//! The key with which a guest confirms a cancellation. A key works for one order and one reason, once, for a limited
//! time: the setting `guest_key_lifetime`, whose default and bounds stand here.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::cancellation::CancellationIntent;
use crate::id::OrderId;

/// How many characters a key has (`docs/contract.md` section 5.4).
pub const GUEST_KEY_LENGTH: usize = 32;
/// How many hours a key can be used where the setting `guest_key_lifetime` has its default.
pub(crate) const USUAL_GUEST_KEY_HOURS: i64 = 24;
/// The fewest hours that the setting `guest_key_lifetime` accepts.
pub(crate) const FEWEST_GUEST_KEY_HOURS: i64 = 1;
/// The most hours that the setting `guest_key_lifetime` accepts: a year.
pub(crate) const MOST_GUEST_KEY_HOURS: i64 = 24 * 365;

/// A key as the database keeps it: only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestKey {
    /// The order that the key is for.
    pub order: OrderId,
    /// SHA-256 of the key.
    pub hash: Vec<u8>,
    /// The part of the order that the key cancels, and why.
    pub intent: CancellationIntent,
    /// When the guest asked for the key.
    pub created_at: DateTime<Utc>,
    /// The time from which the key is refused.
    pub expires_at: DateTime<Utc>,
    /// When the key was used; none while the key can be used.
    pub used_at: Option<DateTime<Utc>>,
}

/// What a change does to the confirmation key of its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GuestKeyChange {
    /// A new key takes the place of any earlier one.
    Replace(Box<GuestKey>),
    /// The key was used.
    Use,
}

/// A new key in clear, on its way to the guest's mail.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmationKey {
    /// The key: [`GUEST_KEY_LENGTH`] characters.
    pub text: String,
    /// The SHA-256 hash of the key, which the database keeps.
    pub hash: Vec<u8>,
}

/// Why a key is refused. Guests see one answer for all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GuestKeyRefusal {
    /// The order has no key, or another one.
    #[error("wrong key")]
    Wrong,
    /// The key is too old.
    #[error("expired key")]
    Expired,
    /// The key was used before.
    #[error("used key")]
    Used,
}

impl GuestKey {
    /// A key for `order` that lives for `lifetime`.
    #[must_use]
    pub fn new(
        order: OrderId,
        hash: Vec<u8>,
        intent: CancellationIntent,
        lifetime: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let expires_at = now
            .checked_add_signed(lifetime)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self {
            order,
            hash,
            intent,
            created_at: now,
            expires_at,
            used_at: None,
        }
    }

    /// Whether the key may be used; `matches` is the constant-time comparison of the hashes.
    pub fn check(&self, matches: bool, now: DateTime<Utc>) -> Result<(), GuestKeyRefusal> {
        if !matches {
            Err(GuestKeyRefusal::Wrong)
        } else if self.used_at.is_some() {
            Err(GuestKeyRefusal::Used)
        } else if now >= self.expires_at {
            Err(GuestKeyRefusal::Expired)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for ConfirmationKey {
    /// Writes the confirmation key without its text.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ConfirmationKey").finish_non_exhaustive()
    }
}
