//! The eight states of an order's machine (`docs/contract.md` section 6.1).

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

/// The state of an order. A `match` on it has no `_` arm, so a
/// new state does not compile until each `match` handles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", parse_err_ty = UnknownState, parse_err_fn = unknown_state)]
pub enum OrderState {
    /// The order is placed and not paid.
    New,
    /// The order waits for an online payment.
    PendingPayment,
    /// The shop works on the order.
    Processing,
    /// The payment is under review.
    PaymentReview,
    /// The order is on hold.
    Holded,
    /// The order is invoiced and shipped.
    Complete,
    /// The order is refunded, and nothing of it can be credited any more.
    Closed,
    /// The order is canceled.
    Canceled,
}

impl OrderState {
    /// All states, in the order of an order's life.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The contract's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
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

    /// The commands that an order in this state takes: an allow list.
    ///
    /// Adobe's code refuses to cancel in four states, and accepts a cancellation in `payment_review` without any effect
    /// (`docs/contract.md` section 15, points 3 and 12). In this program, `payment_review` allows no command but the
    /// payment of an open invoice: money that arrived is recorded, also during a hold.
    #[must_use]
    pub fn commands(self) -> &'static [Command] {
        use Command::{Cancel, Credit, Hold, Invoice, PayInvoice, Ship, Unhold, WithdrawInvoice};
        match self {
            Self::New | Self::Processing => {
                &[Cancel, Invoice, PayInvoice, WithdrawInvoice, Ship, Credit, Hold]
            }
            Self::PendingPayment => &[Cancel, Invoice, PayInvoice, WithdrawInvoice, Credit, Hold],
            Self::Holded => &[PayInvoice, Unhold],
            Self::Complete => &[PayInvoice, WithdrawInvoice, Credit],
            // Money may be left: a fee that staff kept, or money of an order that was canceled elsewhere.
            Self::Closed | Self::Canceled => &[Credit],
            Self::PaymentReview => &[PayInvoice],
        }
    }

    /// Whether an order in this state takes `command`.
    #[must_use]
    pub fn allows(self, command: Command) -> bool {
        self.commands().contains(&command)
    }

    /// Whether the order has ended in this state: no document moves it to another state.
    #[must_use]
    pub fn is_over(self) -> bool {
        match self {
            Self::Closed | Self::Canceled => true,
            Self::New
            | Self::PendingPayment
            | Self::Processing
            | Self::PaymentReview
            | Self::Holded
            | Self::Complete => false,
        }
    }

    /// Whether an order in this state is history: it can be canceled neither now nor later. In the other states, an
    /// order of which a unit is shipped is never canceled either (`CancellationRefusal::Shipped`).
    #[must_use]
    pub fn is_history(self) -> bool {
        match self {
            Self::Complete | Self::Closed | Self::Canceled => true,
            Self::New | Self::PendingPayment | Self::Processing | Self::PaymentReview | Self::Holded => false,
        }
    }
}

/// What staff or a buyer can ask of an order. A state allows some of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    /// Cancel the order, or ask for a cancellation.
    Cancel,
    /// Make an invoice.
    Invoice,
    /// Say that an open invoice is paid.
    PayInvoice,
    /// Withdraw an open invoice.
    WithdrawInvoice,
    /// Make a shipment.
    Ship,
    /// Make a credit memo.
    Credit,
    /// Put the order on hold.
    Hold,
    /// Take the order off hold.
    Unhold,
}

/// The text is not a state.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not an order state")]
pub struct UnknownState(pub String);

fn unknown_state(code: &str) -> UnknownState {
    UnknownState(code.into())
}

impl fmt::Display for OrderState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}
