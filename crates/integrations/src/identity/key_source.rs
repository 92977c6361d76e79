//! The place where an identity service publishes its keys: a file or a web address.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

use super::IdentitySetupError;
use super::key::{TokenKey, published_keys};
use crate::tls::client_builder;

/// The longest time for reading the keys. A request waits for them.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The largest set of keys that is read, in bytes.
const LARGEST: usize = 256 * 1024;

/// The place where the keys are published.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A file.
    File(PathBuf),
    /// A web address.
    Web {
        /// The HTTP client for the address.
        client: Client,
        /// The address.
        url: Url,
    },
}

impl KeySource {
    /// Reads an `http://` or `https://` address, or the path of a file.
    pub fn parse(text: &str) -> Result<Self, IdentitySetupError> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let unknown = || IdentitySetupError::Address(text.to_owned());
        let url = Url::parse(text).map_err(|_| unknown())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(unknown());
        }
        let client = client_builder()
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .build()
            .map_err(|problem| IdentitySetupError::Client(problem.to_string()))?;
        Ok(Self::Web { client, url })
    }

    /// The keys as they are published now, or the reason why they cannot be read.
    pub(super) async fn read(&self) -> Result<Vec<TokenKey>, String> {
        let text = match self {
            Self::File(path) => tokio::fs::read(path)
                .await
                .map_err(|problem| format!("{}: {problem}", path.display()))?,
            Self::Web { client, url } => fetch(client, url)
                .await
                .map_err(|problem| format!("{}: {problem}", without_user(url)))?,
        };
        published_keys(&text).map_err(|problem| problem.to_string())
    }
}

/// The address without the user and the password that it may hold.
fn without_user(url: &Url) -> Url {
    let mut shown = url.clone();
    // Addresses that cannot have a user have none to hide.
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown
}

async fn fetch(client: &Client, url: &Url) -> Result<Vec<u8>, String> {
    let asked = client.get(url.clone()).send().await;
    let mut response = asked.map_err(|problem| problem.without_url().to_string())?;
    // A redirect could lead to another site, whose keys would then be trusted.
    if response.status() != StatusCode::OK {
        return Err(format!("the answer has the status {}", response.status()));
    }
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|problem| problem.to_string())? {
        text.extend_from_slice(&chunk);
        if text.len() > LARGEST {
            return Err(format!("more than {LARGEST} bytes"));
        }
    }
    Ok(text)
}
