//! Who may choose a reason, when it is offered, and what it says about a cancellation.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::order::Actor;

/// The kinds of people and programs that choose a reason.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum ReasonAudience {
    /// Customers with an account. Storefronts show their part of the list.
    Customer,
    /// Guests.
    Guest,
    /// Staff of the shop.
    Merchant,
    /// A sales channel that tells why an order is canceled there.
    Channel,
}

/// Who may choose a reason, when, and what it says about a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonRules {
    /// Who may choose the reason; never empty in a list.
    pub audience: BTreeSet<ReasonAudience>,
    /// The moment from which the reason is offered; none for always.
    pub valid_from: Option<DateTime<Utc>>,
    /// The moment from which the reason is offered no more; none for never.
    pub valid_until: Option<DateTime<Utc>>,
    /// Whether a cancellation for the reason needs a comment.
    pub needs_comment: bool,
    /// Whether the reason says that the seller caused the cancellation.
    pub sellers_fault: bool,
}

/// A change of rules. What is not given stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReasonRulesEdit {
    /// The new audience.
    pub audience: Option<BTreeSet<ReasonAudience>>,
    /// The new beginning; an inner none takes it away.
    pub valid_from: Option<Option<DateTime<Utc>>>,
    /// The new end; an inner none takes it away.
    pub valid_until: Option<Option<DateTime<Utc>>>,
    /// Whether a comment is needed.
    pub needs_comment: Option<bool>,
    /// Whether the seller caused the cancellation.
    pub sellers_fault: Option<bool>,
}

impl ReasonAudience {
    /// All audiences.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The audience that `actor` belongs to; none for the program itself, which chooses for others.
    #[must_use]
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Customer(_) => Some(Self::Customer),
            Actor::Guest => Some(Self::Guest),
            Actor::Staff { .. } => Some(Self::Merchant),
            Actor::System => None,
        }
    }

    /// The name in the database and in texts: `customer`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The audience called `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

impl Default for ReasonRules {
    /// A reason for everyone, at any time, without a comment and without anyone's fault.
    fn default() -> Self {
        Self {
            audience: ReasonAudience::ALL.iter().copied().collect(),
            valid_from: None,
            valid_until: None,
            needs_comment: false,
            sellers_fault: false,
        }
    }
}

impl ReasonRules {
    /// Whether `audience` may choose the reason at `now`; without an audience, only the time decides.
    #[must_use]
    pub fn offer_to(&self, audience: Option<ReasonAudience>, now: DateTime<Utc>) -> bool {
        audience.is_none_or(|it| self.audience.contains(&it))
            && self.valid_from.is_none_or(|from| from <= now)
            && self.valid_until.is_none_or(|until| now < until)
    }

    /// Whether the reason ends after it begins.
    pub(super) fn has_possible_times(&self) -> bool {
        match (self.valid_from, self.valid_until) {
            (Some(from), Some(until)) => from < until,
            _ => true,
        }
    }

    /// Whether customers may choose the reason at any time.
    pub(super) fn is_always_for_customers(&self) -> bool {
        self.audience.contains(&ReasonAudience::Customer)
            && self.valid_from.is_none()
            && self.valid_until.is_none()
    }

    /// The rules after `edit`.
    #[must_use]
    pub fn edited(&self, edit: &ReasonRulesEdit) -> Self {
        Self {
            audience: edit.audience.clone().unwrap_or_else(|| self.audience.clone()),
            valid_from: edit.valid_from.unwrap_or(self.valid_from),
            valid_until: edit.valid_until.unwrap_or(self.valid_until),
            needs_comment: edit.needs_comment.unwrap_or(self.needs_comment),
            sellers_fault: edit.sellers_fault.unwrap_or(self.sellers_fault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).expect("a moment")
    }

    #[test]
    fn a_reason_is_offered_from_its_beginning_until_just_before_its_end() {
        let rules = ReasonRules {
            valid_from: Some(at(10)),
            valid_until: Some(at(20)),
            ..ReasonRules::default()
        };
        let offered = |second| rules.offer_to(Some(ReasonAudience::Guest), at(second));
        assert_eq!([9, 10, 19, 20].map(offered), [false, true, true, false]);
    }

    #[test]
    fn a_reason_of_staff_is_for_staff_and_the_program_and_for_no_buyer() {
        let rules = ReasonRules {
            audience: BTreeSet::from([ReasonAudience::Merchant]),
            ..ReasonRules::default()
        };
        let staff = Actor::Staff { name: "anna".into() };
        let offered = |actor: &Actor| rules.offer_to(ReasonAudience::of(actor), at(0));
        assert!(offered(&staff) && offered(&Actor::System));
        assert!(!offered(&Actor::Guest));
    }
}
