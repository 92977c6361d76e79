//! A client of server-sent events that reads one event after the other.

use reqwest::Response;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::shop::TestShop;
use crate::time_limit::LONGEST_WAIT;

/// An open stream of events.
#[derive(Debug)]
pub struct EventStream {
    response: Response,
    rest: String,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The name: `next` or `complete`.
    pub name: String,
    /// The id; none where the event has none.
    pub id: Option<String>,
    /// The data as JSON; null where there are none.
    pub data: Value,
}

impl TestShop {
    /// Subscribes with `query` as the caller with this token, or as a guest, with further headers.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn subscribe(
        &self,
        query: &str,
        variables: Value,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Response {
        let url = format!("{}/graphql", self.address());
        let mut request = self.client().post(url).header("accept", "text/event-stream");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = json!({ "query": query, "variables": variables });
        request.json(&body).send().await.expect("an answer")
    }

    /// The events of a subscription.
    ///
    /// # Panics
    /// When the answer is no stream of events.
    pub async fn events(&self, query: &str, variables: Value, token: Option<&str>) -> EventStream {
        EventStream::of(self.subscribe(query, variables, token, &[]).await)
    }
}

impl EventStream {
    /// The events of `response`.
    ///
    /// # Panics
    /// When it is no stream of events.
    #[must_use]
    pub fn of(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        for (name, value) in [
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
        ] {
            assert_eq!(response.headers()[name], value, "{name}");
        }
        Self {
            response,
            rest: String::new(),
        }
    }

    /// The next event, comments aside; none at the end of the stream.
    ///
    /// # Panics
    /// When no event arrives for two minutes.
    pub async fn next(&mut self) -> Option<Event> {
        timeout(LONGEST_WAIT, self.read())
            .await
            .expect("an event in time")
    }

    /// The next update.
    ///
    /// # Panics
    /// When the stream ends instead.
    pub async fn update(&mut self) -> Event {
        let event = self.next().await.expect("an update");
        assert_eq!(event.name, "next", "{event:?}");
        event
    }

    /// The code of the error that the next update brings, after which the stream is complete.
    ///
    /// # Panics
    /// When the next update is no error, or more follows.
    pub async fn ends_with(&mut self) -> String {
        let last = self.update().await;
        let code = last.data["errors"][0]["extensions"]["code"].as_str();
        let code = code.unwrap_or_else(|| panic!("no error: {last:?}")).to_owned();
        let complete = self.next().await.expect("an end");
        assert_eq!(
            (complete.name.as_str(), &complete.data),
            ("complete", &Value::Null)
        );
        assert_eq!(self.next().await, None);
        code
    }

    /// The id that comes next without an event: a client that is cut off then goes on with it.
    ///
    /// # Panics
    /// When an event comes before, when the stream ends, or when nothing arrives for two minutes.
    pub async fn id_alone(&mut self) -> String {
        let id = async {
            loop {
                let block = self.block().await.expect("an id before the end");
                assert!(is_comment(&block), "an event instead of an id: {block}");
                if let Some(id) = field(&block, "id") {
                    return id;
                }
            }
        };
        timeout(LONGEST_WAIT, id).await.expect("an id in time")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            if !is_comment(&block) {
                return Some(event(&block));
            }
        }
    }

    /// The next lines up to an empty one; none at the end of the stream.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.rest = rest;
                return Some(block);
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.rest += std::str::from_utf8(&chunk).expect("text");
        }
    }
}

/// Whether `block` is a comment, which may have an id, and no event.
fn is_comment(block: &str) -> bool {
    block.starts_with(':')
}

fn event(block: &str) -> Event {
    let data = field(block, "data").expect("browsers drop an event without data");
    Event {
        name: field(block, "event").expect("a name"),
        id: field(block, "id"),
        data: serde_json::from_str(&data).unwrap_or_default(),
    }
}

/// The value of the field `name` of `block`.
fn field(block: &str, name: &str) -> Option<String> {
    let mut lines = block.lines();
    lines.find_map(|line| {
        let value = line.strip_prefix(name)?.strip_prefix(':')?;
        Some(value.trim_start().to_owned())
    })
}
