//! Limits the open connections of one network address, so that one address cannot take the connections of all others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use countermand_app::accounts::network::network_address;

/// The largest number of open connections from one network address, in an installation that sets none.
pub const CONNECTIONS_PER_ADDRESS: u32 = 256;

/// Counts open connections by network address.
#[derive(Debug, Clone)]
pub(super) struct PerAddress {
    most: u32,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// The right to one open connection. It ends when this value is dropped.
#[derive(Debug)]
pub(super) struct Place {
    address: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

impl PerAddress {
    /// A counter that allows `most` open connections for each address.
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    /// A counter of answers that stay open, of which an address may have half as many as `connections`: its ordinary
    /// requests always find a connection beside its subscriptions.
    pub(super) fn of_open_answers(connections: u32) -> Self {
        Self::new(connections.div_ceil(2))
    }

    /// A place for one more connection from `address`; none if the address holds too many.
    pub(super) fn place(&self, address: IpAddr) -> Option<Place> {
        let address = network_address(address);
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
            "closed connections leave no entry"
        );
    }

    #[test]
    fn neighbors_on_ipv6_are_one() {
        let places = PerAddress::new(1);
        let one = places.place(address("2001:db8::1"));
        assert!(one.is_some());
        assert!(places.place(address("2001:db8::ffff:2")).is_none());
        assert!(places.place(address("2001:db8:0:1::1")).is_some());
    }
}
