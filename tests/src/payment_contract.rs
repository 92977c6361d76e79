//! The contract that each adapter for payment providers keeps: what its provider must be able to play for it.
//!
//! The cases are in `tests/api/payments/contract.rs`, and each looks into the provider's own ledger.

mod adyen;
mod http;
mod hyperswitch;
mod stripe;

use std::ops::Deref;
use std::sync::Arc;

use chrono::DateTime;
use countermand_app::ports::{AccountAccess, PaymentProviders};
use countermand_domain::ProviderCapabilities;
use countermand_integrations::payments::ProviderAdapters;
use serde_json::{Value, json};

use crate::example_server::ExampleServer;
use crate::fixed_clock::FixedClock;

/// What goes wrong once, with the next void or refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The connection ends before the provider acts.
    LoseRequest,
    /// The connection ends after the provider acted.
    LoseAnswer,
    /// The provider answers 500 and has not acted.
    ErrorBefore,
    /// The provider answers 500 and has acted.
    ErrorAfter,
    /// The provider answers 500 and has not acted. What it keeps under the key is its [`KeptFailure`].
    StoredErrorBefore,
    /// The provider answers 500 and has acted. What it keeps under the key is its [`KeptFailure`].
    StoredErrorAfter,
    /// The provider refuses and keeps that under the key, and the connection ends before its answer.
    StoredRefusal,
    /// The provider asks for patience.
    Throttle,
    /// The provider acts, and its answer comes twice on the connection.
    AnswerTwice,
    /// The provider acts, and its messages about that come before its answer.
    Early,
    /// The provider works on it for a while.
    Pending,
    /// The provider works on it for a while, and names a state that is not known.
    UnknownWord,
    /// The bank refuses.
    Fail,
}

impl Fault {
    /// The name by which the servers of `examples` know the fault.
    fn name(self) -> &'static str {
        match self {
            Self::LoseRequest => "lose_request",
            Self::LoseAnswer => "lose_answer",
            Self::ErrorBefore => "error_before",
            Self::ErrorAfter => "error_after",
            Self::StoredErrorBefore => "store_error_before",
            Self::StoredErrorAfter => "store_error_after",
            Self::StoredRefusal => "store_refusal",
            Self::Throttle => "throttle",
            Self::AnswerTwice => "answer_twice",
            Self::Early => "early",
            Self::Pending => "pending",
            Self::UnknownWord => "unknown_word",
            Self::Fail => "fail",
        }
    }
}

/// What a repeated request gets after a failure of the provider itself, which the provider keeps under the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptFailure {
    /// The same failure again, marked as a repetition. A look-up tells what became of the request.
    Marked,
    /// The same failure again, which looks like a new one. A look-up tells what became of the request.
    ToldByLookUp,
    /// The same failure again, which looks like a new one. Only a message of the provider tells what became of the
    /// request.
    ToldByMessage,
    /// The state of the request: the provider keeps the request, and no failure.
    RequestAlone,
}

/// What the ledger of a provider says about a payment, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerLine {
    /// The money that went back, or is on its way back.
    pub refunded: i64,
    /// How many refunds there are that did not fail.
    pub refunds: usize,
    /// Whether the authorization was released.
    pub voided: bool,
}

/// A provider with a ledger of its own, behind one of the adapters.
#[expect(async_fn_in_trait, reason = "only the tests call it, and none spawns it")]
pub trait ContractProvider: Sized + Deref<Target = ExampleServer> {
    /// The adapter, as `connectPaymentProvider` names it.
    const ADAPTER: &'static str;
    /// What a repeated request gets after a failure of the provider itself.
    const KEPT_FAILURE: KeptFailure;
    /// Whether the signature of a message has a time.
    const SIGNS_TIME: bool = true;
    /// The status by which the provider knows that its message was taken.
    const TAKEN: i64 = 204;
    /// The merchant account that requests name, where the provider has such accounts.
    const MERCHANT_ACCOUNT: Option<&'static str> = None;
    /// A secret of webhooks, with which the provider signs.
    const WEBHOOK_SECRET: &'static str = "whsec_Y291bnRlcm1hbmQtdGVzdC1zZWNyZXQtMzJieXRlcyE=";
    /// Another secret of webhooks.
    const OTHER_WEBHOOK_SECRET: &'static str = "whsec_YW5vdGhlci1zZWNyZXQtb2YtdGhlLXNob3A=";
    /// The field of the ledger with the messages, and of a delivery with their names.
    const MESSAGES: &'static str = "events";

    /// Starts the provider; none without Python.
    async fn begin() -> Option<Self>;

    /// The key to the account.
    fn key(&self) -> &str;

    /// A buyer pays: `authorized` is reserved, and `captured` of it is taken.
    async fn pays(&self, reference: &str, currency: &str, authorized: i64, captured: i64) {
        let paid = json!({ "id": reference, "currency": currency,
            "authorized": authorized, "captured": captured });
        self.play("payments", &paid).await;
    }

    /// Lets these things go wrong, one for each of the next voids and refunds.
    async fn faults(&self, next: &[Fault]) {
        let next: Vec<_> = next.iter().map(|fault| fault.name()).collect();
        self.play("faults", &json!({ "next": next })).await;
    }

    /// Lets `share` percent of all calls go wrong with faults of these `kinds`, as `seed` draws them.
    ///
    /// # Panics
    /// When the server refuses.
    async fn fails_at_random(&self, share: u32, seed: u64, kinds: &[Fault]) {
        self.fails_at_random_at(0, share, seed, kinds).await;
    }

    /// The same. Messages that come early are signed at `at` (seconds since 1970).
    ///
    /// # Panics
    /// When the server refuses.
    async fn fails_at_random_at(&self, at: i64, share: u32, seed: u64, kinds: &[Fault]) {
        let kinds: Vec<_> = kinds.iter().map(|fault| fault.name()).collect();
        let body = json!({ "share": share, "seed": seed, "kinds": kinds, "at": at });
        self.play("faults", &body).await;
    }

    /// Ends all faults. Gives the number of faults that were drawn.
    ///
    /// # Panics
    /// When the server refuses.
    async fn stops_failing(&self) -> u64 {
        let ended = self.play("faults", &json!({ "next": [] })).await;
        ended["drawn"].as_u64().expect("a number")
    }

    /// Carries out what it kept when it failed, where it keeps requests and does not tell their failure.
    async fn works_off(&self) {
        let ledger = self.ledger().await;
        for (key, kept) in ledger["reversals"].as_object().into_iter().flatten() {
            if kept["answer"]["state"] == "PENDING" {
                self.play(&format!("reversals/{key}/succeed"), &json!({})).await;
            }
        }
    }

    /// Ends the refund of the payment that is under way.
    async fn ends(&self, reference: &str, succeeds: bool);

    /// What the ledger says about the payment.
    async fn line(&self, reference: &str) -> LedgerLine;

    /// Keeps messages to `url` back until they are delivered.
    async fn holds_messages(&self, url: &str) {
        let hooks = json!({ "url": url, "secret": Self::WEBHOOK_SECRET, "hold": true });
        self.play("hooks", &hooks).await;
    }

    /// Sends all messages about what happened so far, signed at `at` (seconds since 1970); gives the statuses of the
    /// answers.
    async fn delivers(&self, at: i64) -> Vec<i64> {
        statuses(&self.play("deliver", &json!({ "at": at })).await)
    }

    /// The name by which `message`, the one at `place` in the ledger, is delivered.
    fn name_of(place: usize, message: &Value) -> Value;

    /// The names of all messages so far, oldest first.
    async fn messages(&self) -> Vec<Value> {
        let messages = self.ledger().await[Self::MESSAGES].take();
        let messages = messages.as_array().cloned().unwrap_or_default();
        let named = messages.iter().enumerate();
        named
            .map(|(place, message)| Self::name_of(place, message))
            .collect()
    }

    /// The names of the messages that were sent before the answer to their request.
    ///
    /// # Panics
    /// When one of them was not taken.
    async fn early_messages(&self) -> Vec<Value> {
        let early = self.ledger().await["early"].take();
        let early = early.as_array().cloned().unwrap_or_default().into_iter();
        let taken = early.map(|mut sent| {
            assert_eq!(sent[1], Self::TAKEN, "the answer to an early message: {sent}");
            sent[0].take()
        });
        taken.collect()
    }

    /// Sends the messages with these names in this sequence, signed at `at`; gives the statuses of the answers.
    async fn delivers_these(&self, names: &[Value], at: i64) -> Vec<i64> {
        if names.is_empty() {
            // The server sends all messages where none is named.
            return Vec::new();
        }
        let mut body = json!({ "at": at });
        body[Self::MESSAGES] = json!(names);
        statuses(&self.play("deliver", &body).await)
    }

    /// The payment is captured at the provider, by others.
    async fn captures(&self, reference: &str) {
        let path = format!("payments/{reference}/capture");
        self.play(&path, &json!({})).await;
    }

    /// The hold of what is not captured ends by itself; only of providers whose payments can be read.
    async fn expires(&self, reference: &str) {
        let path = format!("payments/{reference}/expire");
        self.play(&path, &json!({})).await;
    }

    /// Money of the payment is paid back at the provider, by others.
    async fn refunds_outside(&self, reference: &str, amount: i64) {
        let path = format!("payments/{reference}/refund");
        self.play(&path, &json!({ "amount": amount })).await;
    }

    /// The provider's ids of the refunds of the payment that others made, oldest first.
    async fn refunds_of_others(&self, reference: &str) -> Vec<String>;

    /// The refund with this id of the provider, which others made and which had succeeded, fails.
    async fn fails_of_others(&self, id: &str) {
        self.play(&format!("refunds/{id}/fail"), &json!({})).await;
    }

    /// The buyer disputes the payment at the bank.
    async fn disputes(&self, reference: &str) {
        let path = format!("payments/{reference}/dispute");
        self.play(&path, &json!({})).await;
    }

    /// The newest refund of the payment, which had succeeded, fails.
    async fn fails_late(&self, reference: &str);

    /// The abilities that the adapter declares.
    ///
    /// # Panics
    /// When the adapter cannot be used.
    #[must_use]
    fn capabilities(&self) -> ProviderCapabilities {
        countermand_integrations::tls::install();
        let clock = FixedClock::at(DateTime::UNIX_EPOCH);
        let adapters = ProviderAdapters::new(Arc::new(clock)).expect("an HTTP client");
        let opened = adapters.open(AccountAccess {
            name: "main",
            adapter: &Self::ADAPTER.to_lowercase(),
            address: &self.address,
            secret: self.key(),
            merchant_account: Self::MERCHANT_ACCOUNT,
            requests_per_second: 20,
        });
        opened.expect("an adapter").capabilities()
    }
}

/// The texts in this field of `refunds`, which have one.
fn ids<'a>(refunds: impl Iterator<Item = &'a Value>, field: &str) -> Vec<String> {
    let ids = refunds.filter_map(|refund| refund[field].as_str());
    ids.map(str::to_owned).collect()
}

/// The statuses in the answer to `/play/deliver`.
fn statuses(answer: &Value) -> Vec<i64> {
    let statuses = answer["statuses"].as_array().expect("statuses");
    statuses.iter().filter_map(serde_json::Value::as_i64).collect()
}
