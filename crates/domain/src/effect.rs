//! The effects that a change owes outside the order's own rows: money that must move, mails that must be sent.

use crate::cancellation::ConfirmationKey;
use crate::money::Money;

/// An effect of a change outside the order. It is stored with the change and met later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// An authorization is given up, because the money will never be captured.
    Void {
        /// Index of the authorization in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much of the authorization is given up.
        amount: Money,
    },
    /// Captured money is paid back.
    Refund {
        /// Index of the capture in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
        /// How much of the capture is paid back.
        amount: Money,
    },
    /// A mail is sent. Its text is made from the event of the change.
    Notify(Notice),
}

/// The mails that a change of an order causes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The buyer is told that the order was canceled.
    OrderCanceled,
    /// The shop itself is told that an order was canceled; the use case drops this mail where the shop has no address.
    MerchantNotice,
    /// The buyer is told that the cancellation was asked for and is not decided yet.
    CancellationRequested,
    /// The shop itself is told that a cancellation was asked for; dropped where the shop has no address.
    MerchantRequestNotice,
    /// The shop itself is told that the deadline of a request is over and that staff must decide; dropped where the
    /// shop has no address.
    MerchantRequestOverdue,
    /// The buyer is told that the request was declined, and why.
    RequestDeclined,
    /// The buyer is told that the request was taken back.
    RequestWithdrawn,
    /// The buyer is told that the request came too late, and that the items can be sent back.
    RequestTooLate,
    /// The buyer, to whom a refund counted as paid back, is told that its money did not arrive.
    RefundFailed {
        /// Index of the capture in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
    },
    /// The shop itself is told that a void or a refund failed at its payment provider; dropped where the shop has no
    /// address.
    MerchantReversalFailed {
        /// Index of the authorization or the capture in [`Payment::transactions`](crate::Payment::transactions).
        transaction: usize,
    },
    /// The buyer is told that a subscription ends, has ended or goes on.
    SubscriptionChanged,
    /// The guest is asked to confirm a cancellation with this key.
    ConfirmCancellation(ConfirmationKey),
}
