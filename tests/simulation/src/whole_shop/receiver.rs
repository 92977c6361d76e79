//! The simulated endpoint of another system, to which webhooks are sent. It fails by chance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countermand_app::ports::{WebhookAnswer, WebhookMessage, WebhookSender};
use countermand_persistence::PublishedEvent;
use serde_json::Value;

use super::moments::Calls;
use crate::dice::Dice;

/// The address of the endpoint.
pub(super) const ADDRESS: &str = "https://receiver.example/events";
/// The share of the messages that go wrong, in percent.
const FAULTS: u32 = 20;
/// How often in a row a message goes wrong at most: less often than it takes to switch the endpoint off.
const MOST_IN_A_ROW: u32 = 4;

/// Takes webhooks, and remembers them.
#[derive(Debug, Clone)]
pub(super) struct SimulatedReceiver {
    calls: Calls,
    received: Arc<Mutex<Received>>,
}

#[derive(Debug)]
struct Received {
    dice: Dice,
    faults: u32,
    /// How often in a row the message with each id went wrong.
    failed: BTreeMap<String, u32>,
    /// The ids under which the event of each version of the order came.
    ids: BTreeMap<i64, BTreeSet<String>>,
    /// The body that came first under each id.
    bodies: BTreeMap<String, Vec<u8>>,
    broken: Vec<String>,
}

/// What goes wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The message gets lost.
    Lost,
    /// The message is taken, and the answer gets lost.
    AnswerLost,
    /// The endpoint asks for patience.
    Busy,
    /// The endpoint fails.
    Failed,
}

impl SimulatedReceiver {
    pub(super) fn new(seed: u64, calls: Calls) -> Self {
        let received = Received {
            dice: Dice::seeded(seed ^ 0x686f_6f6b),
            faults: FAULTS,
            failed: BTreeMap::new(),
            ids: BTreeMap::new(),
            bodies: BTreeMap::new(),
            broken: Vec::new(),
        };
        Self {
            calls,
            received: Arc::new(Mutex::new(received)),
        }
    }

    /// Ends all faults.
    pub(super) fn calm(&self) {
        self.received().faults = 0;
    }

    /// What does not hold at the end, where the order has had these `events`: each was received under its id, and under
    /// no other one.
    pub(super) fn broken(&self, events: &[PublishedEvent]) -> Vec<String> {
        let received = self.received();
        let mut broken = received.broken.clone();
        let mut ids = received.ids.clone();
        for event in events {
            let came = ids.remove(&event.version).unwrap_or_default();
            if came != BTreeSet::from([event.id.clone()]) {
                let (version, id) = (event.version, &event.id);
                broken.push(format!(
                    "the event {id} of version {version} was received under {came:?}"
                ));
            }
        }
        let unknown = ids.keys();
        broken.extend(
            unknown.map(|version| format!("the order has no event of the received version {version}")),
        );
        broken
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Received {
    fn take(&mut self, message: &WebhookMessage) -> Result<WebhookAnswer, String> {
        let mut headers = message.headers.iter();
        let id = headers.find(|(name, _)| *name == "webhook-id");
        let id = id.map(|(_, id)| id.clone()).unwrap_or_default();
        let fault = self.fault(&id);
        if matches!(fault, None | Some(Fault::AnswerLost)) {
            self.keep(&id, &message.body);
        }
        let (status, retry_after) = match fault {
            Some(Fault::Lost | Fault::AnswerLost) => return Err("the connection broke".to_owned()),
            Some(Fault::Busy) => (429, Some(Duration::from_secs(60))),
            Some(Fault::Failed) => (500, None),
            None => (200, None),
        };
        Ok(WebhookAnswer {
            status,
            retry_after,
            body: String::new(),
        })
    }

    /// What goes wrong with the message `id`; nothing in most cases.
    fn fault(&mut self, id: &str) -> Option<Fault> {
        let failed = self.failed.entry(id.to_owned()).or_default();
        if *failed >= MOST_IN_A_ROW || !self.dice.percent(self.faults) {
            *failed = 0;
            return None;
        }
        *failed += 1;
        let faults = [Fault::Lost, Fault::AnswerLost, Fault::Busy, Fault::Failed];
        Some(self.dice.one_of(&faults))
    }

    /// Keeps the event in `body`, which is the same each time.
    fn keep(&mut self, id: &str, body: &[u8]) {
        let event: Value = serde_json::from_slice(body).unwrap_or_default();
        let version = event["data"]["order_version"].as_i64();
        let first = self.bodies.entry(id.to_owned());
        let first = first.or_insert_with(|| body.to_vec());
        let is_same = first.as_slice() == body;
        match version.filter(|_| is_same && event["id"].as_str() == Some(id)) {
            Some(version) => {
                self.ids.entry(version).or_default().insert(id.to_owned());
            }
            None => self.broken.push(format!("the message {id} has the body {event}")),
        }
    }
}

#[async_trait]
impl WebhookSender for SimulatedReceiver {
    fn check(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    async fn send(&self, message: WebhookMessage) -> Result<WebhookAnswer, String> {
        self.calls.pass().await;
        let answer = self.received().take(&message);
        self.calls.pass().await;
        answer
    }
}
