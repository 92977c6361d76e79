//! The network that an address belongs to: one caller can use all addresses of an IPv6 network.

use std::net::{IpAddr, Ipv6Addr};

/// The first address of the network of `address`: the 64-bit network of an IPv6 address, and an IPv4 address itself.
#[must_use]
pub fn network_address(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// The network of `origin` as text. A text that is no address stands for itself, cut to 64 characters.
pub(crate) fn network_of(origin: &str) -> String {
    match origin.parse().map(network_address) {
        Ok(network @ IpAddr::V6(_)) => format!("{network}/64"),
        Ok(address @ IpAddr::V4(_)) => address.to_string(),
        Err(_) => origin.chars().take(64).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_and_a_v6_host_is_its_network() {
        assert_eq!(network_of("192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:2::8"));
        assert_ne!(network_of("2001:db8:1:2::9"), network_of("2001:db8:1:3::9"));
        assert_eq!(network_of(&"x".repeat(1000)).len(), 64);
    }
}
