//! Why an order or a job needs a person.

use async_graphql::Enum;

/// The reason why an order or a job needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "countermand_app::obligations::AttentionReason")]
pub(crate) enum AttentionReason {
    /// A refund must be paid out by hand, because no payment provider is connected, or the books have no reference of the
    /// payment there; or the keeper of a gift card or of store credit was told of it, and has not settled it.
    RefundByHand,
    /// An authorization must be released by hand, because no payment provider is connected, or the books have no
    /// reference of the payment there.
    VoidByHand,
    /// The payment provider did not pay money back, or a refund that others made there failed; `problem` says why,
    /// `retryObligation` lets it try again. Where the `kind` is `PAYMENT_PROBLEM`, staff looks at the provider, and
    /// `settleObligation` says so.
    RefundFailed,
    /// The payment provider did not release an authorization; `problem` says why, `retryObligation` lets it try again.
    VoidFailed,
    /// The payment provider has not paid money back yet: it does not take the request for as long as the setting
    /// `payment/attention_after` says, or has worked on it for three days. The program goes on by itself, and the entry
    /// goes when the money has moved.
    RefundDelayed,
    /// The payment provider has not released an authorization yet, for as long as with `REFUND_DELAYED`. The program goes
    /// on by itself, and the entry goes when the authorization is released.
    VoidDelayed,
    /// A job such as a mail has failed; `retryJob` runs it again.
    JobFailed,
    /// A request for a cancellation was not decided by its deadline: `approveCancellationRequest` or
    /// `declineCancellationRequest` decides it.
    RequestOverdue,
    /// The shop that the order came from has shipped more of it than is shipped here.
    ShippedUpstream,
    /// More units were canceled in the shop that the order came from than are canceled or refunded here.
    CanceledUpstream,
    /// More money was paid in the shop that the order came from than is known to be paid here.
    PaidUpstream,
    /// The shop that the order came from has refunded money since the order was changed here.
    RefundedUpstream,
    /// A sales channel refused to cancel an order, which stays as it was.
    ChannelRefused,
    /// An order of a sales channel was shipped before the channel could cancel it.
    ChannelTooLate,
    /// It is not known whether a sales channel cancels an order: look at the order there.
    ChannelUncertain,
    /// A cancellation waits to be sent to a sales channel, or to be decided there, for half an hour.
    ChannelUndecided,
    /// A buyer asked at a sales channel to cancel an order: `cancelChannelOrder` grants it, `declineChannelRequest`
    /// declines it, and the entry goes with the request.
    ChannelRequest,
    /// A sales channel canceled an order that is shipped or in fulfilment here, so the channel pays nothing for the goods:
    /// stop the parcel if you can.
    ChannelCanceledAfterShipment,
    /// An order of a sales channel cannot be read, so neither its changes nor what its buyer asks for are known here.
    ChannelOrderUnreadable,
    /// A sales channel refuses the credentials of the configuration, so nothing is read or sent there.
    ChannelAccess,
    /// Others paid money of a payment back at the payment provider: `problem` names the credit memo that books it, or
    /// says that it settles a refund that was owed, or that the books do not have it.
    PaymentRefundedOutside,
    /// Money was captured at the payment provider after the order was canceled, and must be paid back there.
    PaymentCaptured,
    /// The buyer disputes a payment at the bank, so no refund of it is sent.
    PaymentDisputed,
    /// The payment at the provider is in another currency than the order, so the two are not compared.
    PaymentInOtherCurrency,
    /// A payment provider refuses the key to an account, so the account is paused, and nothing is sent there:
    /// `changePaymentProvider` with a new key resumes the account, and the entry goes with it. Where staff has paused the
    /// account, too, `is_paused: false` resumes it.
    PaymentAccountRefused,
}
