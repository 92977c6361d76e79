//! What others do at the provider, what becomes of a refund by itself, and the messages about all that happens.

use chrono::{DateTime, Utc};
use countermand_app::ports::ProviderMessage;
use countermand_domain::{Money, ProviderReport, ReportMatter, ReversalState};

use super::{KeptOutcome, Ledger, OutsideRefund, Profile};

impl Ledger {
    /// Takes down the body of a request: each attempt under a key must have the body of the first one.
    pub(crate) fn note_body(&mut self, key: &str, body: &str) {
        let first = self.bodies.entry(key.to_owned());
        let first = first.or_insert_with(|| body.to_owned());
        if first.as_str() != body {
            let problem = format!("the key {key} was sent with the bodies `{first}` and `{body}`");
            self.broken.push(problem);
        }
    }

    /// The shop lets the provider capture `sum` of a payment in all, unless it was released.
    pub(crate) fn capture(&mut self, reference: &str, sum: Money) {
        let payment = self.payments.get_mut(reference).filter(|it| !it.is_voided);
        if let Some(payment) = payment.filter(|it| it.captured.minor() < sum.minor()) {
            payment.captured = sum;
        }
    }

    /// The provider captures a payment that is only reserved, by others; false where it cannot.
    pub(crate) fn capture_outside(&mut self, reference: &str, now: DateTime<Utc>) -> bool {
        let Some(payment) = self.payments.get_mut(reference) else {
            return false;
        };
        if payment.is_voided || payment.captured.is_positive() || !payment.authorized.is_positive() {
            return false;
        }
        payment.captured = payment.authorized;
        let amount = payment.captured;
        let id = format!("cap-{reference}");
        self.tell(
            reference,
            ReportMatter::Capture,
            ReversalState::Succeeded,
            ("", &id),
            amount,
            now,
        );
        true
    }

    /// The buyer disputes a captured payment at the bank; false where nothing is captured, or it is disputed already.
    /// Where it `freezes`, the provider pays nothing of it back until the end of the history.
    pub(crate) fn dispute(&mut self, reference: &str, freezes: bool, now: DateTime<Utc>) -> bool {
        let payment = self.payments.get_mut(reference);
        let Some(payment) = payment.filter(|it| it.captured.is_positive() && !it.is_disputed) else {
            return false;
        };
        payment.is_disputed = true;
        payment.is_frozen = freezes;
        let amount = payment.captured;
        let id = format!("dis-{reference}");
        self.tell(
            reference,
            ReportMatter::Dispute,
            ReversalState::Succeeded,
            ("", &id),
            amount,
            now,
        );
        true
    }

    /// Others pay at most `share` percent of what is left back; false where nothing is left.
    pub(crate) fn refund_outside(&mut self, reference: &str, share: i64, now: DateTime<Utc>) -> bool {
        let minor = self.left(reference) * share / 100;
        if minor <= 0 {
            return false;
        }
        let amount = Money::new(minor, self.refunded(reference).currency());
        let id = format!("out-{reference}-{}", self.outside.len() + 1);
        self.outside.push(OutsideRefund {
            reference: id.clone(),
            payment: reference.to_owned(),
            amount,
            has_failed: false,
        });
        self.tell(
            reference,
            ReportMatter::Refund,
            ReversalState::Succeeded,
            ("", &id),
            amount,
            now,
        );
        true
    }

    /// Ends the refunds that the provider works on: each succeeds in `share` of 100 cases.
    pub(crate) fn end_pending(&mut self, share: u32, now: DateTime<Utc>) {
        for index in 0..self.reversals.len() {
            if self.reversals[index].outcome == KeptOutcome::Pending {
                let succeeds = self.dice.percent(share);
                self.reversals[index].outcome = if succeeds {
                    KeptOutcome::Moved
                } else {
                    KeptOutcome::Failed
                };
                self.tell_of(index, now);
            }
        }
    }

    /// The bank returns the newest refund that had succeeded; false where there is none.
    pub(crate) fn fail_late(&mut self, now: DateTime<Utc>) -> bool {
        let mut reversals = self.reversals.iter();
        let newest = reversals.rposition(|kept| kept.did.is_refund() && kept.outcome == KeptOutcome::Moved);
        if let Some(index) = newest {
            self.reversals[index].outcome = KeptOutcome::Failed;
            self.tell_of(index, now);
        }
        newest.is_some()
    }

    /// The bank returns the newest refund of others that it has not returned yet; false where there is none.
    pub(crate) fn fail_outside(&mut self, now: DateTime<Utc>) -> bool {
        let mut newest = self.outside.iter_mut().rev().filter(|it| !it.has_failed);
        let Some(failed) = newest.next() else {
            return false;
        };
        failed.has_failed = true;
        let failed = failed.clone();
        self.tell(
            &failed.payment,
            ReportMatter::Refund,
            ReversalState::Failed,
            ("", &failed.reference),
            failed.amount,
            now,
        );
        true
    }

    /// Tells what became of a request.
    pub(super) fn tell_of(&mut self, index: usize, now: DateTime<Utc>) {
        let kept = self.reversals[index].clone();
        let state = match kept.outcome {
            KeptOutcome::Moved => ReversalState::Succeeded,
            // Messages of the others say only that something happened.
            KeptOutcome::Pending if self.profile == Profile::Told => return,
            KeptOutcome::Pending => ReversalState::Pending,
            KeptOutcome::Failed | KeptOutcome::Refused(_) => ReversalState::Failed,
        };
        let matter = if kept.did.is_refund() {
            ReportMatter::Refund
        } else {
            ReportMatter::Release
        };
        let about = (kept.key.as_str(), kept.reference.as_str());
        self.tell(&kept.payment, matter, state, about, kept.amount, now);
    }

    fn tell(
        &mut self,
        payment: &str,
        matter: ReportMatter,
        state: ReversalState,
        (key, reference): (&str, &str),
        amount: Money,
        at: DateTime<Utc>,
    ) {
        let report = ProviderReport {
            matter,
            state,
            key: key.to_owned(),
            reference: reference.to_owned(),
            amount,
            detail: String::new(),
            at,
        };
        self.messages.push(ProviderMessage {
            id: format!("{}-{}", self.seed, self.messages.len() + 1),
            payments: vec![payment.to_owned()],
            report: (self.profile == Profile::Told).then_some(report),
        });
    }
}
