//! The names by which the demo is reached. A page of another site could point a name of its own to this machine and
//! read the demo's answers (DNS rebinding); its requests hold that name in the header `Host`.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The hosts that requests may name: loopback names and addresses, the address on which the server listens, and the
/// host by which the operator chose this address.
#[derive(Debug, Clone)]
pub struct LocalHosts {
    listen: IpAddr,
    /// In small letters, without a dot at the end.
    chosen: String,
}

impl LocalHosts {
    /// The hosts of a server that listens on `address`, which the operator named `chosen`: a name or an address.
    #[must_use]
    pub fn of(address: SocketAddr, chosen: &str) -> Self {
        Self {
            listen: address.ip().to_canonical(),
            chosen: comparable(chosen),
        }
    }

    /// Whether a request may name `host`, with or without a port.
    fn include(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else {
            return false;
        };
        let name = comparable(authority.host());
        if host.contains('@') {
            return false;
        }
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        match bare.parse::<IpAddr>().map(|address| address.to_canonical()) {
            // A server on every address is reached by any address of the machine; only a name can be pointed elsewhere.
            Ok(address) => address.is_loopback() || self.listen.is_unspecified() || address == self.listen,
            Err(_) => name == "localhost" || name.ends_with(".localhost") || name == self.chosen,
        }
    }
}

/// A name as it is compared: letter case does not matter, nor does the dot of a complete name.
fn comparable(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Refuses a request that names a host which is not among `hosts`.
pub(super) async fn check(State(hosts): State<LocalHosts>, request: Request, next: Next) -> Response {
    let named = request.uri().authority().map(Authority::as_str);
    let named = named.or_else(|| request.headers().get(HOST)?.to_str().ok());
    if named.is_some_and(|host| hosts.include(host)) {
        return next.run(request).await;
    }
    let message = "The demo answers only requests to localhost, or to the host of --listen.\n";
    (StatusCode::MISDIRECTED_REQUEST, message).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn included(listen: &str, hosts: &[&str]) -> Vec<bool> {
        let address: SocketAddr = listen.parse().expect("an address");
        let hosts_of = LocalHosts::of(address, &address.ip().to_string());
        hosts.iter().map(|host| hosts_of.include(host)).collect()
    }

    #[test]
    fn loopback_and_the_listen_address_are_local() {
        let local = [
            "localhost",
            "LOCALHOST:8080",
            "localhost.:1",
            "shop.localhost",
            "127.0.0.1:8080",
            "127.9.9.9",
            "[::1]:8080",
            "192.0.2.7:8080",
        ];
        assert_eq!(included("192.0.2.7:8080", &local), [true; 8]);
        let other = [
            "shop.example",
            "localhost.example",
            "127.0.0.1.example",
            "198.51.100.1",
            "[2001:db8::1]",
            "localhost@shop.example",
            "",
            "a b",
        ];
        assert_eq!(included("192.0.2.7:8080", &other), [false; 8]);
    }

    #[test]
    fn a_server_on_every_address_is_reached_by_each_address_and_by_no_other_name() {
        let hosts = ["198.51.100.1:8080", "[2001:db8::1]", "shop.example"];
        assert_eq!(included("0.0.0.0:8080", &hosts), [true, true, false]);
        assert_eq!(included("[::]:8080", &hosts), [true, true, false]);
    }
    #[test]
    fn the_name_to_listen_on_is_local() {
        let hosts = LocalHosts::of("192.0.2.7:8080".parse().expect("an address"), "Shop.Internal");
        for own in ["shop.internal", "SHOP.internal.:8080", "192.0.2.7", "localhost"] {
            assert!(hosts.include(own), "{own}");
        }
        for other in [
            "www.shop.internal",
            "shop.internal.example",
            "internal",
            "a@shop.internal",
        ] {
            assert!(!hosts.include(other), "{other}");
        }
    }
}
