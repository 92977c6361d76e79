//! Money that a payment provider captured after the order was canceled: it goes back, unless a person must decide.

use std::future::ready;

use countermand_domain::{LateCapture, Money, MoneyError, ReversalOperation, Transition};

use super::check::PaymentCheckError;
use super::check_case::CheckCase;
use super::difference::{booked, check_unchanged};
use super::reported::later;
use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::order_command::{OrderCommand, Subject};
use crate::ports::ProviderPayment;
use crate::viewer::Viewer;

impl App {
    /// Books `there` of the payment, which was captured after the cancellation, and owes its refund, in one change of
    /// the order. False where a person must decide: the order had a void of the payment, which staff ended, it keeps
    /// other money or costs less, the buyer disputes the payment, or the payment belongs to several orders.
    pub(super) async fn refund_late_capture(
        &self,
        case: &CheckCase,
        payment: &ProviderPayment,
        there: Money,
    ) -> Result<bool, PaymentCheckError> {
        let (Some(first), Some(viewer)) =
            (case.transactions().next(), Viewer::of_system(&case.shop, case.id))
        else {
            return Ok(false);
        };
        let Some(amount) = case.late_in_books(payment, there).map_err(later)? else {
            return Ok(false);
        };
        let mut reversals = case.reversals.iter();
        let had_void = reversals.any(|it| it.reversal.owed != ReversalOperation::Refund);
        let is_safe = case.order.refunds_late_capture(amount).map_err(later)?;
        if had_void || payment.is_disputed || !is_safe || self.is_shared(case).await? {
            return Ok(false);
        }
        let (reference, account) = (&case.payment, &case.account.name);
        let capture = LateCapture {
            payment: reference.clone(),
            tender: first.tender,
            amount,
            charged: case.is_charged().then_some(there),
            note: format!(
                "payment {reference} at {account}: {there} were captured after the order was canceled"
            ),
        };
        let command = OrderCommand::of_system(&viewer, "paymentProvider");
        let changed = self.change_order::<UserError, _, _, _>(&command, case.id, |subject| {
            ready(self.refunded(case, &subject, &capture, &command))
        });
        booked(changed.await)?;
        Ok(true)
    }

    /// Whether other orders that have the payment hold all of `unknown`, which the books of this order do not have:
    /// then it was not captured for this one.
    pub(super) async fn is_of_other_orders(
        &self,
        case: &CheckCase,
        unknown: Money,
    ) -> Result<bool, PaymentCheckError> {
        let (references, mut left) = (std::slice::from_ref(&case.payment), unknown.minor());
        for id in self.database().orders_of_payment(references).await? {
            let other = self.database().order(id).await?.filter(|_| id != case.id);
            let captures = other.iter().flat_map(|it| &it.order.payment.transactions);
            let captures = captures.filter(|it| it.is_capture_of(&case.payment));
            let captures = captures.filter(|it| it.provider_currency() == unknown.currency());
            left -= captures.map(|it| it.at_provider().minor()).sum::<i64>();
        }
        Ok(left <= 0)
    }

    fn refunded(
        &self,
        case: &CheckCase,
        subject: &Subject,
        capture: &LateCapture,
        command: &OrderCommand<'_>,
    ) -> Result<Transition, Failure<UserError>> {
        check_unchanged(case, subject)?;
        let change = subject
            .order
            .refund_late_capture(capture, &command.actor, self.now());
        Ok(change.map_err(|problem| AppError::Internal(problem.to_string()))?)
    }
}

impl CheckCase {
    /// What `there`, which the provider captured and the books do not have, is in the order's currency: the difference of
    /// what all captured money of the payment is and what the books have. None where the payment has no rate.
    fn late_in_books(&self, payment: &ProviderPayment, there: Money) -> Result<Option<Money>, MoneyError> {
        if !self.is_charged() {
            return Ok(Some(there));
        }
        let Some(all) = self.in_books(payment.captured) else {
            return Ok(None);
        };
        let kept = Money::sum(all.currency(), self.captures().map(|it| it.amount))?;
        let late = all.checked_sub(kept)?;
        Ok(Some(late).filter(|it| it.is_positive()))
    }
}
