//! The kinds of providers that are simulated, by their abilities.

use chrono::TimeDelta;
use countermand_domain::{LookUp, ProviderCapabilities};

/// A kind of provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Profile {
    /// Keeps its keys for ever, and a look-up that finds nothing is certain: as the program's own protocol.
    Certain,
    /// Keeps its keys for a day, keeps failures of its own under them, and a look-up can miss a request: as Stripe.
    Likely,
    /// Tells outcomes only by messages: as Adyen.
    Told,
}

impl Profile {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Certain, Self::Likely, Self::Told];

    /// The name of the account, which is its address too.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Told => "told",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.code() == code)
    }

    /// The payment method that an account of this kind serves.
    #[must_use]
    pub fn method(self) -> String {
        format!("pay_{}", self.code())
    }

    /// The method of gift cards whose balance such an account keeps.
    #[must_use]
    pub fn gift_card_method(self) -> String {
        format!("gift_{}", self.code())
    }

    /// The abilities that an adapter declares.
    #[must_use]
    pub fn capabilities(self) -> ProviderCapabilities {
        ProviderCapabilities {
            key_retention: match self {
                Self::Certain => None,
                Self::Likely => Some(TimeDelta::hours(24)),
                Self::Told => Some(TimeDelta::days(7)),
            },
            look_up: match self {
                Self::Certain => LookUp::Certain,
                Self::Likely => LookUp::Likely,
                Self::Told => LookUp::None,
            },
            answers_at_once: self != Self::Told,
            reads_payments: self != Self::Told,
            reverses_either: self == Self::Told,
        }
    }
}
