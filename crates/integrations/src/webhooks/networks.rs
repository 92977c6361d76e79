//! Which addresses webhooks may reach: those of the public internet, and the networks that the operator allows.
//!
//! An address of an endpoint is what a person typed. Without this rule it could name a machine that only the shop can
//! reach, such as a cloud's metadata service, and read its answer in the log.

use std::net::IpAddr;
use std::sync::{Arc, LazyLock};

use ipnet::IpNet;

/// The networks of IPv4 that are not public: private ones, those of the machine and of its neighbors, those for
/// documentation and tests, and those of many receivers.
const NOT_PUBLIC_V4: [&str; 15] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
/// The public part of IPv6.
const PUBLIC_V6: &str = "2000::/3";
/// The networks in the public part of IPv6 that carry an address of IPv4 or are for documentation.
const NOT_PUBLIC_V6: [&str; 5] = [
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
];

static CLOSED_V4: LazyLock<Vec<IpNet>> = LazyLock::new(|| networks(&NOT_PUBLIC_V4));
static CLOSED_V6: LazyLock<Vec<IpNet>> = LazyLock::new(|| networks(&NOT_PUBLIC_V6));
static OPEN_V6: LazyLock<Vec<IpNet>> = LazyLock::new(|| networks(&[PUBLIC_V6]));

/// The networks that webhooks may reach.
#[derive(Debug, Clone)]
pub(super) struct Networks {
    allowed: Arc<[IpNet]>,
}

impl Networks {
    /// The public internet and `allowed`.
    pub(super) fn allowing(allowed: Vec<IpNet>) -> Self {
        Self {
            allowed: allowed.into(),
        }
    }

    /// Whether the operator allows a network that is not public.
    pub(super) fn allow_any(&self) -> bool {
        !self.allowed.is_empty()
    }

    /// Whether `address` may be reached; with `only_allowed`, the public internet is left out.
    pub(super) fn may_reach(&self, address: IpAddr, only_allowed: bool) -> bool {
        // `::ffff:127.0.0.1` is 127.0.0.1.
        let address = address.to_canonical();
        holds(&self.allowed, address) || (!only_allowed && is_public(address))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => !holds(&CLOSED_V4, address),
        IpAddr::V6(_) => holds(&OPEN_V6, address) && !holds(&CLOSED_V6, address),
    }
}

fn holds(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

/// The networks with these texts, which the test of this file reads too.
fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn every_text_is_a_network() {
        assert_eq!(CLOSED_V4.len(), NOT_PUBLIC_V4.len());
        assert_eq!(CLOSED_V6.len(), NOT_PUBLIC_V6.len());
        assert_eq!(OPEN_V6.len(), 1);
    }

    #[test]
    fn only_public_addresses_are_reached() {
        let networks = Networks::allowing(Vec::new());
        for closed in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!networks.may_reach(address(closed), false), "{closed}");
        }
        for open in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert!(networks.may_reach(address(open), false), "{open}");
            assert!(!networks.may_reach(address(open), true), "{open}");
        }
    }

    #[test]
    fn an_allowed_network_is_reached_and_its_neighbor_is_not() {
        let networks = Networks::allowing(vec!["10.1.0.0/16".parse().expect("a network")]);
        for only_allowed in [false, true] {
            assert!(networks.may_reach(address("10.1.2.3"), only_allowed));
            assert!(networks.may_reach(address("::ffff:10.1.2.3"), only_allowed));
            assert!(!networks.may_reach(address("10.2.2.3"), only_allowed));
        }
    }
}
