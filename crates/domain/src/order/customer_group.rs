//! The customer group of a buyer, such as retailers: a number of the shop that the order came from.

use std::str::FromStr;

use thiserror::Error;

/// The number of a customer group in the shop that an order came from; never below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomerGroup(i32);

/// The text names no customer group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the number of a customer group, such as 1, nor `guest`")]
pub struct NoCustomerGroup;

impl CustomerGroup {
    /// Adobe's group of buyers who were not signed in (`NOT LOGGED IN`).
    pub const GUEST: Self = Self(0);

    /// The group with this number; none for a number below zero or above 2,147,483,647.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        i32::try_from(number).ok().filter(|it| *it >= 0).map(Self)
    }

    /// The number of the group.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0
    }
}

/// Reads the number of a group in decimal digits, or `guest` for [`CustomerGroup::GUEST`].
impl FromStr for CustomerGroup {
    type Err = NoCustomerGroup;

    fn from_str(text: &str) -> Result<Self, NoCustomerGroup> {
        if text == "guest" {
            return Ok(Self::GUEST);
        }
        let number = text.parse().ok().and_then(Self::from_number);
        number.ok_or(NoCustomerGroup)
    }
}
