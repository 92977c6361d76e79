//! Publishes events to a stream of NATS JetStream.
//!
//! JetStream is a protocol of requests over NATS: a message to a subject of a stream is answered once it is stored, and a
//! request to `$JS.API` makes a stream. The client's own module for it is not used: it holds consumers and stores of
//! objects, and its library for retries brings the test clock of `tokio` into the program.

mod address;
mod answer;
mod rest;

use std::time::Duration;

use async_nats::client::{RequestError, RequestErrorKind};
use async_nats::connection::State;
use async_nats::{Client, ConnectOptions, Event, HeaderMap, HeaderValue, Request};
use async_trait::async_trait;
use countermand_app::ports::{EventStream, StreamMessage, StreamPlace};
use serde_json::{Value, json};
use tokio::sync::Mutex;

pub use self::address::NatsAddressError;
use self::address::{Address, Login};
use self::answer::Answer;
use self::rest::Rest;

/// The longest time until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest time for an acknowledgement.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The time during which a stream that this program makes drops a message with an id that it has. A worker that dies
/// between an acknowledgement and its mark is replaced after two minutes.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(2 * 60 * 60);
/// How long a stream that this program makes keeps its messages.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The longest prefix of subjects, in bytes.
const LONGEST_PREFIX: usize = 64;
/// The code of JetStream for a stream that has the name already.
const NAME_IN_USE: u32 = 10_058;
/// The code of JetStream for a stream whose subjects another stream has.
const SUBJECTS_IN_USE: u32 = 10_065;

/// A connection to NATS, which is made in the background and made again whenever it is lost.
#[derive(Debug)]
pub struct NatsStream {
    client: Client,
    prefix: String,
    /// Whether a stream was found or made. The lock is held meanwhile, so that one request does it for all.
    has_stream: Mutex<bool>,
    rest: Rest,
}

/// Why a request was not answered.
enum Unanswered {
    /// Nothing takes the subject: NATS answers with 503.
    Unheard,
    /// No answer came in time.
    TimedOut,
    /// Something else, in words.
    Other(String),
}

impl NatsStream {
    /// Begins to connect to `address`: one or more URLs, separated by commas, such as
    /// `nats://USER:PASSWORD@HOST:4222`, `nats://TOKEN@HOST` or `tls://HOST`. Subjects begin with `prefix`.
    pub async fn connect(address: &str, prefix: &str) -> Result<Self, NatsAddressError> {
        let Address { servers, login } = Address::read(address)?;
        let mut options = ConnectOptions::new()
            .name("countermand")
            .connection_timeout(CONNECT_TIMEOUT)
            .request_timeout(Some(TIMEOUT))
            .retry_on_initial_connect()
            .event_callback(|event| async move { log(&event) });
        options = match login {
            None => options,
            Some(Login::Token(token)) => options.token(token),
            Some(Login::Password { user, password }) => options.user_and_password(user, password),
        };
        let client = options
            .connect(servers)
            .await
            .map_err(|problem| NatsAddressError(problem.to_string()))?;
        Ok(Self {
            client,
            prefix: prefix.to_owned(),
            has_stream: Mutex::new(false),
            rest: Rest::default(),
        })
    }

    /// Finds a stream for the subjects of this program, or makes one.
    async fn prepare(&self) -> Result<(), String> {
        let mut has_stream = self.has_stream.lock().await;
        if *has_stream {
            return Ok(());
        }
        let subjects = format!("{}.>", self.prefix);
        match self.ask("STREAM.NAMES", &json!({ "subject": subjects })).await {
            Ok(answer) if answer.has_streams() => {}
            Ok(_) => self.make_stream(&subjects).await?,
            // A user that may publish may lack the right to ask for streams. NATS does not answer such a request.
            Err(Unanswered::TimedOut) => {
                tracing::warn!(%subjects, "NATS does not say whether a stream takes the events");
            }
            Err(Unanswered::Unheard) => {
                return Err(
                    "JetStream does not answer (503): it is not enabled at the server or for the user".into(),
                );
            }
            Err(Unanswered::Other(problem)) => return Err(problem),
        }
        *has_stream = true;
        Ok(())
    }

    async fn make_stream(&self, subjects: &str) -> Result<(), String> {
        let name = self.prefix.replace('.', "_");
        let config = json!({
            "name": name,
            "description": "Events of orders, published by Countermand",
            "subjects": [subjects],
            "retention": "limits",
            "storage": "file",
            "discard": "old",
            "max_age": nanoseconds(KEPT),
            "duplicate_window": nanoseconds(DUPLICATE_WINDOW),
            "max_consumers": -1,
            "max_msgs": -1,
            "max_bytes": -1,
            "num_replicas": 1,
        });
        let answer = self.ask(&format!("STREAM.CREATE.{name}"), &config).await;
        let answer = answer.map_err(|unanswered| unanswered.words("the request to make a stream"))?;
        match answer.error {
            None => {
                tracing::info!(stream = %name, subjects, "a stream of NATS was made");
                Ok(())
            }
            // Another server made it at the same time.
            Some(error) if [NAME_IN_USE, SUBJECTS_IN_USE].contains(&error.err_code) => Ok(()),
            Some(error) => Err(format!("NATS makes no stream {name}: {error}")),
        }
    }

    /// Asks JetStream itself.
    async fn ask(&self, operation: &str, content: &Value) -> Result<Answer, Unanswered> {
        let request = Request::new().payload(content.to_string().into());
        self.send(format!("$JS.API.{operation}"), request).await
    }

    async fn send(&self, subject: String, request: Request) -> Result<Answer, Unanswered> {
        let answer = self.client.send_request(subject, request).await?;
        serde_json::from_slice(&answer.payload)
            .map_err(|problem| Unanswered::Other(format!("NATS gives an answer that is no JSON: {problem}")))
    }
}

#[async_trait]
impl EventStream for NatsStream {
    fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    fn is_ready(&self) -> bool {
        self.is_connected() && self.rest.is_over()
    }

    async fn publish(&self, message: StreamMessage) -> Result<StreamPlace, String> {
        let published = self.store(message).await;
        self.rest.note(published.is_ok());
        published
    }
}

impl NatsStream {
    /// Sends `message` and waits for the acknowledgement.
    async fn store(&self, message: StreamMessage) -> Result<StreamPlace, String> {
        self.prepare().await?;
        let subject = format!("{}.{}.{}", self.prefix, message.store, message.kind);
        let header = |text: &str| text.parse::<HeaderValue>().map_err(|problem| problem.to_string());
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", header(&message.id)?);
        headers.insert("Content-Type", header(message.content_type)?);
        let request = Request::new().headers(headers).payload(message.body.into());
        let answer = match self.send(subject.clone(), request).await {
            Ok(answer) => answer,
            Err(unanswered) => {
                if matches!(unanswered, Unanswered::Unheard) {
                    // The stream may have been deleted. The next attempt looks for it anew.
                    *self.has_stream.lock().await = false;
                }
                return Err(unanswered.words(&format!("a message to {subject}")));
            }
        };
        match (answer.error, answer.stream) {
            (Some(error), _) => Err(format!(
                "the stream does not store a message to {subject}: {error}"
            )),
            (None, Some(stream)) => Ok(StreamPlace {
                stream,
                sequence: answer.seq,
                is_duplicate: answer.duplicate,
            }),
            (None, None) => Err(format!(
                "the answer to a message to {subject} is no acknowledgement of a stream"
            )),
        }
    }
}

impl Unanswered {
    /// The problem with `what` in words.
    fn words(self, what: &str) -> String {
        match self {
            Self::Unheard => format!("no stream takes {what} (503)"),
            Self::TimedOut => format!("{what} was not acknowledged within {} seconds", TIMEOUT.as_secs()),
            Self::Other(problem) => format!("{what}: {problem}"),
        }
    }
}

impl From<RequestError> for Unanswered {
    fn from(problem: RequestError) -> Self {
        match problem.kind() {
            RequestErrorKind::NoResponders => Self::Unheard,
            RequestErrorKind::TimedOut => Self::TimedOut,
            RequestErrorKind::InvalidSubject
            | RequestErrorKind::MaxPayloadExceeded
            | RequestErrorKind::Other => Self::Other(problem.to_string()),
        }
    }
}

/// Checks the prefix of subjects: words of letters, digits, `-` and `_`, with dots between them.
pub fn subject_prefix(text: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
        !word.is_empty() && word.chars().all(plain)
    };
    if text.len() <= LONGEST_PREFIX && text.split('.').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "must be words of letters, digits, `-` and `_` with dots between them, {LONGEST_PREFIX} bytes at most"
        ))
    }
}

/// Logs what happened to the connection. It is made again as often as it takes, so each failed attempt is a detail.
fn log(event: &Event) {
    match event {
        Event::Connected => tracing::info!("NATS is connected"),
        Event::Disconnected => tracing::warn!("NATS is not connected any more: events wait"),
        Event::ServerError(problem) => tracing::warn!(%problem, "NATS refuses something"),
        other => tracing::debug!(%other, "NATS"),
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_words_with_dots_between_them() {
        for good in ["countermand", "shop.orders", "a-b_c.1"] {
            assert_eq!(subject_prefix(good).as_deref(), Ok(good));
        }
        for bad in ["", ".", "a.", "a..b", "a b", "a.*", "a.>", "$JS", &"a".repeat(65)] {
            assert!(subject_prefix(bad).is_err(), "{bad}");
        }
    }
}
