//! Server-sent events: a subscription as the answer to one request (GraphQL over SSE, distinct connections).

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use countermand_graphql::{ApiAnswer, ApiUpdate, ApiUpdates, Opened};
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::connection_handle::{ConnectionHandle, LivePlace};
use super::limits::LiveLimits;
use super::{CUT, Open, UPDATES};

/// A comment, which keeps the connection alive.
const COMMENT: &str = ":\n\n";
/// The last event. Its empty line of data is needed, because browsers drop an event without data.
const COMPLETE: &str = "event: complete\ndata:\n\n";
/// How many events wait for the connection before the subscription waits, too.
const WAITING: usize = 4;

/// The response for a subscription, or for the one answer of another operation.
///
/// The status is always 200, and `place` lasts as long as the body.
pub(in crate::http) fn respond(
    opened: Opened,
    place: LivePlace,
    handle: &ConnectionHandle,
    limits: LiveLimits,
    version: Version,
) -> Response {
    let (sender, receiver) = mpsc::channel(WAITING);
    let feed = Feed {
        sender,
        handle: handle.clone(),
        limits,
        // Over HTTP/2 the connection has other answers, and a client that does not read one holds up no other.
        may_cut: version < Version::HTTP_2,
    };
    handle.tasks.spawn(async move {
        let _place = place;
        let _open = Open::count("sse");
        match opened {
            Opened::Answer(answer) => feed.answer(*answer).await,
            Opened::Updates(updates) => feed.updates(updates).await,
        }
    });
    let chunks = stream::unfold(receiver, async |mut receiver| {
        let chunk: Bytes = receiver.recv().await?;
        Some((Ok::<_, Infallible>(chunk), receiver))
    });
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies that know this header hand each event on at once.
        (
            HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    (StatusCode::OK, headers, Body::from_stream(chunks)).into_response()
}

/// The events of one response.
struct Feed {
    sender: mpsc::Sender<Bytes>,
    handle: ConnectionHandle,
    limits: LiveLimits,
    may_cut: bool,
}

/// The client reads no more.
struct Gone;

impl Feed {
    async fn answer(self, answer: ApiAnswer) {
        let update = ApiUpdate { answer, cursor: None };
        if self.send(COMMENT.into()).await.is_ok() && self.update(&update).await.is_ok() {
            // A client that is gone needs no end.
            let _ = self.send(COMPLETE.into()).await;
        }
    }

    /// Sends updates until the subscription ends, the client goes, or the server stops. Without `complete` at its end,
    /// a client subscribes again, with the id that came last: the first comes as soon as the subscription is open.
    async fn updates(self, updates: ApiUpdates) {
        let ApiUpdates {
            mut stream,
            mut resume_point,
        } = updates;
        let mut has_id = false;
        let mut sent = self.send(COMMENT.into()).await;
        while sent.is_ok() {
            sent = tokio::select! {
                biased;
                () = self.handle.stop.cancelled() => return,
                () = self.sender.closed() => return,
                update = stream.next() => {
                    let Some(update) = update else {
                        let _ = self.send(COMPLETE.into()).await;
                        return;
                    };
                    has_id |= update.cursor.is_some();
                    self.update(&update).await
                }
                Ok(()) = resume_point.changed(), if !has_id => {
                    has_id = true;
                    self.send(comment(&resume_point)).await
                }
                () = tokio::time::sleep(self.limits.ping) => self.send(comment(&resume_point)).await,
            };
        }
    }

    async fn update(&self, update: &ApiUpdate) -> Result<(), Gone> {
        let Ok(json) = update.answer.to_json() else {
            tracing::error!("an update has no form in JSON");
            return Err(Gone);
        };
        metrics::counter!(UPDATES, "transport" => "sse").increment(1);
        self.send(next_event(update.cursor.as_deref(), &json)).await
    }

    /// Hands an event to the connection. A client that does not read for too long is cut off.
    async fn send(&self, event: String) -> Result<(), Gone> {
        let sending = timeout(self.limits.slow_reader, self.sender.send(event.into()));
        let sent = tokio::select! {
            biased;
            sent = sending => sent,
            () = self.handle.stop.cancelled() => return Err(Gone),
        };
        if let Ok(sent) = sent {
            return sent.map_err(|_| Gone);
        }
        metrics::counter!(CUT, "transport" => "sse").increment(1);
        tracing::info!("a client that did not read its events was cut off");
        if self.may_cut {
            self.handle.cut.cancel();
        }
        Err(Gone)
    }
}

/// A comment, with the newest cursor as its id. A block without data is no event, and sets the client's last event id.
/// The comment comes first, so that a client which drops a block that begins with one drops the whole block.
fn comment(resume_point: &watch::Receiver<Option<String>>) -> String {
    let id = id_line(resume_point.borrow().as_deref());
    format!(":\n{id}\n")
}

/// The event of an update. JSON has no line breaks outside of its strings, and none in them.
fn next_event(cursor: Option<&str>, json: &str) -> String {
    format!("event: next\n{}data: {json}\n\n", id_line(cursor))
}

fn id_line(cursor: Option<&str>) -> String {
    cursor.map(|cursor| format!("id: {cursor}\n")).unwrap_or_default()
}
