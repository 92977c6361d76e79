//! The key a guest confirms with: one order, one reason, one use, a limited time.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::event::{EventKind, OrderEvent};
use crate::id::OrderId;
use crate::order::{Actor, Comment, Order};

/// How many characters a key has (contract section 5.4).
pub const GUEST_KEY_LENGTH: usize = 32;

/// A key as it is kept: only its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestKey {
    /// The order it is for.
    pub order: OrderId,
    /// SHA-256 of the key.
    pub hash: Vec<u8>,
    /// The reason as the guest sent it.
    pub reason: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// From when on it is refused.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
}

/// Why a key is refused. Guests see one answer for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GuestKeyRefusal {
    /// Nobody asked for one, or another one is the current one.
    #[error("wrong key")]
    Wrong,
    /// Too late.
    #[error("expired key")]
    Expired,
    /// Used before.
    #[error("used key")]
    Used,
}

impl GuestKey {
    /// A key for `order` that lives for `lifetime`.
    #[must_use]
    pub fn new(order: OrderId, hash: Vec<u8>, reason: &str, lifetime: TimeDelta, now: DateTime<Utc>) -> Self {
        let expires_at = now
            .checked_add_signed(lifetime)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        Self {
            order,
            hash,
            reason: reason.into(),
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

impl Order {
    /// The order with the history line of a key that is on its way (contract section 5.2).
    #[must_use]
    pub fn with_key_requested(&self, now: DateTime<Utc>) -> (Self, OrderEvent) {
        let mut order = self.clone();
        order.comments.push(Comment {
            text: "Order cancellation confirmation key was sent via email.".into(),
            status: self.status.clone(),
            visible_on_front: true,
            customer_notified: None,
            created_at: now,
        });
        order.touched(now);
        let note = "confirmation key requested".into();
        (
            order,
            OrderEvent {
                kind: EventKind::CancellationKeyRequested,
                actor: Actor::Guest,
                at: now,
                note,
            },
        )
    }
}
