//! Sends webhooks over HTTP, to no address inside the network of the shop.

mod networks;
mod resolver;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use countermand_app::Clock;
use countermand_app::ports::{WebhookAnswer, WebhookMessage, WebhookSender};
use ipnet::IpNet;
use reqwest::header::RETRY_AFTER;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use url::Host;

use self::networks::Networks;
use self::resolver::{GuardedResolver, Names, SystemNames};
use crate::tls::client_builder;

/// The longest time until a connection stands.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest time for an answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The bytes of an answer that are kept.
const KEPT_OF_ANSWER: usize = 1024;
/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 1024;
/// How a sender names itself.
const USER_AGENT: &str = concat!("countermand/", env!("CARGO_PKG_VERSION"));

/// Sends webhooks. `https` reaches public addresses and the allowed networks, `http` only the allowed networks.
///
/// A name is looked up for each connection, and the connection is made to an address that passed: no second look-up
/// can lead elsewhere. Redirects are not followed, and proxies of the environment are not used.
pub struct HttpWebhookSender {
    secured: Client,
    plain: Client,
    networks: Networks,
    clock: Arc<dyn Clock>,
}

impl HttpWebhookSender {
    /// A sender that may also reach the private networks in `allowed`.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub fn new(allowed: Vec<IpNet>, clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        Self::with_names(SystemNames, allowed, clock)
    }

    /// A sender that looks names up in `names`.
    fn with_names(
        names: impl Names,
        allowed: Vec<IpNet>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let (names, networks) = (Arc::new(names), Networks::allowing(allowed));
        let client = |only_allowed| {
            let resolver = GuardedResolver {
                names: Arc::clone(&names),
                networks: networks.clone(),
                only_allowed,
            };
            client_builder()
                .timeout(TIMEOUT)
                .connect_timeout(CONNECT_TIMEOUT)
                .redirect(Policy::none())
                .no_proxy()
                .user_agent(USER_AGENT)
                .dns_resolver(Arc::new(resolver))
                .build()
        };
        Ok(Self {
            secured: client(false)?,
            plain: client(true)?,
            clock,
            networks,
        })
    }

    /// The address as it is called, with the client that may reach it; an error in words when it must not be called.
    fn target(&self, address: &str) -> Result<(Url, &Client), String> {
        let refused = || {
            format!(
                "the address is an https address of at most {LONGEST_ADDRESS} bytes without a user and a fragment"
            )
        };
        let url = Url::parse(address).map_err(|_| refused())?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(refused()),
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        if address.len() > LONGEST_ADDRESS || has_user || url.fragment().is_some() {
            return Err(refused());
        }
        if is_plain && !self.networks.allow_any() {
            return Err("http is only for networks that WEBHOOK_NETWORKS allows: use https".to_owned());
        }
        // A name goes through the resolver; an address in the text does not.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) => None,
            None => return Err(refused()),
        };
        if let Some(literal) = literal
            && !self.networks.may_reach(literal, is_plain)
        {
            return Err(format!("{literal} is in a network that webhooks must not reach"));
        }
        Ok((url, if is_plain { &self.plain } else { &self.secured }))
    }

    async fn answer(&self, mut response: Response) -> WebhookAnswer {
        let asked = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|it| it.to_str().ok());
        let retry_after = asked.and_then(|text| self.wait(text.trim()));
        let mut body = Vec::new();
        // The status is the answer. A body that breaks off, or takes too long, ends here and changes nothing.
        while body.len() < KEPT_OF_ANSWER
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(KEPT_OF_ANSWER);
        WebhookAnswer {
            status: response.status().as_u16(),
            retry_after,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// The wait that `Retry-After` asks for, in seconds or as a date.
    fn wait(&self, asked: &str) -> Option<Duration> {
        if let Ok(seconds) = asked.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = DateTime::parse_from_rfc2822(asked).ok()?;
        (until.to_utc() - self.clock.now()).to_std().ok()
    }
}

#[async_trait]
impl WebhookSender for HttpWebhookSender {
    fn check(&self, address: &str) -> Result<(), String> {
        self.target(address).map(drop)
    }

    async fn send(&self, message: WebhookMessage) -> Result<WebhookAnswer, String> {
        let (url, client) = self.target(&message.address)?;
        let mut request = client.post(url).body(message.body);
        for (name, value) in message.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(words)?;
        Ok(self.answer(response).await)
    }
}

/// Why there is no answer, down to the first cause, without the address.
fn words(problem: reqwest::Error) -> String {
    if problem.is_timeout() {
        return "no answer in time".to_owned();
    }
    let problem = problem.without_url();
    let mut cause: &dyn std::error::Error = &problem;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
