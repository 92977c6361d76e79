//! Ids that work on every database and tell which store view or website a row belongs to.

use std::fmt;

use thiserror::Error;

use crate::order::ItemPosition;

const COUNTERS_PER_STORE: i64 = 10_000_000_000;
/// How many items an order may have: the number of an item is that of its order with four digits added.
const ITEMS_PER_ORDER: u64 = 10_000;

/// The number of a store view, 1 to 99,999: the leading digits of its orders' ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreNumber(pub i32);

/// The number of a website.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebsiteNumber(pub i32);

/// Why an id could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("store numbers run from 1 to 99999 and counters from 1 to 9999999999")]
pub struct IdOutOfRange;

impl StoreNumber {
    /// The largest store number: ids stay within 15 digits (storefronts take longer ones for tokens).
    pub const MAX: i32 = 99_999;
}

/// An order's id: `store_number * 10^10 + counter`, at most 15 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(i64);

impl OrderId {
    /// The id of the `counter`th order of `store`.
    pub fn new(store: StoreNumber, counter: i64) -> Result<Self, IdOutOfRange> {
        numbered(store.0, counter).map(Self)
    }

    /// Makes an id from a number that a client sent; the number must be positive and have at most 15 digits.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        (1..1_000_000_000_000_000)
            .contains(&number)
            .then_some(Self(number))
    }

    /// The number behind the id.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }

    /// The number of the item at `position`, which the item's id encodes (`docs/contract.md` section 7).
    #[must_use]
    pub fn item_number(self, position: ItemPosition) -> u64 {
        let order = u64::try_from(self.0).unwrap_or(0);
        order * ITEMS_PER_ORDER + u64::try_from(position.0).unwrap_or(0)
    }

    /// The smallest and the largest number that an id of an order of `store` can have.
    #[must_use]
    pub fn range_of(store: StoreNumber) -> (i64, i64) {
        let first = i64::from(store.0) * COUNTERS_PER_STORE;
        (first, first + COUNTERS_PER_STORE - 1)
    }

    /// The store view that the order belongs to.
    #[must_use]
    pub fn store(self) -> StoreNumber {
        StoreNumber(i32::try_from(self.0 / COUNTERS_PER_STORE).unwrap_or(0))
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A customer's id: `website_number * 10^10 + counter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(i64);

impl CustomerId {
    /// The id of the `counter`th customer of `website`.
    pub fn new(website: WebsiteNumber, counter: i64) -> Result<Self, IdOutOfRange> {
        numbered(website.0, counter).map(Self)
    }

    /// Makes an id from a stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number behind the id.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

fn numbered(owner: i32, counter: i64) -> Result<i64, IdOutOfRange> {
    let fits = (1..=StoreNumber::MAX).contains(&owner) && (1..COUNTERS_PER_STORE).contains(&counter);
    fits.then(|| i64::from(owner) * COUNTERS_PER_STORE + counter)
        .ok_or(IdOutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_id_names_its_store_and_stays_within_fifteen_digits() {
        let id = OrderId::new(StoreNumber(StoreNumber::MAX), COUNTERS_PER_STORE - 1).expect("in range");
        assert_eq!(id.store(), StoreNumber(StoreNumber::MAX));
        assert_eq!(id.to_string().len(), 15);
        let (first, last) = OrderId::range_of(id.store());
        assert_eq!((last, first), (id.number(), id.number() - COUNTERS_PER_STORE + 1));
        assert!(OrderId::new(StoreNumber(0), 1).is_err());
        assert!(OrderId::new(StoreNumber(1), COUNTERS_PER_STORE).is_err());
        assert!(OrderId::from_number(0).is_none());
    }
}
