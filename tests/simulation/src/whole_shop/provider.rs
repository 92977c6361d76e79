//! The port to the simulated payment provider.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_app::Clock;
use countermand_app::ports::{
    AccountAccess, IncomingMessage, MerchantAccountUse, MessageRefusal, PaymentProvider, PaymentProviders,
    ProviderAnswer, ProviderError, ProviderMessage, ProviderPayment, ProviderRefund, ReversalRequest,
};
use countermand_domain::ProviderCapabilities;

use super::moments::Calls;
use crate::fixed_clock::FixedClock;
use crate::ledger::{Ledger, Profile};

/// The code of the adapter.
pub(super) const ADAPTER: &str = "simulated";
/// The header with the secret of the provider's messages.
pub(super) const SECRET_HEADER: &str = "simulated-secret";
/// The secret of the provider's messages.
pub(super) const SECRET: &str = "a-secret-of-messages";

/// Adapters that lead to one ledger.
#[derive(Debug, Clone)]
pub(super) struct SimulatedProviders {
    ledger: Arc<Mutex<Ledger>>,
    clock: Arc<FixedClock>,
    calls: Calls,
}

/// The adapter for an account of one kind of provider.
#[derive(Debug)]
struct SimulatedProvider {
    profile: Profile,
    /// The key to the account.
    key: String,
    to: SimulatedProviders,
}

impl SimulatedProviders {
    pub(super) fn new(ledger: Ledger, clock: Arc<FixedClock>, calls: Calls) -> Self {
        Self {
            ledger: Arc::new(Mutex::new(ledger)),
            clock,
            calls,
        }
    }

    /// The books of the provider.
    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SimulatedProvider {
    /// Calls the provider. The step can be interrupted before it acts, and after that.
    async fn call<T: Send>(
        &self,
        act: impl FnOnce(&mut Ledger, DateTime<Utc>) -> Result<T, ProviderError> + Send,
    ) -> Result<T, ProviderError> {
        self.to.calls.pass().await;
        let answer = self.answer(act);
        self.to.calls.pass().await;
        answer
    }

    fn answer<T>(
        &self,
        act: impl FnOnce(&mut Ledger, DateTime<Utc>) -> Result<T, ProviderError>,
    ) -> Result<T, ProviderError> {
        let mut ledger = self.to.ledger();
        ledger.admit(&self.key)?;
        act(&mut ledger, self.to.clock.now())
    }
}

impl PaymentProviders for SimulatedProviders {
    fn adapters(&self) -> &'static [&'static str] {
        &[ADAPTER]
    }

    fn webhook_secret_problem(&self, _: &str, _: &str) -> Option<&'static str> {
        None
    }

    fn usual_address(&self, _: &str) -> Option<&'static str> {
        None
    }

    fn merchant_account_use(&self, _: &str) -> MerchantAccountUse {
        MerchantAccountUse::Never
    }

    fn suspended_until(&self, _: &str) -> Option<DateTime<Utc>> {
        None
    }

    fn note_failures(&self, _: &str, _: bool) {}

    /// What waits is woken after each attempt, whether the provider answered or not: this must never do harm.
    fn takes_recovery(&self, _: &str) -> bool {
        true
    }

    fn takes_repetition(&self, _: &str) -> bool {
        true
    }

    fn gives_repetition_back(&self, _: &str) {}

    fn open(&self, access: AccountAccess<'_>) -> Result<Box<dyn PaymentProvider>, String> {
        let profile = Profile::from_code(access.address);
        let profile = profile.ok_or_else(|| format!("no provider at {}", access.address))?;
        Ok(Box::new(SimulatedProvider {
            profile,
            key: access.secret.to_owned(),
            to: self.clone(),
        }))
    }
}

#[async_trait]
impl PaymentProvider for SimulatedProvider {
    fn capabilities(&self) -> ProviderCapabilities {
        self.profile.capabilities()
    }

    async fn payment(&self, reference: &str) -> Result<Option<ProviderPayment>, ProviderError> {
        self.call(|ledger, now| ledger.payment(reference, now)).await
    }

    async fn refunds(&self, reference: &str) -> Result<Option<Vec<ProviderRefund>>, ProviderError> {
        let listed = self.call(|ledger, now| ledger.refunds(reference, now)).await;
        listed.map(Some)
    }

    /// Each time the body is another one, as if a new version of the program had formed it.
    fn body(&self, request: &ReversalRequest) -> Result<String, String> {
        Ok(format!("{} formed at {}", request.key, self.to.clock.now()))
    }

    async fn reverse(&self, request: &ReversalRequest, body: &str) -> Result<ProviderAnswer, ProviderError> {
        let reverse = |ledger: &mut Ledger, now| {
            ledger.note_body(&request.key, body);
            ledger.reverse(request, now)
        };
        self.call(reverse).await
    }

    fn messages(
        &self,
        incoming: IncomingMessage<'_>,
        secrets: &[String],
    ) -> Result<Vec<ProviderMessage>, MessageRefusal> {
        let secret = incoming.header(SECRET_HEADER);
        if !secrets.iter().any(|known| Some(known.as_str()) == secret) {
            return Err(MessageRefusal::WrongSignature);
        }
        // The body of a simulated message is its id.
        let ledger = self.to.ledger();
        let mut messages = ledger.messages().iter();
        let found = messages.find(|message| message.id.as_bytes() == incoming.body);
        found
            .map(|message| vec![message.clone()])
            .ok_or(MessageRefusal::Unreadable)
    }

    async fn look_up(&self, request: &ReversalRequest) -> Result<Option<ProviderAnswer>, ProviderError> {
        self.call(|ledger, now| ledger.look_up(request, now)).await
    }
}
