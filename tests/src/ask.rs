//! A GraphQL request that a test sends to a server.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use crate::answer::Answer;

/// A request that is being built.
#[derive(Debug, Clone)]
pub struct Ask {
    client: Client,
    url: String,
    query: String,
    operation_name: Option<String>,
    variables: Value,
    headers: Vec<(String, String)>,
    by_get: bool,
}

impl Ask {
    /// A request to the server at `address`, for example `http://127.0.0.1:8080`.
    #[must_use]
    pub fn new(client: &Client, address: &str, query: &str) -> Self {
        Self {
            client: client.clone(),
            url: format!("{address}/graphql"),
            query: query.into(),
            operation_name: None,
            variables: json!({}),
            headers: Vec::new(),
            by_get: false,
        }
    }

    /// Adds variables, a JSON object.
    #[must_use]
    pub fn variables(mut self, variables: Value) -> Self {
        self.variables = variables;
        self
    }

    /// Adds the name of the operation that is to run.
    #[must_use]
    pub fn operation_name(mut self, name: &str) -> Self {
        self.operation_name = Some(name.into());
        self
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    /// Adds the `Store` header of a store view.
    #[must_use]
    pub fn store(self, code: &str) -> Self {
        self.header("Store", code)
    }

    /// Adds a header, and replaces a header of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sends by GET, with everything in the URL.
    #[must_use]
    pub fn by_get(mut self) -> Self {
        self.by_get = true;
        self
    }

    /// Sends by POST, with everything in the body.
    #[must_use]
    pub fn by_post(mut self) -> Self {
        self.by_get = false;
        self
    }

    /// Sends the request.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }

    /// Sends the request to a server that may be killed before it answers.
    ///
    /// # Errors
    /// When the server cannot be reached, or stops before it answered.
    ///
    /// # Panics
    /// When the answer is not JSON.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let name = self.operation_name.map(|name| ("operationName", name));
        let mut request = if self.by_get {
            let variables = self.variables.to_string();
            self.client
                .get(&self.url)
                .query(&[("query", &self.query), ("variables", &variables)])
                .query(name.as_slice())
        } else {
            self.client.post(&self.url)
        };
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if !self.by_get {
            let mut body = json!({ "query": self.query, "variables": self.variables });
            if let Some((name, value)) = name {
                body[name] = json!(value);
            }
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        Ok(Answer {
            status,
            headers,
            body,
            text,
        })
    }
}

/// An HTTP client with a timeout of five minutes, which is also how long a stream of events may last.
///
/// # Panics
/// When the system gives no random numbers.
#[must_use]
pub fn client() -> Client {
    countermand_integrations::tls::install();
    let client = countermand_integrations::tls::client_builder().timeout(Duration::from_secs(300));
    client.build().expect("a client")
}
