//! How many connections one address may hold at a time: what it leaves open, others cannot have.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections by address.
#[derive(Debug, Clone)]
pub(super) struct PerAddress {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// The right to one connection, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl PerAddress {
    /// At most `most` for each.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    /// A place for one more connection from `address`, if there is one.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let address = holder(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place {
            address,
            open: self.open.clone(),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Whoever has an IPv6 address has 2^64 of them.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_address_has_its_places() {
        let places = PerAddress::new(2);
        let first = places.place(address("192.0.2.1"));
        let second = places.place(address("::ffff:192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(places.place(address("192.0.2.1")).is_none());
        assert!(places.place(address("192.0.2.2")).is_some());
        drop(first);
        assert!(places.place(address("192.0.2.1")).is_some());
        drop(second);
        assert!(
            places.open.lock().expect("open").is_empty(),
            "nothing is kept of the gone"
        );
    }

    #[test]
    fn neighbours_on_ipv6_are_one() {
        let places = PerAddress::new(1);
        let one = places.place(address("2001:db8::1"));
        assert!(one.is_some());
        assert!(places.place(address("2001:db8::ffff:2")).is_none());
        assert!(places.place(address("2001:db8:0:1::1")).is_some());
    }
}
