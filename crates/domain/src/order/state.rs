//! The eight states of an order's machine (contract section 6.1).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Where an order stands. Matches over it have no `_` arm: a new state does not compile until decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Placed, nothing paid.
    New,
    /// Waiting for an online payment.
    PendingPayment,
    /// Being worked on.
    Processing,
    /// The payment is under review.
    PaymentReview,
    /// On hold.
    Holded,
    /// Invoiced and shipped.
    Complete,
    /// Refunded.
    Closed,
    /// Canceled.
    Canceled,
}

impl OrderState {
    /// All of them, in the order of an order's life.
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::PendingPayment,
        Self::Processing,
        Self::PaymentReview,
        Self::Holded,
        Self::Complete,
        Self::Closed,
        Self::Canceled,
    ];

    /// The contract's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::PendingPayment => "pending_payment",
            Self::Processing => "processing",
            Self::PaymentReview => "payment_review",
            Self::Holded => "holded",
            Self::Complete => "complete",
            Self::Closed => "closed",
            Self::Canceled => "canceled",
        }
    }

    /// The status an order gets when it enters this state.
    #[must_use]
    pub fn default_status(self) -> &'static str {
        match self {
            Self::New => "pending",
            Self::PendingPayment
            | Self::Processing
            | Self::PaymentReview
            | Self::Holded
            | Self::Complete
            | Self::Closed
            | Self::Canceled => self.code(),
        }
    }

    /// Whether an order in this state may be canceled: an allow list.
    ///
    /// Adobe's code refuses four states and lets `payment_review` through without doing anything
    /// (contract section 15, points 3 and 12); here it is refused.
    #[must_use]
    pub fn is_cancelable(self) -> bool {
        match self {
            Self::New | Self::PendingPayment | Self::Processing => true,
            Self::PaymentReview | Self::Holded | Self::Complete | Self::Closed | Self::Canceled => false,
        }
    }

    /// Whether invoices, shipments and credit memos may still be made by staff.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::New | Self::PendingPayment | Self::Processing | Self::Complete => true,
            Self::PaymentReview | Self::Holded | Self::Closed | Self::Canceled => false,
        }
    }
}

/// The text is no state.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an order state")]
pub struct UnknownState(pub String);

impl FromStr for OrderState {
    type Err = UnknownState;

    fn from_str(code: &str) -> Result<Self, UnknownState> {
        Self::ALL
            .into_iter()
            .find(|state| state.code() == code)
            .ok_or_else(|| UnknownState(code.into()))
    }
}

impl fmt::Display for OrderState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}
