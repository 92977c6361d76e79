//! The conversation over one WebSocket, as the sub-protocol `graphql-transport-ws` states it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use countermand_app::ViewerError;
use countermand_graphql::{ApiAnswer, ApiRequest, HttpMethod, Opened, Outcome};
use futures_util::future::AbortHandle;
use futures_util::stream::{self, SelectAll};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::close_code::Closing;
use super::connection_handle::ConnectionHandle;
use super::message::{ClientMessage, InitPayload, ServerMessage};
use super::{CUT, Open, UPDATES};
use crate::http::Site;
use crate::http::body::Parts;
use crate::http::connections_per_address::{PerAddress, Place};
use crate::http::graphql::bearer_in;

/// How long the last message of the server may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Who speaks: what the headers of the WebSocket say, or else the payload of `connection_init`.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) store: Option<String>,
    pub(super) bearer: Option<String>,
    pub(super) origin: String,
    pub(super) address: IpAddr,
}

/// A step of an operation.
enum Step {
    /// An answer or an update.
    Next(Box<ApiAnswer>),
    /// The operation has ended.
    Complete,
}

/// The steps of one operation, each with its id.
type Steps = Pin<Box<dyn Stream<Item = (String, Step)> + Send>>;

/// The end of a conversation: closed for a reason, or the client is gone.
enum End {
    Closed(Closing),
    Gone,
}

impl From<Closing> for End {
    fn from(closing: Closing) -> Self {
        Self::Closed(closing)
    }
}

/// An operation that runs. It ends with this value.
struct Running {
    handle: AbortHandle,
    _place: Place,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

/// A conversation.
pub(super) struct Talk {
    site: Arc<Site>,
    socket: WebSocket,
    caller: Caller,
    /// Whether `connection_init` has arrived and was accepted.
    is_acknowledged: bool,
    /// The operations that run, by their ids.
    running: HashMap<String, Running>,
    /// The places for operations of the caller's address.
    places: PerAddress,
    /// Ends when the server stops.
    stop: CancellationToken,
    steps: SelectAll<Steps>,
}

impl Talk {
    pub(super) fn new(site: Arc<Site>, socket: WebSocket, caller: Caller, handle: ConnectionHandle) -> Self {
        Self {
            site,
            socket,
            caller,
            is_acknowledged: false,
            running: HashMap::new(),
            places: handle.operations,
            stop: handle.stop,
            steps: SelectAll::new(),
        }
    }

    /// Talks until the client goes, breaks the protocol or does not read, or until the server stops.
    pub(super) async fn run(mut self) {
        let _open = Open::count("websocket");
        if let Err(End::Closed(closing)) = self.talk().await {
            tracing::debug!(?closing, "a WebSocket is closed");
            // A client that does not take the reason is gone.
            let _ = timeout(FAREWELL, self.socket.send(closing.message())).await;
            let _ = timeout(FAREWELL, self.until_closed()).await;
        }
    }

    /// Reads what is left until the client has closed, too. Otherwise a reset could overtake the reason.
    async fn until_closed(&mut self) {
        while let Some(Ok(_)) = self.socket.recv().await {}
    }

    async fn talk(&mut self) -> Result<(), End> {
        let limits = self.site.settings.live;
        let init_until = Instant::now() + limits.init;
        let mut heard_at = Instant::now();
        let mut pings = interval(limits.ping);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return Err(Closing::GOING_AWAY.into()),
                received = self.socket.recv() => {
                    heard_at = Instant::now();
                    let Some(Ok(message)) = received else {
                        return Err(End::Gone);
                    };
                    self.take(message).await?;
                }
                Some((id, step)) = self.steps.next(), if !self.steps.is_empty() => {
                    self.hand_out(&id, &step).await?;
                }
                () = sleep_until(init_until), if !self.is_acknowledged => {
                    return Err(Closing::NO_INIT.into());
                }
                _ = pings.tick() => {
                    if heard_at.elapsed() > limits.ping * 3 {
                        return Err(End::Gone);
                    }
                    self.send(Message::Ping(Vec::new().into())).await?;
                }
            }
        }
    }

    /// Takes a message of the client.
    async fn take(&mut self, message: Message) -> Result<(), End> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Closing::INVALID.into()),
            Message::Close(_) => return Err(End::Gone),
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        if text.len() > self.site.settings.live.message {
            return Err(Closing::TOO_LARGE.into());
        }
        match ClientMessage::read(&text)? {
            ClientMessage::Init(_) if self.is_acknowledged => Err(Closing::SECOND_INIT.into()),
            ClientMessage::Init(payload) => self.acknowledge(payload).await,
            ClientMessage::Ping => self.say(&ServerMessage::Pong).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe(..) if !self.is_acknowledged => Err(Closing::UNAUTHORIZED.into()),
            ClientMessage::Subscribe(id, parts) => self.begin(id, *parts).await,
            ClientMessage::Complete(id) => {
                self.running.remove(&id);
                Ok(())
            }
        }
    }

    /// Accepts the caller, if the token and the store view are valid.
    async fn acknowledge(&mut self, payload: InitPayload) -> Result<(), End> {
        let caller = &mut self.caller;
        caller.store = payload.store.or(caller.store.take());
        if let Some(authorization) = payload.authorization {
            caller.bearer = bearer_in(&authorization);
        }
        let (store, bearer) = (caller.store.as_deref(), caller.bearer.as_deref());
        let viewer = self.site.app.viewer(store, bearer, &caller.origin);
        match timeout(self.site.api.deadline(), viewer).await {
            Ok(Ok(_)) => {}
            Ok(Err(ViewerError::InvalidToken | ViewerError::StoreNotFound)) => {
                return Err(Closing::FORBIDDEN.into());
            }
            Ok(Err(ViewerError::App(problem))) => {
                tracing::error!(%problem, "the caller of a WebSocket cannot be found");
                return Err(Closing::INTERNAL.into());
            }
            Err(_) => return Err(Closing::INTERNAL.into()),
        }
        self.is_acknowledged = true;
        self.say(&ServerMessage::Ack).await
    }

    /// Begins an operation.
    async fn begin(&mut self, id: String, parts: Parts) -> Result<(), End> {
        if self.running.contains_key(&id) {
            return Err(Closing::id_in_use(&id).into());
        }
        if let Some(answer) = self.site.api.turn_away(&self.caller.origin) {
            return self.say(&ServerMessage::Error(&id, &answer)).await;
        }
        let is_full = self.running.len() >= self.site.settings.live.operations;
        let place = self.places.place(self.caller.address).filter(|_| !is_full);
        let Some(place) = place else {
            let refused = ApiAnswer::too_many_operations();
            return self.say(&ServerMessage::Error(&id, &refused)).await;
        };
        let (steps, handle) = stream::abortable(steps(self.site.clone(), self.caller.clone(), parts));
        let of_id = id.clone();
        let steps = steps.map(move |step| (of_id.clone(), step));
        let running = Running {
            handle,
            _place: place,
        };
        self.running.insert(id, running);
        self.steps.push(Box::pin(steps));
        Ok(())
    }

    /// Hands a step of the operation `id` to the client.
    async fn hand_out(&mut self, id: &str, step: &Step) -> Result<(), End> {
        if !self.running.contains_key(id) {
            return Ok(());
        }
        match step {
            // The client connects again with another token.
            Step::Next(answer) if answer.is_unauthenticated() => Err(Closing::FORBIDDEN.into()),
            Step::Next(answer) if answer.outcome() == Outcome::Ran => {
                metrics::counter!(UPDATES, "transport" => "websocket").increment(1);
                self.say(&ServerMessage::Next(id, answer)).await
            }
            Step::Next(answer) => {
                self.running.remove(id);
                self.say(&ServerMessage::Error(id, answer)).await
            }
            Step::Complete => {
                self.running.remove(id);
                self.say(&ServerMessage::Complete(id)).await
            }
        }
    }

    async fn say(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
        let message = message.text().map_err(|problem| {
            tracing::error!(%problem, "an answer has no form in JSON");
            Closing::INTERNAL
        })?;
        self.send(message).await
    }

    /// Sends a message. A client that does not read for too long is cut off: a reason would not reach it.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let patience = self.site.settings.live.slow_reader;
        let sending = timeout(patience, self.socket.send(message));
        let sent = tokio::select! {
            biased;
            sent = sending => sent,
            () = self.stop.cancelled() => return Err(Closing::GOING_AWAY.into()),
        };
        if let Ok(sent) = sent {
            return sent.map_err(|_| End::Gone);
        }
        metrics::counter!(CUT, "transport" => "websocket").increment(1);
        tracing::info!("a client that did not read its WebSocket was cut off");
        Err(End::Gone)
    }
}

/// The steps of an operation of `caller`.
fn steps(site: Arc<Site>, caller: Caller, parts: Parts) -> Pin<Box<dyn Stream<Item = Step> + Send>> {
    let opening = async move {
        let deadline = site.api.deadline();
        let request = ApiRequest {
            method: HttpMethod::Post,
            query: parts.query,
            operation_name: parts.operation_name,
            variables: parts.variables,
            store: caller.store,
            idempotency_keys: Vec::new(),
            bearer: caller.bearer,
            origin: caller.origin,
            last_event_id: None,
        };
        let steps: Pin<Box<dyn Stream<Item = Step> + Send>> = match site.api.open(request, deadline).await {
            Opened::Answer(answer) => Box::pin(stream::iter([Step::Next(answer)])),
            Opened::Updates(updates) => {
                let updates = updates.stream;
                Box::pin(updates.map(|update| Step::Next(Box::new(update.answer))))
            }
        };
        steps
    };
    let steps = stream::once(opening).flatten();
    Box::pin(steps.chain(stream::iter([Step::Complete])))
}
