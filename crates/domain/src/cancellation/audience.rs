//! The audiences of a cancellation: customers with an account, guests, and staff.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::order::Actor;

/// A group of people who cancel orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Audience {
    /// Buyers with an account.
    Customer,
    /// Buyers without an account.
    Guest,
    /// Staff, and the program itself.
    Staff,
}

/// A set of audiences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audiences(Vec<Audience>);

impl Audience {
    /// The audience that `actor` belongs to.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Customer(_) => Self::Customer,
            Actor::Guest => Self::Guest,
            Actor::Staff { .. } | Actor::System => Self::Staff,
        }
    }
}

impl Audiences {
    /// Every audience.
    #[must_use]
    pub fn all() -> Self {
        Self(Audience::VARIANTS.to_vec())
    }

    /// Reads names with commas between them, `customer, guest`, each name once; an empty text for no audience. None
    /// where the text is another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut audiences = Vec::new();
        for name in text.split(',').map(str::trim) {
            if name.is_empty() && text.is_empty() {
                break;
            }
            let audience = name.parse().ok()?;
            if audiences.contains(&audience) {
                return None;
            }
            audiences.push(audience);
        }
        Some(Self(audiences))
    }

    /// Whether `actor` belongs to one of the audiences.
    #[must_use]
    pub fn include(&self, actor: &Actor) -> bool {
        self.0.contains(&Audience::of(actor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_are_read_from_their_names() {
        let read = |text| Audiences::parse(text).map(|it| it.0);
        assert_eq!(read(""), Some(vec![]));
        assert_eq!(
            read("customer,  staff"),
            Some(vec![Audience::Customer, Audience::Staff])
        );
        for text in ["customer, customer", "customers", ",", "guest,", " "] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
