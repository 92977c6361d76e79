//! The address on which the server listens: a name or a number, and a port.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use anyhow::Context;
use tokio::net::{TcpListener, lookup_host};

/// An address such as `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListenAddress {
    host: String,
    port: u16,
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let advice = "use HOST:PORT, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080";
        let (host, port) = text.rsplit_once(':').ok_or(advice)?;
        let number = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        let host = number.unwrap_or(host);
        let is_name = number.is_some() || !host.contains(':');
        let port = port.parse().map_err(|_| advice)?;
        if host.is_empty() || !is_name {
            return Err(advice.into());
        }
        Ok(Self {
            host: host.into(),
            port,
        })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(out, "[{}]:{}", self.host, self.port)
        } else {
            write!(out, "{}:{}", self.host, self.port)
        }
    }
}

impl ListenAddress {
    /// The host: a name, or a number without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Listens on the first address of the name that is free. IPv4 comes first, because `localhost` is often both, and
    /// the addresses in this program's own texts are IPv4. `flag` names the flag and the variable in an error.
    pub(crate) async fn bind(&self, flag: &str) -> anyhow::Result<TcpListener> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let found = found
            .with_context(|| format!("cannot find the address of {self}: choose another with {flag}"))?;
        let mut addresses: Vec<SocketAddr> = found.collect();
        addresses.sort_by_key(SocketAddr::is_ipv6);
        TcpListener::bind(addresses.as_slice()).await.with_context(|| {
            format!(
                "cannot listen on {self}: is another program using the port? Choose another port with {flag}"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_addresses() {
        for text in ["127.0.0.1:8080", "[::1]:0", "localhost:8080", "shop.example:80"] {
            let address: ListenAddress = text.parse().expect(text);
            assert_eq!(address.to_string(), text);
        }
        for text in [
            "",
            "8080",
            ":8080",
            "localhost",
            "localhost:http",
            "::1:8080",
            "localhost:70000",
        ] {
            let refused = text.parse::<ListenAddress>();
            assert!(refused.is_err_and(|it| it.contains("localhost:8080")), "{text}");
        }
    }
}
