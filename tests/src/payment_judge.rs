//! A judge between an adapter and the server of its payment provider: the OpenAPI that the provider publishes.

use serde_json::Value;
use tokio::process::Child;

use crate::ask::client;
use crate::node::node_server;

const NEEDED: (&str, &str) = (
    "specifications",
    "the specifications are not there: node tests/node/specifications.mjs",
);

/// A running judge; it ends with this value.
#[derive(Debug)]
pub struct PaymentJudge {
    _process: Child,
    /// The address of the provider behind the judge.
    pub address: String,
}

/// A request that passed the judge, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedCall {
    /// The method and the path.
    pub request: String,
    /// The status of the answer; none when the answer was lost.
    pub status: Option<u64>,
    /// What is wrong with the request and the answer, by the OpenAPI.
    pub problems: Vec<String>,
}

impl PaymentJudge {
    /// Starts a judge with the OpenAPI of `provider`, `stripe` or `adyen`, in front of the server at `upstream`; none
    /// without Node.js, see [`node_server`].
    ///
    /// # Panics
    /// As [`node_server`] does.
    pub async fn before(upstream: &str, provider: &str) -> Option<Self> {
        let (process, address) = node_server("payment_judge.mjs", &[provider, upstream], NEEDED).await?;
        Some(Self {
            _process: process,
            address,
        })
    }

    /// The calls so far, in order.
    ///
    /// # Panics
    /// When the judge does not answer.
    pub async fn calls(&self) -> Vec<JudgedCall> {
        let asked = client().get(format!("{}/judged", self.address));
        let answer = asked.send().await.expect("the judge answers");
        let calls: Vec<Value> = answer.json().await.expect("an answer in JSON");
        calls.iter().map(JudgedCall::of).collect()
    }
}

impl JudgedCall {
    fn of(call: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let problems = call["problems"].as_array().expect("problems");
        Self {
            request: format!("{} {}", text(&call["method"]), text(&call["path"])),
            status: call["status"].as_u64(),
            problems: problems.iter().map(text).collect(),
        }
    }
}
