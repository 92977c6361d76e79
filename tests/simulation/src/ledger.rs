//! The simulated payment provider: it moves money, keeps a ledger of its own, and fails by chance.
//!
//! It is unforgiving where real providers are: a key that it has forgotten is a new request, so a refund that is sent
//! again then is paid twice, and an answer that got lost says nothing.

mod account;
mod fault;
mod kept;
mod payment;
mod play;
mod profile;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::ports::{
    ProviderAnswer, ProviderError, ProviderMessage, ProviderPayment, ProviderRefund, ReversalRequest,
};
use countermand_domain::{LookUp, Money, ReversalOperation, ReversalRefusal};

use crate::dice::Dice;
use fault::{FAULTS, Fault};

pub(crate) use account::{FIRST_KEY, KeyUse};
use kept::OutsideRefund;
pub(crate) use kept::{KeptOutcome, KeptReversal};
use payment::Payment;
pub use profile::Profile;

/// The books of the provider.
#[derive(Debug)]
pub struct Ledger {
    seed: u64,
    profile: Profile,
    dice: Dice,
    /// Whether requests that go wrong arrive a day late.
    is_slow: bool,
    faults: u32,
    /// How often the key to the account was changed.
    changed_keys: u32,
    key_use: KeyUse,
    payments: BTreeMap<String, Payment>,
    reversals: Vec<KeptReversal>,
    /// Refunds that others made.
    outside: Vec<OutsideRefund>,
    /// The keys under which a failure is kept.
    failures: BTreeSet<String>,
    /// The first body that was sent under each key.
    bodies: BTreeMap<String, String>,
    late: Vec<(DateTime<Utc>, ReversalRequest)>,
    messages: Vec<ProviderMessage>,
    broken: Vec<String>,
}

impl Ledger {
    /// The empty books of a provider with the abilities of `profile`, which fails as `seed` decides.
    #[must_use]
    pub fn new(seed: u64, profile: Profile) -> Self {
        let mut dice = Dice::seeded(seed ^ 0x6c65_6467_6572);
        Self {
            seed,
            profile,
            is_slow: fault::is_slow(profile, &mut dice),
            dice,
            faults: FAULTS,
            changed_keys: 0,
            key_use: KeyUse::default(),
            payments: BTreeMap::new(),
            reversals: Vec::new(),
            outside: Vec::new(),
            failures: BTreeSet::new(),
            bodies: BTreeMap::new(),
            late: Vec::new(),
            messages: Vec::new(),
            broken: Vec::new(),
        }
    }

    pub(crate) fn profile(&self) -> Profile {
        self.profile
    }

    /// Ends all faults and disputes, lets what the provider works on succeed, and accepts the first key again.
    pub(crate) fn calm(&mut self) {
        self.faults = 0;
        self.changed_keys = 0;
        for payment in self.payments.values_mut() {
            payment.is_frozen = false;
        }
    }

    pub(crate) fn knows(&self, payment: &str) -> bool {
        self.payments.contains_key(payment)
    }

    /// A buyer's payment comes in.
    pub(crate) fn pay(&mut self, reference: &str, authorized: Money, captured: Money) {
        let new = Payment {
            authorized,
            captured,
            is_voided: false,
            is_disputed: false,
            is_frozen: false,
        };
        self.payments.insert(reference.to_owned(), new);
    }

    /// Sends a void or a refund, for the first time or again.
    pub(crate) fn reverse(
        &mut self,
        request: &ReversalRequest,
        now: DateTime<Utc>,
    ) -> Result<ProviderAnswer, ProviderError> {
        self.arrive(now);
        if !request.amount.is_positive() {
            self.broken
                .push(format!("the request {} moves no money", request.key));
        }
        let lost = |what: &str| Err(ProviderError::Unknown(what.to_owned()));
        match self.fault() {
            Some(Fault::Unavailable) => return Err(ProviderError::Unavailable("no connection".to_owned())),
            Some(Fault::Throttle) => {
                let until = now + TimeDelta::minutes(1);
                return Err(ProviderError::Throttled { until });
            }
            Some(Fault::LoseRequest) => return lost("the request got lost"),
            Some(Fault::ArriveLate) => {
                let at = now + self.way();
                self.late.push((at, request.clone()));
                return lost("the request is late");
            }
            Some(Fault::StoreFailureBefore) if self.find(&request.key, now).is_none() => {
                self.failures.insert(request.key.clone());
            }
            Some(Fault::StoreFailureAfter) => {
                self.carry_out(request, now);
                self.failures.insert(request.key.clone());
                return lost("the server failed");
            }
            Some(Fault::LoseAnswer) => {
                self.answer_to(request, now)?;
                return lost("the answer got lost");
            }
            Some(Fault::StoreFailureBefore) | None => {}
        }
        self.answer_to(request, now)
    }

    fn answer_to(
        &mut self,
        request: &ReversalRequest,
        now: DateTime<Utc>,
    ) -> Result<ProviderAnswer, ProviderError> {
        if self.failures.contains(&request.key) {
            return Err(ProviderError::StoredFailure("500".to_owned()));
        }
        Ok(self.carry_out(request, now))
    }

    /// Asks what became of a request.
    pub(crate) fn look_up(
        &mut self,
        request: &ReversalRequest,
        now: DateTime<Utc>,
    ) -> Result<Option<ProviderAnswer>, ProviderError> {
        self.arrive(now);
        self.fail_to_read()?;
        if self.profile.capabilities().look_up == LookUp::None {
            self.broken
                .push("a provider without a look-up was asked".to_owned());
        }
        let is_asked_about = |kept: &&KeptReversal| {
            kept.key == request.key || Some(&kept.reference) == request.reference.as_ref()
        };
        let kept = self.reversals.iter().rev().find(is_asked_about);
        let kept = kept.or_else(|| self.earlier_refund(request));
        Ok(kept.map(|kept| kept.answer(self.profile)))
    }

    /// Reads a payment.
    pub(crate) fn payment(
        &mut self,
        reference: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<ProviderPayment>, ProviderError> {
        self.arrive(now);
        self.fail_to_read()?;
        if !self.profile.capabilities().reads_payments {
            self.broken
                .push("a payment was read that cannot be read".to_owned());
        }
        Ok(self.payments.get(reference).map(|payment| ProviderPayment {
            authorized: payment.authorized,
            captured: payment.captured,
            capturable: Some(payment.capturable()),
            refunded: self.refunded(reference),
            is_refundable: true,
            is_voided: payment.is_voided,
            is_disputed: payment.is_disputed,
        }))
    }

    /// Lists the refunds of a payment, the newest ones of others first, then those of the program.
    pub(crate) fn refunds(
        &mut self,
        reference: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<ProviderRefund>, ProviderError> {
        self.arrive(now);
        self.fail_to_read()?;
        let of_others = self.outside.iter().rev().filter(|it| it.payment == reference);
        let ours = self.reversals.iter().rev().filter(|it| it.payment == reference);
        let ours = ours.filter_map(KeptReversal::listed);
        Ok(of_others.map(OutsideRefund::listed).chain(ours).collect())
    }

    /// Requests that were late arrive. The provider acts on none whose key it has seen, and on none about a payment of
    /// which it refused or failed to give money back meanwhile: that money would make room for a second refund, and the
    /// connection of the request has ended by then.
    pub(crate) fn arrive(&mut self, now: DateTime<Utc>) {
        let (arrived, late): (Vec<_>, Vec<_>) = self.late.drain(..).partition(|(at, _)| *at <= now);
        self.late = late;
        for (at, request) in arrived {
            let is_known = self.reversals.iter().any(|kept| {
                kept.key == request.key || (kept.payment == request.payment && !kept.is_counted())
            });
            let mut of_others = self.outside.iter();
            let has_room = of_others.any(|it| it.payment == request.payment && it.has_failed);
            if !is_known && !has_room && !self.failures.contains(&request.key) {
                self.carry_out(&request, at);
            }
        }
    }

    /// The request that the provider recognizes by its key.
    fn find(&self, key: &str, now: DateTime<Utc>) -> Option<&KeptReversal> {
        let retention = self.profile.capabilities().key_retention;
        let newest = self.reversals.iter().rev().find(|kept| kept.key == key);
        newest.filter(|kept| retention.is_none_or(|retention| now - kept.at < retention))
    }

    fn carry_out(&mut self, request: &ReversalRequest, now: DateTime<Utc>) -> ProviderAnswer {
        if let Some(known) = self.find(&request.key, now) {
            let answer = known.answer(self.profile);
            if !known.is_of(request) {
                self.broken
                    .push(format!("the key {} was used for another request", request.key));
            }
            return answer;
        }
        let is_nothing_left =
            request.operation.is_refund() && self.left(&request.payment) < request.amount.minor();
        if let Some(earlier) = self.earlier_refund(request).filter(|_| is_nothing_left) {
            return earlier.answer(self.profile);
        }
        let (did, outcome) = self.outcome_of(request);
        let kept = KeptReversal {
            reference: format!("re-{}-{}", self.seed, self.reversals.len() + 1),
            key: request.key.clone(),
            asked: request.operation,
            did,
            payment: request.payment.clone(),
            amount: request.amount,
            outcome,
            at: now,
        };
        let answer = kept.answer(self.profile);
        self.reversals.push(kept);
        self.tell_of(self.reversals.len() - 1, now);
        answer
    }

    /// The refund of an earlier request of the same obligation, which may have arrived after all: the adapter of Stripe
    /// looks for it.
    fn earlier_refund(&self, request: &ReversalRequest) -> Option<&KeptReversal> {
        if self.profile != Profile::Likely || !request.operation.is_refund() {
            return None;
        }
        let obligation = obligation_of(&request.key);
        let mut newest = self.reversals.iter().rev();
        newest
            .find(|kept| kept.is_counted() && kept.did.is_refund() && obligation_of(&kept.key) == obligation)
    }

    fn outcome_of(&mut self, request: &ReversalRequest) -> (ReversalOperation, KeptOutcome) {
        let asked = request.operation;
        let Some(payment) = self.payments.get_mut(&request.payment) else {
            return (asked, KeptOutcome::Refused(ReversalRefusal::UnknownPayment));
        };
        let (is_captured, is_frozen) = (payment.captured.is_positive(), payment.is_frozen);
        if !asked.is_refund() && !is_captured {
            payment.is_voided = true;
            return (ReversalOperation::Void, KeptOutcome::Moved);
        }
        if asked == ReversalOperation::Void {
            return (asked, KeptOutcome::Refused(ReversalRefusal::AlreadyCaptured));
        }
        let did = ReversalOperation::Refund;
        if is_frozen {
            return (did, KeptOutcome::Refused(ReversalRefusal::Disputed));
        }
        if self.left(&request.payment) < request.amount.minor() {
            return (did, KeptOutcome::Refused(ReversalRefusal::NothingLeft));
        }
        let outcome = if self.faults > 0 && self.dice.percent(10) {
            KeptOutcome::Failed
        } else if self.faults > 0 && self.dice.percent(20) {
            KeptOutcome::Pending
        } else {
            KeptOutcome::Moved
        };
        (did, outcome)
    }

    /// What is left of the captured money, in minor units.
    pub(crate) fn left(&self, payment: &str) -> i64 {
        let captured = self.payments.get(payment).map_or(0, |it| it.captured.minor());
        captured - self.refunded_minor(payment)
    }

    fn refunded(&self, payment: &str) -> Money {
        let currency = self.payments.get(payment).map(|it| it.captured.currency());
        let currency = currency.unwrap_or_else(|| "USD".parse().expect("a currency"));
        Money::new(self.refunded_minor(payment), currency)
    }

    fn refunded_minor(&self, payment: &str) -> i64 {
        let ours = self
            .reversals
            .iter()
            .filter(|kept| kept.payment == payment && kept.did.is_refund() && kept.is_counted());
        ours.map(|kept| kept.amount.minor()).sum::<i64>() + self.outside(payment)
    }

    /// What others paid back and the bank did not return, in minor units.
    pub(crate) fn outside(&self, payment: &str) -> i64 {
        let outside = self.outside.iter().filter(|it| it.payment == payment);
        let outside = outside.filter(|it| !it.has_failed);
        outside.map(|it| it.amount.minor()).sum()
    }

    /// What others paid back, whether the bank returned it or not, in minor units.
    pub(crate) fn ever_outside(&self, payment: &str) -> i64 {
        let outside = self.outside.iter().filter(|it| it.payment == payment);
        outside.map(|it| it.amount.minor()).sum()
    }

    /// The references of all payments.
    pub(crate) fn references(&self) -> Vec<String> {
        self.payments.keys().cloned().collect()
    }

    /// How many payments buyers dispute, or did.
    pub(crate) fn disputed(&self) -> usize {
        self.payments.values().filter(|it| it.is_disputed).count()
    }

    pub(crate) fn is_voided(&self, payment: &str) -> bool {
        self.payments.get(payment).is_some_and(|it| it.is_voided)
    }

    /// Whether the provider released the payment, or the rest of it.
    pub(crate) fn is_released(&self, payment: &str) -> bool {
        let payment = self.payments.get(payment).copied();
        payment.is_some_and(Payment::is_released)
    }

    /// The requests for an obligation that moved money, or are about to.
    pub(crate) fn moved_for<'a>(&'a self, obligation: &'a str) -> impl Iterator<Item = &'a KeptReversal> {
        let kept = self.reversals.iter();
        kept.filter(move |kept| kept.is_counted() && obligation_of(&kept.key) == obligation)
    }

    /// What the provider itself finds wrong: more money went back than was captured, a key was used twice.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken = self.broken.clone();
        for payment in self.payments.keys() {
            if self.left(payment) < 0 {
                broken.push(format!("more of {payment} went back than was captured"));
            }
        }
        broken
    }

    /// The messages that the provider has sent so far.
    pub(crate) fn messages(&self) -> &[ProviderMessage] {
        &self.messages
    }
}

/// The obligation that a key is about.
fn obligation_of(key: &str) -> &str {
    key.split(':').next().unwrap_or_default()
}
