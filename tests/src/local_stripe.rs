//! localstripe, an imitation of Stripe that others wrote, as a process with a ledger of its own.
//!
//! It carries out each request that it gets, and knows no keys: another process in front of it has their rules.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::process::Child;

use crate::ask::client;
use crate::python::python_server;

/// The key to the account.
pub const KEY: &str = "sk_test_localstripe";
/// A card whose payments succeed.
const CARD: &str =
    "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";

/// A running localstripe; it ends with this value.
#[derive(Debug)]
pub struct LocalStripe {
    _processes: [Child; 2],
    /// The address of localstripe itself.
    ledger: String,
    /// The address at which keys are known.
    pub address: String,
}

impl LocalStripe {
    /// Starts localstripe; none without its packages, see [`python_server`].
    ///
    /// # Panics
    /// As [`python_server`] does.
    pub async fn start() -> Option<Self> {
        let (ledger_process, ledger) = python_server("localstripe_server.py", &[]).await?;
        let (keys_process, address) = python_server("keys_for_localstripe.py", &[&ledger]).await?;
        Some(Self {
            _processes: [ledger_process, keys_process],
            ledger,
            address,
        })
    }

    /// A buyer pays 15.00 by card, which is captured or only reserved. Gives the payment intent.
    ///
    /// # Panics
    /// When localstripe refuses.
    pub async fn pays(&self, is_captured: bool) -> String {
        let card = self.posts("payment_methods", CARD).await;
        let card = card["id"].as_str().expect("an id");
        let capture = if is_captured { "automatic" } else { "manual" };
        let payment =
            format!("amount=1500&currency=usd&payment_method={card}&confirm=true&capture_method={capture}");
        let intent = self.posts("payment_intents", &payment).await;
        intent["id"].as_str().expect("an id").to_owned()
    }

    /// Sends a request to localstripe itself, past the rules of keys.
    ///
    /// # Panics
    /// When localstripe refuses.
    pub async fn posts(&self, path: &str, form: &str) -> Value {
        let request = client().post(format!("{}/v1/{path}", self.ledger));
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        answer(request.body(form.to_owned())).await
    }

    /// What localstripe itself knows at `path`.
    ///
    /// # Panics
    /// When localstripe refuses.
    pub async fn knows(&self, path: &str) -> Value {
        answer(client().get(format!("{}/v1/{path}", self.ledger))).await
    }

    /// The refunds of a payment in localstripe's own ledger.
    ///
    /// # Panics
    /// When localstripe refuses.
    pub async fn refunds(&self, payment: &str) -> Vec<Value> {
        let mut page = self.knows(&format!("refunds?payment_intent={payment}")).await;
        page["data"].as_array_mut().map(std::mem::take).expect("refunds")
    }

    /// Lets the answer to the next change get lost.
    ///
    /// # Panics
    /// When the process does not answer.
    pub async fn loses_answer(&self) {
        let request = client().post(format!("{}/play/faults", self.address));
        answer(request.json(&json!({ "next": ["lose_answer"] }))).await;
    }

    /// Ends all keys, as a day does.
    ///
    /// # Panics
    /// When the process does not answer.
    pub async fn forgets_keys(&self) {
        let request = client().post(format!("{}/play/forget", self.address));
        answer(request.json(&json!({}))).await;
    }
}

/// The answer to a request with the key.
async fn answer(request: RequestBuilder) -> Value {
    let answer = request.bearer_auth(KEY).send().await.expect("an answer");
    let status = answer.status();
    let answer: Value = answer.json().await.expect("an answer in JSON");
    assert!(status.is_success(), "{status}: {answer}");
    answer
}
