//! The eight states of an order's machine (`docs/contract.md` section 6.1).

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use crate::money::{Money, Quantity};

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

    /// The state after a document. It follows from what is left to do, then from what is left to pay back.
    #[must_use]
    pub fn after_document(left: &Remaining) -> Self {
        if left.has_work() {
            Self::Processing
        } else {
            Self::without_work(left)
        }
    }

    /// The state of an order on which no work is left: closed once all of its money was paid back.
    #[must_use]
    pub fn without_work(left: &Remaining) -> Self {
        if left.is_paid_back() {
            Self::Closed
        } else {
            Self::Complete
        }
    }

    /// The state after a part of an order in this state was canceled: the same one while work is left.
    #[must_use]
    pub fn after_part(self, left: &Remaining) -> Self {
        if left.has_work() {
            self
        } else {
            Self::after_document(left)
        }
    }

    /// The state after all that was left was canceled (`docs/contract.md` section 6.2): closed where all of it was
    /// paid, canceled where some of it was never invoiced or nothing was ever paid.
    #[must_use]
    pub fn after_cancellation(cancels_units: bool, was_paid: bool) -> Self {
        if was_paid && !cancels_units {
            Self::Closed
        } else {
            Self::Canceled
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

/// What is left to do for an order, and what is left to pay or to pay back. The state of the order follows from this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remaining {
    /// Units that can be invoiced.
    pub to_invoice: Quantity,
    /// Units that can be shipped.
    pub to_ship: Quantity,
    /// Units that are invoiced and not refunded.
    pub to_refund: Quantity,
    /// Units that are refunded.
    pub refunded: Quantity,
    /// Invoiced money that the buyer has not paid.
    pub unpaid: Money,
    /// Paid money that was not paid back: for items, for the shipping, without an invoice, or a fee that staff kept.
    pub refundable: Money,
    /// Gift cards, store credit and points that invoices used up and no credit memo gave back.
    pub credits: Money,
    /// Money and credits that credit memos gave back.
    pub given_back: Money,
    /// The price of the items, the shipping and the other charges that are invoiced and not refunded.
    pub worth: Money,
}

impl Remaining {
    /// Whether the shop has something left to do.
    #[must_use]
    pub fn has_work(&self) -> bool {
        self.to_ship.is_positive() || self.to_invoice.is_positive()
    }

    /// Whether no credit memo can give anything back any more, after at least one gave something back.
    ///
    /// Money decides first: the shipping, money without an invoice and a fee that staff kept can be credited later.
    /// Without money, units that are worth no money can go back, and units that are worth money cannot.
    #[must_use]
    pub fn is_paid_back(&self) -> bool {
        let gave_back = self.refunded.is_positive() || self.given_back.is_positive();
        let owes = self.refundable.is_positive() || self.credits.is_positive() || self.unpaid.is_positive();
        let units_can_go_back = self.to_refund.is_positive() && !self.worth.is_positive();
        gave_back && !owes && !units_can_go_back
    }
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
