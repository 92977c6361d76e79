//! What a payment provider told of a payment in its own messages, where the payment itself cannot be read.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use crate::money::{Currency, Money, MoneyError};
use crate::payment::reversal::ReversalState;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ReportMatter {
    /// Reserved money was released, or was not.
    Release,
    /// Captured money was paid back, or was not.
    Refund,
    /// Reserved money was captured, or was not.
    Capture,
    /// The buyer disputes the payment at the bank.
    Dispute,
}

/// One thing that a provider told of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderReport {
    /// What it is about.
    pub matter: ReportMatter,
    /// How it ended: `Succeeded`, or `Failed` when no money moved, or when it moved and came back.
    pub state: ReversalState,
    /// The text that was sent along with the request: the key of a request of the program. Others may send any text.
    pub key: String,
    /// The provider's id of the release, the refund, the capture or the dispute.
    pub reference: String,
    /// The amount, in the currency of the payment.
    pub amount: Money,
    /// The provider's words; empty where there are none.
    pub detail: String,
    /// When the message arrived.
    pub at: DateTime<Utc>,
}

/// The reports of one payment.
#[derive(Debug, Clone, Copy)]
pub struct ProviderReports<'a>(pub &'a [ProviderReport]);

impl ReportMatter {
    /// The code in rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

impl ProviderReport {
    fn is_reversal(&self) -> bool {
        matches!(self.matter, ReportMatter::Release | ReportMatter::Refund)
    }
}

impl<'a> ProviderReports<'a> {
    /// What became of the request with `key`; none when nothing was told of it.
    ///
    /// Messages come in any order, and an old one may come again. A failure is never followed by a success of the same
    /// request, so a failure counts however early it came.
    #[must_use]
    pub fn of_request(self, key: &str) -> Option<&'a ProviderReport> {
        let reversals = self.0.iter().filter(|report| report.is_reversal());
        let with_key = reversals.clone().filter(|report| report.key == key);
        // A late failure may come without the key, and has the same reference.
        let references: Vec<&str> = with_key.map(|report| report.reference.as_str()).collect();
        let of_request = reversals.filter(|report| references.contains(&report.reference.as_str()));
        let of_request: Vec<&'a ProviderReport> = of_request.collect();
        let failure = of_request
            .iter()
            .find(|report| report.state == ReversalState::Failed);
        failure.or(of_request.first()).copied()
    }

    /// The amount of everything of this `matter` that succeeded and did not fail later, of the reports that `counts`.
    ///
    /// # Errors
    /// When the reports are in different currencies.
    pub fn sum(
        self,
        matter: ReportMatter,
        zero: Money,
        counts: impl Fn(&ProviderReport) -> bool,
    ) -> Result<Money, MoneyError> {
        let mut seen: Vec<&str> = Vec::new();
        let mut sum = zero;
        for report in self.0 {
            let is_new = report.matter == matter && !seen.contains(&report.reference.as_str());
            if !is_new || report.state != ReversalState::Succeeded || !counts(report) {
                continue;
            }
            seen.push(&report.reference);
            if !self.has_failed(report) {
                sum = sum.checked_add(report.amount)?;
            }
        }
        Ok(sum)
    }

    /// The refunds, newest first: each by the report of its failure where there is one, and by its first report otherwise.
    #[must_use]
    pub fn refunds(self) -> Vec<&'a ProviderReport> {
        let mut refunds: Vec<&'a ProviderReport> = Vec::new();
        for report in self.0.iter().filter(|it| it.matter == ReportMatter::Refund) {
            match refunds.iter_mut().find(|it| it.reference == report.reference) {
                Some(known) if report.state == ReversalState::Failed => *known = report,
                Some(_) => {}
                None => refunds.push(report),
            }
        }
        refunds.reverse();
        refunds
    }

    /// The currency of money that moved in another currency than `currency`; none when all of it is in `currency`.
    #[must_use]
    pub fn other_currency(self, currency: Currency) -> Option<Currency> {
        let moved = self.0.iter().filter(|it| it.matter != ReportMatter::Dispute);
        let mut currencies = moved.map(|report| report.amount.currency());
        currencies.find(|found| *found != currency)
    }

    /// Whether the buyer disputes the payment.
    #[must_use]
    pub fn is_disputed(self) -> bool {
        let mut reports = self.0.iter();
        reports.any(|report| report.matter == ReportMatter::Dispute)
    }

    fn has_failed(self, report: &ProviderReport) -> bool {
        let mut others = self.0.iter();
        others.any(|other| {
            other.matter == report.matter
                && other.reference == report.reference
                && other.state == ReversalState::Failed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64) -> Money {
        Money::new(minor, "EUR".parse().expect("a currency"))
    }

    fn refund(key: &str, reference: &str, state: ReversalState) -> ProviderReport {
        ProviderReport {
            matter: ReportMatter::Refund,
            state,
            key: key.to_owned(),
            reference: reference.to_owned(),
            amount: money(500),
            detail: String::new(),
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_failure_counts_whether_it_comes_before_or_after_the_success() {
        let succeeded = refund("ours", "psp-1", ReversalState::Succeeded);
        let failed = refund("", "psp-1", ReversalState::Failed);
        let only = [succeeded.clone()];
        let state = |reports: &[ProviderReport]| {
            let found = ProviderReports(reports).of_request("ours");
            found.map(|report| report.state)
        };
        assert_eq!(state(&only), Some(ReversalState::Succeeded));
        assert_eq!(
            state(&[succeeded.clone(), failed.clone()]),
            Some(ReversalState::Failed)
        );
        assert_eq!(state(&[failed, succeeded]), Some(ReversalState::Failed));
        assert_eq!(ProviderReports(&only).of_request("another"), None);
    }

    #[test]
    fn what_was_told_twice_counts_once_and_what_failed_does_not_count() {
        let reports = [
            refund("a", "psp-1", ReversalState::Succeeded),
            refund("a", "psp-1", ReversalState::Succeeded),
            refund("b", "psp-2", ReversalState::Succeeded),
            refund("b", "psp-2", ReversalState::Failed),
            refund("ours", "psp-3", ReversalState::Succeeded),
        ];
        let sum = ProviderReports(&reports).sum(ReportMatter::Refund, money(0), |it| it.key != "ours");
        assert_eq!(sum, Ok(money(500)));
        let captured = ProviderReports(&reports).sum(ReportMatter::Capture, money(0), |_| true);
        assert_eq!(captured, Ok(money(0)));
    }

    #[test]
    fn each_refund_is_listed_once_by_its_failure_where_there_is_one() {
        use ReversalState::{Failed, Succeeded};
        let mut release = refund("ours", "psp-0", Succeeded);
        release.matter = ReportMatter::Release;
        let reports = [
            release,
            refund("", "psp-1", Succeeded),
            refund("", "psp-2", Failed),
            refund("", "psp-1", Failed),
            refund("", "psp-2", Succeeded),
            refund("ours", "psp-3", Succeeded),
        ];
        let listed: Vec<_> = ProviderReports(&reports)
            .refunds()
            .into_iter()
            .map(|it| (it.reference.as_str(), it.state))
            .collect();
        assert_eq!(
            listed,
            [("psp-3", Succeeded), ("psp-2", Failed), ("psp-1", Failed)]
        );
    }

    #[test]
    fn amounts_of_another_currency_are_not_added() {
        let mut other = refund("a", "psp-1", ReversalState::Succeeded);
        other.amount = Money::new(500, "USD".parse().expect("a currency"));
        let sum = ProviderReports(&[other]).sum(ReportMatter::Refund, money(0), |_| true);
        assert!(sum.is_err(), "{sum:?}");
    }

    #[test]
    fn the_currency_of_a_dispute_does_not_count() {
        let mut other = refund("a", "psp-1", ReversalState::Succeeded);
        other.amount = Money::new(500, "USD".parse().expect("a currency"));
        let euro = money(0).currency();
        let found = ProviderReports(std::slice::from_ref(&other)).other_currency(euro);
        assert_eq!(found, Some(other.amount.currency()));
        other.matter = ReportMatter::Dispute;
        let reports = [other];
        assert_eq!(ProviderReports(&reports).other_currency(euro), None);
        assert!(ProviderReports(&reports).is_disputed());
    }
}
