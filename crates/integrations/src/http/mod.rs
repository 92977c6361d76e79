//! Sends requests to other servers and reads their answers, within limits of time and size.

mod pause;

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;

pub(crate) use pause::pause_end;

use crate::tls::client_builder;

/// The longest key to an account at another server, in bytes.
pub(crate) const LONGEST_KEY: usize = 4096;
/// The largest number of characters that are kept of a server's message.
const LONGEST_MESSAGE: usize = 250;

/// An answer of another server.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Vec<u8>,
}

/// Why there is no answer.
pub(crate) enum NoAnswer {
    /// No connection stood, so the request was not sent.
    NotSent(String),
    /// The request may have arrived.
    Lost(String),
    /// The request arrived, and its answer is too large.
    Unreadable(String),
}

/// An HTTP client that waits at most `timeout` for an answer and at most `connect_timeout` for a connection. It follows
/// no redirect: a key must not travel to another site.
///
/// `connect_timeout` is shorter than `timeout`: when it passes, it is known that the request was not sent.
pub(crate) fn client(timeout: Duration, connect_timeout: Duration) -> Result<Client, reqwest::Error> {
    client_builder()
        .timeout(timeout)
        .connect_timeout(connect_timeout)
        .redirect(Policy::none())
        .build()
}

/// Sends the request and reads an answer of at most `largest` bytes.
pub(crate) async fn send(request: RequestBuilder, largest: usize) -> Result<Answer, NoAnswer> {
    let mut response = request.send().await.map_err(no_answer)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > largest {
            let why = format!("the answer has more than {largest} bytes");
            return Err(NoAnswer::Unreadable(why));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

impl Answer {
    /// The same answer with its body changed.
    pub(crate) fn with_body(self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        Self {
            body: change(self.body),
            ..self
        }
    }

    /// The answer as a value.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, String> {
        serde_json::from_slice(&self.body).map_err(|problem| cut(&problem.to_string(), LONGEST_MESSAGE))
    }

    /// The text of a header; none when there is no such header, or when its value is no text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The pause that the server asks for, as it says it.
    pub(crate) fn retry_after(&self) -> Option<&str> {
        self.header(RETRY_AFTER.as_str())
    }
}

/// The base address of a server; none when it is no http(s) address, or has a user, a query or a fragment.
pub(crate) fn base_address(address: &str) -> Option<Url> {
    let base = Url::parse(address).ok()?;
    let is_plain = matches!(base.scheme(), "http" | "https")
        && base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    is_plain.then_some(base)
}

/// The address of `/v1/PARTS` below `base`; none when a part would lead to another place.
pub(crate) fn address_below(base: &Url, parts: &[&str]) -> Option<Url> {
    address_at(base, &[&["v1"], parts].concat())
}

/// The address of `/PARTS` below `base`; none when a part would lead to another place.
pub(crate) fn address_at(base: &Url, parts: &[&str]) -> Option<Url> {
    if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
        return None;
    }
    let mut address = base.clone();
    address.path_segments_mut().ok()?.pop_if_empty().extend(parts);
    Some(address)
}

/// The header `Authorization` that carries the key to an account; none when no header can carry it, or when it is empty
/// or too long.
pub(crate) fn bearer(key: &str) -> Option<HeaderValue> {
    key_header("Bearer ", key)
}

/// The value of a header that is `before` and the key to an account; none when no header can carry it, or when the key
/// is empty or too long.
pub(crate) fn key_header(before: &str, key: &str) -> Option<HeaderValue> {
    let is_fit = (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let mut header = HeaderValue::from_str(&format!("{before}{key}"))
        .ok()
        .filter(|_| is_fit)?;
    header.set_sensitive(true);
    Some(header)
}

/// The first characters of a server's text, without control characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    text.chars().filter(|it| !it.is_control()).take(longest).collect()
}

fn no_answer(problem: reqwest::Error) -> NoAnswer {
    let was_sent = !problem.is_connect() && !problem.is_builder();
    let text = if problem.is_timeout() {
        "no answer in time".to_owned()
    } else {
        problem.without_url().to_string()
    };
    if was_sent {
        NoAnswer::Lost(text)
    } else {
        NoAnswer::NotSent(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_credentials_or_of_another_kind_is_refused() {
        assert!(base_address("https://pay.example/shop/").is_some());
        for address in [
            "ftp://pay.example",
            "https://user@pay.example",
            "https://user:word@pay.example",
            "https://pay.example/?key=1",
            "https://pay.example/#part",
            "pay.example",
        ] {
            assert!(base_address(address).is_none(), "{address}");
        }
    }

    #[test]
    fn no_part_of_an_address_leads_to_another_place() {
        let base = base_address("https://pay.example/shop/").expect("an address");
        let found = address_below(&base, &["payments", "a/b?c"]).expect("an address");
        assert_eq!(found.as_str(), "https://pay.example/shop/v1/payments/a%2Fb%3Fc");
        let found = address_at(&base, &["refunds"]).expect("an address");
        assert_eq!(found.as_str(), "https://pay.example/shop/refunds");
        for part in ["", ".", ".."] {
            assert_eq!(address_below(&base, &["payments", part]), None, "{part}");
        }
    }
}
