//! Everything that needs a person, and why.

use chrono::TimeDelta;
use countermand_domain::{ConfigScope, Shop};
use countermand_persistence::{Lateness, ListedObligation, NEEDS_ATTENTION, PENDING, WantedObligations};

use super::owed::{FindObligations, OwedPage, json};
use super::upstream_change::ChangedUpstream;
use super::{ChannelMatter, ChannelProblem, ObligationKind, PaymentMatter, PaymentProblem};
use crate::App;
use crate::error::AppError;
use crate::payments::UNDER_WAY;
use crate::refund_word::is_by_hand;
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// How long a payment provider may work on a void or a refund before staff is told: longer than most banks take.
const PATIENCE: TimeDelta = TimeDelta::days(3);

/// Why an obligation needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttentionReason {
    /// A refund must be paid out by hand.
    RefundByHand,
    /// An authorization must be released by hand.
    VoidByHand,
    /// The payment provider did not pay money back, or a refund of others failed there.
    RefundFailed,
    /// The payment provider did not release an authorization.
    VoidFailed,
    /// The payment provider has not paid money back for a while; the program goes on.
    RefundDelayed,
    /// The payment provider has not released an authorization for a while; the program goes on.
    VoidDelayed,
    /// A mail could not be sent, or another job has failed.
    JobFailed,
    /// A request for a cancellation was not decided by its deadline.
    RequestOverdue,
    /// The order was changed or canceled here, and shipped in the shop that it came from.
    ShippedUpstream,
    /// The order was changed here, and canceled in the shop that it came from.
    CanceledUpstream,
    /// The order was changed or canceled here, and paid in the shop that it came from.
    PaidUpstream,
    /// The order was changed or canceled here, and refunded in the shop that it came from.
    RefundedUpstream,
    /// A sales channel refused to cancel an order.
    ChannelRefused,
    /// An order was shipped before its sales channel could cancel it.
    ChannelTooLate,
    /// It is not known whether a sales channel cancels an order.
    ChannelUncertain,
    /// A cancellation waits to be sent to a sales channel, or to be decided there, for too long.
    ChannelUndecided,
    /// A buyer asked at a sales channel to cancel an order.
    ChannelRequest,
    /// A sales channel canceled an order that is shipped or in fulfilment here.
    ChannelCanceledAfterShipment,
    /// An order of a sales channel cannot be read.
    ChannelOrderUnreadable,
    /// A sales channel refuses the credentials.
    ChannelAccess,
    /// Money of a payment went back at the provider by another way.
    PaymentRefundedOutside,
    /// Money was captured at the provider after the order was canceled.
    PaymentCaptured,
    /// The buyer disputes a payment at the bank.
    PaymentDisputed,
    /// The payment is in another currency than the order.
    PaymentInOtherCurrency,
    /// A payment provider refuses the key to an account.
    PaymentAccountRefused,
}

impl App {
    /// Obligations of every kind that wait for a person, and voids and refunds that payment providers have not carried
    /// out for a while, oldest first.
    pub async fn needs_attention(
        &self,
        viewer: &Viewer,
        find: FindObligations,
    ) -> Result<OwedPage, AppError> {
        let staff = viewer.staff(StaffOperation::NeedsAttention)?;
        let by_staff = ObligationKind::ALL.iter().filter(|kind| kind.is_met_by_staff());
        let waiting = by_staff.map(|kind| WantedObligations::all(kind.code(), PENDING));
        let given_up = ObligationKind::ALL
            .iter()
            .map(|kind| WantedObligations::all(kind.code(), NEEDS_ATTENTION));
        let late = self.late(&viewer.shop);
        let late = [ObligationKind::Void, ObligationKind::Refund].map(|kind| WantedObligations {
            late: Some(late),
            ..WantedObligations::all(kind.code(), PENDING)
        });
        let wanted: Vec<_> = given_up.chain(waiting).chain(late).collect();
        self.listed(viewer, staff, &wanted, &find).await
    }

    /// When staff is told of a void or a refund that a payment provider has not carried out, although the program goes
    /// on with it.
    fn late(&self, shop: &Shop) -> Lateness<'static> {
        let after = shop
            .settings_at(ConfigScope::Default)
            .payment_attention_after
            .value;
        Lateness {
            accepted: UNDER_WAY,
            since: (!after.is_zero()).then(|| self.now() - after),
            accepted_since: self.now() - PATIENCE,
        }
    }
}

/// Why a person is needed. A void or a refund `was_sent` where a payment provider has heard of it.
pub(super) fn reasons(
    kind: ObligationKind,
    row: &ListedObligation,
    was_sent: bool,
) -> Result<Vec<AttentionReason>, String> {
    let payload = &row.payload;
    let is_by_hand = is_by_hand(&row.last_error, was_sent);
    let is_tried = row.state == PENDING;
    Ok(match kind {
        ObligationKind::Refund if is_tried => vec![AttentionReason::RefundDelayed],
        ObligationKind::Void if is_tried => vec![AttentionReason::VoidDelayed],
        ObligationKind::Refund if is_by_hand => vec![AttentionReason::RefundByHand],
        ObligationKind::Refund => vec![AttentionReason::RefundFailed],
        ObligationKind::Void if is_by_hand => vec![AttentionReason::VoidByHand],
        ObligationKind::Void => vec![AttentionReason::VoidFailed],
        ObligationKind::Mail
        | ObligationKind::PasswordReset
        | ObligationKind::RuledRequest
        | ObligationKind::PaymentCheck
        | ObligationKind::ChannelCanceled
        | ObligationKind::WebhookDelivery
        | ObligationKind::EventPublication => {
            vec![AttentionReason::JobFailed]
        }
        ObligationKind::RequestDeadline => vec![AttentionReason::RequestOverdue],
        ObligationKind::ChannelProblem => {
            let owed: ChannelProblem = json(payload)?;
            vec![match owed.matter {
                ChannelMatter::Refused => AttentionReason::ChannelRefused,
                ChannelMatter::TooLate => AttentionReason::ChannelTooLate,
                ChannelMatter::Uncertain => AttentionReason::ChannelUncertain,
                ChannelMatter::Undecided => AttentionReason::ChannelUndecided,
                ChannelMatter::Request => AttentionReason::ChannelRequest,
                ChannelMatter::ShippedHere => AttentionReason::ChannelCanceledAfterShipment,
                ChannelMatter::Unreadable => AttentionReason::ChannelOrderUnreadable,
                ChannelMatter::Access => AttentionReason::ChannelAccess,
            }]
        }
        ObligationKind::PaymentProblem => {
            let owed: PaymentProblem = json(payload)?;
            vec![match owed.matter {
                PaymentMatter::RefundedOutside if owed.has_failed => AttentionReason::RefundFailed,
                PaymentMatter::RefundedOutside => AttentionReason::PaymentRefundedOutside,
                PaymentMatter::CapturedAfterCancellation => AttentionReason::PaymentCaptured,
                PaymentMatter::Disputed => AttentionReason::PaymentDisputed,
                PaymentMatter::OtherCurrency => AttentionReason::PaymentInOtherCurrency,
                PaymentMatter::AccountRefused => AttentionReason::PaymentAccountRefused,
            }]
        }
        ObligationKind::UpstreamChange => {
            let changed: ChangedUpstream = json(payload)?;
            let happened = [
                (changed.shipped > 0, AttentionReason::ShippedUpstream),
                (changed.canceled > 0, AttentionReason::CanceledUpstream),
                (changed.paid > 0, AttentionReason::PaidUpstream),
                (changed.refunded > 0, AttentionReason::RefundedUpstream),
            ];
            happened.into_iter().filter(|it| it.0).map(|it| it.1).collect()
        }
    })
}
