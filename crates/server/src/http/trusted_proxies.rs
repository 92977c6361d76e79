//! Finds the network address of a caller. The header `X-Forwarded-For` counts only if a trusted proxy sent it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The name of the header in which a proxy passes on the address of its client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The networks of the proxies whose `X-Forwarded-For` is trusted. By default there are none.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    /// Whether the log has named an address that sends the header and is not trusted.
    has_warned: Arc<AtomicBool>,
}

impl TrustedProxies {
    /// The address of the caller: the last hop that is not a trusted proxy.
    ///
    /// The hops before it are ignored, because the caller may have invented them.
    pub(super) fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut caller = peer.to_canonical();
        if !self.contain(caller) && headers.contains_key(FORWARDED_FOR) {
            self.warn_once(caller);
            return caller;
        }
        let lines = headers.get_all(FORWARDED_FOR).iter();
        // A hop that is not text becomes an empty hop, so that the other hops on its line still count.
        let hops = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
        let hops: Vec<&str> = hops
            .map(|hop| std::str::from_utf8(hop).unwrap_or_default())
            .collect();
        for hop in hops.into_iter().rev() {
            if !self.contain(caller) {
                break;
            }
            match address(hop) {
                Some(before) => caller = before,
                None => break,
            }
        }
        caller
    }

    /// Says once that limits count everything behind `peer` as one caller, because it may be a proxy.
    fn warn_once(&self, peer: IpAddr) {
        if !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "X-Forwarded-For comes from an address that is not a trusted proxy, so all its clients count as one \
                 caller: if it is your proxy, name it in --trusted-proxies (TRUSTED_PROXIES)"
            );
        }
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }
}

impl From<Vec<IpNet>> for TrustedProxies {
    fn from(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            has_warned: Arc::default(),
        }
    }
}

/// The address of a hop. Some proxies write it with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let with_port = || hop.parse::<std::net::SocketAddr>().map(|it| it.ip());
    let bracketed = hop.trim_start_matches('[').trim_end_matches(']');
    let parsed = bracketed.parse::<IpAddr>().or_else(|_| with_port());
    parsed.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn caller(proxies: &[&str], peer: &str, lines: &[&'static str]) -> String {
        let networks: Vec<IpNet> = proxies.iter().map(|it| it.parse().expect("a network")).collect();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let peer = peer.parse().expect("an address");
        TrustedProxies::from(networks).caller(peer, &headers).to_string()
    }

    #[test]
    fn no_address_is_trusted_by_default() {
        assert_eq!(caller(&[], "192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(
            caller(&["10.0.0.0/8"], "192.0.2.7", &["198.51.100.1"]),
            "192.0.2.7"
        );
    }

    #[test]
    fn the_last_hop_that_is_no_proxy_is_the_caller() {
        let proxies = ["10.0.0.0/8", "2001:db8::/32"];
        assert_eq!(caller(&proxies, "10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        // The first address is one that the caller wrote itself.
        assert_eq!(
            caller(&proxies, "10.0.0.1", &["127.0.0.1, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(
            caller(&proxies, "::ffff:10.0.0.1", &["1.2.3.4", "198.51.100.1:4711"]),
            "198.51.100.1"
        );
        assert_eq!(
            caller(&proxies, "2001:db8::1", &["[2001:470::7]:443"]),
            "2001:470::7"
        );
        assert_eq!(caller(&proxies, "10.0.0.1", &["10.0.0.3"]), "10.0.0.3");
    }

    #[test]
    fn what_is_no_address_ends_the_way_back() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(caller(&proxies, "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(
            caller(&proxies, "10.0.0.1", &["198.51.100.1, unknown"]),
            "10.0.0.1"
        );
        assert_eq!(
            caller(&proxies, "10.0.0.1", &["198.51.100.1, stranger, 10.0.0.9"]),
            "10.0.0.9"
        );
    }
}
