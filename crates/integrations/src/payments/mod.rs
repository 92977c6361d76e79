//! Payment providers: each adapter tells what its provider said, and decides nothing.

mod adyen;
mod breaker;
mod connection;
mod hidden_key;
mod http;
mod hyperswitch;
mod problem;
mod repetitions;
mod scale;
mod shared_signature;
mod standard_webhook;
mod state_word;
mod stripe;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use countermand_app::Clock;
use countermand_app::ports::{AccountAccess, MerchantAccountUse, PaymentProvider, PaymentProviders};
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use self::adyen::AdyenProvider;
use self::breaker::AccountBreaker;
use self::connection::Connection;
use self::hidden_key::HiddenKey;
use self::http::HttpProvider;
use self::hyperswitch::HyperswitchProvider;
use self::stripe::StripeProvider;
use crate::http::{LONGEST_KEY, base_address, bearer, key_header};

/// The code of the adapter for Adyen.
const ADYEN: &str = "adyen";
/// The code of the adapter for our own protocol (`docs/payment-protocol.md`).
const HTTP: &str = "http";
/// The code of the adapter for Hyperswitch.
const HYPERSWITCH: &str = "hyperswitch";
/// The code of the adapter for Stripe.
const STRIPE: &str = "stripe";
/// How a secret for webhooks begins.
const PREFIX: &str = "whsec_";
/// The fewest characters of a secret for webhooks after its beginning: less could be guessed.
const SHORTEST_SECRET: usize = 16;
/// The longest name of a merchant account, in bytes.
const LONGEST_MERCHANT_ACCOUNT: usize = 80;
/// The longest base address, in bytes.
const LONGEST_ADDRESS: usize = 255;

/// Every adapter for payment providers. All share one HTTP client, and the requests of an account are counted together.
#[derive(Clone)]
pub struct ProviderAdapters {
    client: Client,
    clock: Arc<dyn Clock>,
    breakers: Arc<Mutex<HashMap<String, Arc<AccountBreaker>>>>,
}

impl ProviderAdapters {
    /// The adapters; `clock` tells them until when a provider asks to wait.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: connection::shared_client()?,
            clock,
            breakers: Arc::default(),
        })
    }

    fn breaker(&self, account: &str) -> Arc<AccountBreaker> {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        breakers.entry(account.to_owned()).or_default().clone()
    }
}

impl PaymentProviders for ProviderAdapters {
    fn adapters(&self) -> &'static [&'static str] {
        &[ADYEN, HTTP, HYPERSWITCH, STRIPE]
    }

    fn webhook_secret_problem(&self, adapter: &str, secret: &str) -> Option<&'static str> {
        let is_fit = secret.len() <= LONGEST_KEY && secret.bytes().all(|byte| byte.is_ascii_graphic());
        match adapter {
            ADYEN => adyen::key_of(secret)
                .is_none()
                .then_some("the secret is the HMAC key of the webhook: 64 hexadecimal digits"),
            HYPERSWITCH => (!is_fit || secret.len() < SHORTEST_SECRET)
                .then_some("the secret has at least 16 printable ASCII characters without spaces"),
            _ if !is_fit || !secret.starts_with(PREFIX) => {
                Some("the secret begins with `whsec_` and has printable ASCII characters without spaces")
            }
            HTTP if standard_webhook::key_of(secret).is_none() => {
                Some("the secret is base64 of at least 24 bytes after `whsec_`")
            }
            _ => (secret.len() < PREFIX.len() + SHORTEST_SECRET)
                .then_some("the secret has at least 16 characters after `whsec_`"),
        }
    }

    fn usual_address(&self, adapter: &str) -> Option<&'static str> {
        match adapter {
            HYPERSWITCH => Some(hyperswitch::ADDRESS),
            STRIPE => Some(stripe::ADDRESS),
            _ => None,
        }
    }

    fn merchant_account_use(&self, adapter: &str) -> MerchantAccountUse {
        match adapter {
            ADYEN => MerchantAccountUse::Required,
            STRIPE => MerchantAccountUse::Optional,
            _ => MerchantAccountUse::Never,
        }
    }

    fn suspended_until(&self, account: &str) -> Option<DateTime<Utc>> {
        self.breaker(account).tripped_until(self.clock.now())
    }

    fn note_failures(&self, account: &str, answers_again: bool) {
        self.breaker(account).note_failures(answers_again);
    }

    fn takes_recovery(&self, account: &str) -> bool {
        self.breaker(account).takes_recovery(self.clock.now())
    }

    fn takes_repetition(&self, account: &str) -> bool {
        self.breaker(account).takes_repetition(self.clock.now())
    }

    fn gives_repetition_back(&self, account: &str) {
        self.breaker(account).gives_repetition_back();
    }

    fn open(&self, access: AccountAccess<'_>) -> Result<Box<dyn PaymentProvider>, String> {
        let base = base_address(access.address).filter(|_| access.address.len() <= LONGEST_ADDRESS);
        let base = base.ok_or_else(|| {
            format!(
                "the address is an http(s) address of at most {LONGEST_ADDRESS} characters without a user, a query \
                 and a fragment"
            )
        })?;
        let key = match access.adapter {
            ADYEN => plain_key(adyen::KEY_HEADER, access.secret),
            HYPERSWITCH => plain_key(hyperswitch::KEY_HEADER, access.secret),
            _ => bearer(access.secret).map(|key| (AUTHORIZATION, key)),
        };
        let key = key.ok_or_else(|| {
            format!("the key has 1 to {LONGEST_KEY} printable ASCII characters without spaces")
        })?;
        let connection = Connection {
            client: self.client.clone(),
            clock: self.clock.clone(),
            base,
            key,
            hidden: HiddenKey::of(access.secret),
            breaker: self.breaker(access.name),
            interval: breaker::interval_of(access.requests_per_second),
        };
        let merchant_account = access.merchant_account;
        if merchant_account.is_some_and(|name| !is_merchant_account(name)) {
            return Err(format!(
                "the merchant account has 1 to {LONGEST_MERCHANT_ACCOUNT} printable ASCII characters without spaces"
            ));
        }
        match access.adapter {
            ADYEN => {
                let merchant_account = merchant_account.ok_or("the merchant account is missing")?;
                Ok(Box::new(AdyenProvider::new(connection, merchant_account)))
            }
            HTTP => Ok(Box::new(HttpProvider::new(connection))),
            HYPERSWITCH => Ok(Box::new(HyperswitchProvider::new(connection))),
            STRIPE => Ok(Box::new(StripeProvider::new(connection, merchant_account))),
            other => Err(format!("this version has no adapter {other}")),
        }
    }
}

/// The header `name` with the key as it is; none when no header can carry it.
fn plain_key(name: &'static str, key: &str) -> Option<(HeaderName, HeaderValue)> {
    key_header("", key).map(|key| (HeaderName::from_static(name), key))
}

fn is_merchant_account(name: &str) -> bool {
    (1..=LONGEST_MERCHANT_ACCOUNT).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
}
