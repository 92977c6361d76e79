//! What staff may do about an obligation: the rules are those of the mutations.

use countermand_domain::{Reversal, ReversalOperation};
use countermand_persistence::ListedObligation;

use super::ObligationKind;
use super::abandon_obligation::{abandonable, withholds_refund};
use super::owed::ReversalStep;
use super::settle_obligation::{check_not_ended, check_settled_by_hand, is_about_account};
use crate::payments::{check_money, is_with_provider};
use crate::rights::StaffOperation;
use crate::viewer::Viewer;

/// What staff may do about an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttentionAction {
    /// Let the payment provider try again.
    Retry,
    /// Run the job again.
    RetryJob,
    /// Say that a person has met it.
    Settle,
    /// Say that nothing will meet it.
    Abandon,
    /// Approve or decline the request for a cancellation.
    DecideRequest,
    /// Resume the account at the payment provider.
    ResumeAccount,
}

/// What `viewer` may do about the obligation in `row`, which went through `steps` at a payment provider.
pub(super) fn actions(
    viewer: &Viewer,
    row: &ListedObligation,
    steps: &[ReversalStep],
) -> Vec<AttentionAction> {
    let kind = ObligationKind::from_code(&row.kind);
    let is_open = check_not_ended(row).is_ok();
    let is_job = kind.is_none_or(ObligationKind::is_job);
    let is_settled = check_settled_by_hand(row).is_ok();
    let reversal = Reversal {
        obligation: row.id.clone(),
        owed: ReversalOperation::Refund,
        entries: steps.iter().map(|step| step.entry.clone()).collect(),
    };
    let is_free = !is_with_provider(row, &reversal);
    // Only what is about a sales channel or about an account is settled without an order.
    let has_place =
        row.order.is_some() || is_about_account(row) || kind == Some(ObligationKind::ChannelProblem);
    let is_request = kind == Some(ObligationKind::RequestDeadline);
    let is_whole_shop = |operation| {
        let staff = viewer.staff(operation);
        staff.is_ok_and(|staff| staff.store.is_none())
    };
    let may = |operation| viewer.staff(operation).is_ok();
    let abandons = may(StaffOperation::AbandonObligation)
        && (may(StaffOperation::AbandonRefund) || !withholds_refund(row, reversal.entries.iter()));
    let accepted = [
        (
            AttentionAction::Retry,
            is_settled && check_money(row).is_ok() && may(StaffOperation::RetryObligation),
        ),
        (
            AttentionAction::RetryJob,
            is_open && is_job && may(StaffOperation::RetryJob),
        ),
        (
            AttentionAction::Settle,
            is_settled && is_free && has_place && may(StaffOperation::SettleObligation),
        ),
        (
            AttentionAction::Abandon,
            abandonable(row).is_ok() && is_free && abandons,
        ),
        (
            AttentionAction::DecideRequest,
            is_open && is_request && may(StaffOperation::ApproveCancellationRequest),
        ),
        (
            AttentionAction::ResumeAccount,
            is_open && is_about_account(row) && is_whole_shop(StaffOperation::ChangePaymentProvider),
        ),
    ];
    let accepted = accepted.into_iter().filter(|(_, is_accepted)| *is_accepted);
    accepted.map(|(action, _)| action).collect()
}
