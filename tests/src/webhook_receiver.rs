//! An endpoint of another system: an HTTP server that keeps what came, and answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::net::TcpListener;

/// A message that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An answer that the receiver is told to give.
#[derive(Debug, Clone)]
pub enum Reply {
    /// This status, with this header if there is one.
    Status(u16, Option<(&'static str, String)>),
    /// No answer for this long.
    Silence(Duration),
}

/// A running receiver; it ends with this value.
#[derive(Debug)]
pub struct WebhookReceiver {
    ledger: Arc<Ledger>,
    /// The address, for example `http://127.0.0.1:9100/hooks`.
    pub address: String,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Ledger {
    received: Mutex<Vec<Received>>,
    replies: Mutex<VecDeque<Reply>>,
}

impl Received {
    /// The header, as text.
    ///
    /// # Panics
    /// When there is no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let value = self
            .headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"));
        value.to_str().expect("text")
    }

    /// The body, which is JSON.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

impl WebhookReceiver {
    /// Starts a receiver on a free port. It answers with 204 unless it is told otherwise.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/hooks", listener.local_addr().expect("an address"));
        let ledger = Arc::new(Ledger::default());
        let router = Router::new().fallback(keep).with_state(ledger.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the receiver serves");
        });
        Self {
            ledger,
            address,
            server,
        }
    }

    /// What the next messages are answered with, one each.
    pub fn replies(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.ledger.replies).extend(replies);
    }

    /// What came, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.ledger.received).clone()
    }

    /// The types of the events that came, oldest first.
    #[must_use]
    pub fn types(&self) -> Vec<String> {
        let received = self.received().into_iter();
        let types = received.map(|it| it.json()["type"].as_str().unwrap_or_default().to_owned());
        types.collect()
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn keep(State(ledger): State<Arc<Ledger>>, headers: HeaderMap, body: Bytes) -> Response {
    lock(&ledger.received).push(Received { headers, body });
    let reply = lock(&ledger.replies).pop_front();
    match reply {
        None => StatusCode::NO_CONTENT.into_response(),
        Some(Reply::Silence(time)) => {
            tokio::time::sleep(time).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Some(Reply::Status(status, header)) => {
            let status = StatusCode::from_u16(status).expect("a status");
            match header {
                Some(header) => (status, [header], "the receiver's words").into_response(),
                None => (status, "the receiver's words").into_response(),
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
