//! What a payment provider told by itself. It takes the place of a look-up, and of reading the payment, where the
//! provider can do neither.

use countermand_domain::{
    LookUp, Money, MoneyError, PaymentTransaction, ProviderReport, ProviderReports, ReportMatter,
    ReversalCall, ReversalOperation, TransactionKind,
};
use countermand_persistence::{MET, PaymentAccount};

use super::check::PaymentCheckError;
use super::check_case::CheckCase;
use crate::App;
use crate::ports::{PaymentProvider, ProviderAnswer, ProviderPayment, ProviderRefund, ReversalRequest};

impl App {
    /// What became of a request: asked at the provider, or by what it told where it has no look-up. None when nothing
    /// is found.
    pub(super) async fn ask_about(
        &self,
        account: &PaymentAccount,
        provider: &dyn PaymentProvider,
        request: &ReversalRequest,
    ) -> Result<Option<ProviderAnswer>, PaymentCheckError> {
        if provider.capabilities().look_up != LookUp::None {
            return Ok(provider.look_up(request).await?);
        }
        let database = self.database();
        let reports = database.provider_reports(&account.name, &request.payment).await?;
        let found = ProviderReports(&reports).of_request(&request.key);
        Ok(found.map(answer_of))
    }

    /// The payment as its provider knows it: read there, or by what it told where it cannot be read. None when the
    /// provider does not know it.
    pub(super) async fn known_payment(
        &self,
        case: &CheckCase,
        provider: &dyn PaymentProvider,
    ) -> Result<Option<ProviderPayment>, PaymentCheckError> {
        if provider.capabilities().reads_payments {
            return Ok(provider.payment(&case.payment).await?);
        }
        let database = self.database();
        let reports = database
            .provider_reports(&case.account.name, &case.payment)
            .await?;
        let outside = self.booked_outside_there(case).await?;
        case.told_payment(ProviderReports(&reports), outside).map(Some)
    }

    /// The refunds of others that the books have already, in the currency of the payment.
    async fn booked_outside_there(&self, case: &CheckCase) -> Result<Money, PaymentCheckError> {
        if !case.is_charged() {
            let outside = case.captures().map(|it| it.outside);
            return Money::sum(case.order.currency(), outside).map_err(later);
        }
        let currency = case.currency();
        let told = self.problems_of(case).await?;
        let booked = told.iter().filter_map(|it| it.refund.as_ref());
        let booked = Money::sum(currency, booked.map(|it| it.at_provider(currency))).map_err(later)?;
        // What failed since is owed in their place.
        let instead = case.reversals.iter();
        let instead = instead.filter(|it| it.failed_of_others().is_some());
        let instead = Money::sum(currency, instead.map(|it| case.amount_there(it))).map_err(later)?;
        booked.checked_sub(instead).map_err(later)
    }

    /// The refunds of the payment, newest first: as its provider lists them, or by what it told where the payment cannot be
    /// read. None where the provider does not list them.
    pub(super) async fn listed_refunds(
        &self,
        case: &CheckCase,
        provider: &dyn PaymentProvider,
    ) -> Result<Option<Vec<ProviderRefund>>, PaymentCheckError> {
        if provider.capabilities().reads_payments {
            return Ok(provider.refunds(&case.payment).await?);
        }
        let database = self.database();
        let reports = database
            .provider_reports(&case.account.name, &case.payment)
            .await?;
        let refunds = ProviderReports(&reports).refunds();
        Ok(Some(refunds.into_iter().map(listed).collect()))
    }
}

impl CheckCase {
    /// The payment by what the provider told of it. What it did not tell is as in the books, which have the refunds of
    /// others over `booked_outside`.
    fn told_payment(
        &self,
        reports: ProviderReports<'_>,
        booked_outside: Money,
    ) -> Result<ProviderPayment, PaymentCheckError> {
        let currency = self.currency();
        let zero = Money::zero(currency);
        let authorized = self
            .transactions()
            .filter(|it| it.kind == TransactionKind::Authorization);
        let mut payment = ProviderPayment {
            authorized: Money::sum(currency, authorized.map(PaymentTransaction::at_provider))
                .map_err(later)?,
            captured: zero,
            capturable: None,
            refunded: zero,
            is_refundable: true,
            is_voided: false,
            is_disputed: reports.is_disputed(),
        };
        if let Some(other) = reports.other_currency(currency) {
            payment.captured = Money::zero(other);
            return Ok(payment);
        }
        let of_others = reports.sum(ReportMatter::Refund, zero, |report| {
            self.call_of(&report.key, &report.reference).is_none()
        });
        let of_others = of_others.map_err(later)?;
        let in_the_books = self.settled_by_hand().map_err(later)?;
        let in_the_books = in_the_books.checked_add(booked_outside).map_err(later)?;
        let outside = of_others.checked_sub(in_the_books).map_err(later)?;
        // Less than the books say, where a refund of others failed that they have.
        let refunded = self.known_refunds()?.checked_add(outside);
        payment.refunded = refunded.map_err(later)?;
        let captured = reports
            .sum(ReportMatter::Capture, zero, |_| true)
            .map_err(later)?;
        payment.captured = if captured.is_positive() {
            // Captured money that one call paid back is not there any more, although the books know of a release only.
            let in_one_call = reports.sum(ReportMatter::Refund, zero, |report| {
                let call = self.call_of(&report.key, &report.reference);
                call.is_some_and(|call| call.operation == ReversalOperation::Either)
            });
            let left = captured.checked_sub(in_one_call.map_err(later)?);
            left.map_err(later)?.or_zero()
        } else {
            self.captured().map_err(later)?
        };
        Ok(payment)
    }

    /// The call of the program that was sent with this `key`, or has this id of the provider; none for what others did.
    pub(super) fn call_of(&self, key: &str, reference: &str) -> Option<ReversalCall> {
        let mut calls = self.reversals.iter().flat_map(|known| {
            let entries = known.own_entries();
            entries.map(move |entry| (known.reversal.key(entry.call), entry))
        });
        let found = calls.find(|(own, entry)| own == key || entry.reference.as_deref() == Some(reference));
        found.map(|(_, entry)| entry.call)
    }

    /// The refunds that staff settled by hand, in the currency of the payment: staff may have made them at the provider.
    pub(super) fn settled_by_hand(&self) -> Result<Money, MoneyError> {
        let by_hand = self.reversals.iter().filter(|known| {
            known.reversal.owed == ReversalOperation::Refund
                && known.row.state == MET
                && !known.was_booked_here()
        });
        Money::sum(self.currency(), by_hand.map(|known| self.amount_there(known)))
    }
}

fn listed(report: &ProviderReport) -> ProviderRefund {
    ProviderRefund {
        reference: report.reference.clone(),
        key: report.key.clone(),
        amount: report.amount,
        state: report.state,
        detail: report.detail.clone(),
    }
}

fn answer_of(report: &ProviderReport) -> ProviderAnswer {
    ProviderAnswer::Accepted {
        state: report.state,
        reference: Some(report.reference.clone()),
        detail: report.detail.clone(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands the error over")]
pub(super) fn later(problem: MoneyError) -> PaymentCheckError {
    PaymentCheckError::Later(problem.to_string())
}
