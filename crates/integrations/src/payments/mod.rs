//! Payment providers: each adapter tells what its provider said, and decides nothing.

mod http;

use std::sync::Arc;
use std::time::Duration;

use countermand_app::Clock;
use countermand_app::ports::{PaymentProvider, PaymentProviders};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use self::http::HttpProvider;

/// The code of the adapter for our own protocol (`docs/payment-protocol.md`).
const HTTP: &str = "http";
/// The longest time until a connection stands. It is shorter than the time for an answer: when it passes, it is known
/// that the request was not sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest time for an answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest key to an account, in bytes.
const LONGEST_SECRET: usize = 4096;

/// Every adapter for payment providers. All share one HTTP client, which follows no redirect: a key must not travel to
/// another site.
#[derive(Clone)]
pub struct ProviderAdapters {
    client: Client,
    clock: Arc<dyn Clock>,
}

impl ProviderAdapters {
    /// The adapters; `clock` tells them until when a provider asks to wait.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(Policy::none())
            .build()?;
        Ok(Self { client, clock })
    }
}

impl PaymentProviders for ProviderAdapters {
    fn adapters(&self) -> &'static [&'static str] {
        &[HTTP]
    }

    fn open(&self, adapter: &str, address: &str, secret: &str) -> Result<Box<dyn PaymentProvider>, String> {
        let base = base_address(address)?;
        if !(1..=LONGEST_SECRET).contains(&secret.len()) || !secret.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(format!(
                "the key has 1 to {LONGEST_SECRET} printable ASCII characters without spaces"
            ));
        }
        match adapter {
            HTTP => Ok(Box::new(HttpProvider::new(
                self.client.clone(),
                self.clock.clone(),
                base,
                secret,
            )?)),
            other => Err(format!("this version has no adapter {other}")),
        }
    }
}

/// The base address of a provider.
fn base_address(address: &str) -> Result<Url, String> {
    let refused = || {
        "the address is an http(s) address of at most 255 characters without a user, a query and a fragment"
            .to_owned()
    };
    let base = Url::parse(address).map_err(|_| refused())?;
    let is_plain = address.len() <= 255
        && matches!(base.scheme(), "http" | "https")
        && base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    is_plain.then_some(base).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_credentials_or_of_another_kind_is_refused() {
        assert!(base_address("https://pay.example/shop/").is_ok());
        for address in [
            "ftp://pay.example",
            "https://user@pay.example",
            "https://user:word@pay.example",
            "https://pay.example/?key=1",
            "https://pay.example/#part",
            "pay.example",
        ] {
            assert!(base_address(address).is_err(), "{address}");
        }
    }
}
