//! Compares a payment with the books before a void or a refund of it is sent.

use countermand_domain::{Money, ReversalCall, ReversalOperation};

use super::reported::later;
use super::reversal_case::{PaymentCheck, ReversalCase, paid_back_already};
use crate::App;
use crate::error::AppError;
use crate::ports::{ProviderError, ProviderPayment};

/// How often the provider and the books are read until a refund counts as one of others: another worker may have moved
/// money between the two.
const LOOKS: usize = 2;

impl App {
    /// Compares the payment with the books: as it is read at the provider, or by what the provider told where it cannot
    /// be read. The inner error says that it was not read.
    pub(super) async fn check_before(
        &self,
        case: &ReversalCase,
        call: ReversalCall,
    ) -> Result<Result<PaymentCheck, ProviderError>, AppError> {
        if call.operation.is_refund() && !case.amount().is_positive() {
            let currency = case.amount().currency();
            let why = format!("the refund is less than the smallest amount in {currency}");
            return Ok(Ok(PaymentCheck::Differs(why)));
        }
        if !case.provider.capabilities().reads_payments {
            return self.check_told(case, call).await.map(Ok);
        }
        let mut look = 1;
        loop {
            let read = match case.provider.payment(&case.payment).await {
                Ok(read) => read,
                Err(problem) => return Ok(Err(problem)),
            };
            let Some(payment) = read else {
                let why = format!("the payment provider knows no payment {}", case.payment);
                return Ok(Ok(PaymentCheck::Differs(why)));
            };
            let check = case.compare(call, &payment).map_err(later)?;
            let is_refund = matches!(check, PaymentCheck::Fits) && call.operation.is_refund();
            let of_others = if is_refund && payment.refunded.is_positive() {
                self.refunded_by_others(case, &payment).await?
            } else {
                None
            };
            match of_others {
                None => return Ok(Ok(check)),
                Some(amount) if look == LOOKS => return Ok(Ok(paid_back_already(amount, &payment))),
                Some(_) => look += 1,
            }
        }
    }

    /// What went back of `payment` and is in no refund of the books that has moved, or may have; none where nothing did.
    async fn refunded_by_others(
        &self,
        case: &ReversalCase,
        payment: &ProviderPayment,
    ) -> Result<Option<Money>, AppError> {
        let books = self.check_case(&case.account, case.id, &case.payment).await?;
        let Some(books) = books else {
            return Ok(None);
        };
        let outside = payment.refunded.checked_sub(books.known_refunds()?);
        let outside = outside.map_err(later)?;
        Ok(outside.is_positive().then_some(outside))
    }

    /// Compares what the provider told of a payment that cannot be read with the books, before a request is sent.
    async fn check_told(&self, case: &ReversalCase, call: ReversalCall) -> Result<PaymentCheck, AppError> {
        if let Some(why) = case.why_not_refunded(call) {
            return Ok(PaymentCheck::Differs(why));
        }
        let books = self.check_case(&case.account, case.id, &case.payment).await?;
        let Some(books) = books else {
            return Ok(PaymentCheck::Fits);
        };
        let told = self.known_payment(&books, case.provider.as_ref()).await?;
        let Some(told) = told else {
            return Ok(PaymentCheck::Fits);
        };
        if told.captured.currency() != case.amount().currency() {
            let currency = told.captured.currency();
            let why = format!("the payment is in {currency} at the payment provider, and not in the books");
            return Ok(PaymentCheck::Differs(why));
        }
        let outside = told.refunded.checked_sub(books.known_refunds()?).map_err(later)?;
        if outside.is_positive() {
            return Ok(paid_back_already(outside, &told));
        }
        let follows_void = call.operation.is_refund() && case.reversal.owed == ReversalOperation::Void;
        if follows_void && told.captured.is_positive() && told.captured != case.amount() {
            let (there, kept) = (told.captured, case.amount());
            let why = format!("the payment is {there} at the payment provider, and {kept} in the books");
            return Ok(PaymentCheck::Differs(why));
        }
        Ok(PaymentCheck::Fits)
    }
}
