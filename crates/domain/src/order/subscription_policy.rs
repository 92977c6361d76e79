//! When the subscriptions of a store view end, and who ends them.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cancellation::CancellationPolicy;
use crate::order::Actor;
use crate::shop::settings::Settings;

/// When a subscription ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SubscriptionEndTime {
    /// At the end of the paid period. No money goes back.
    PeriodEnd,
    /// At once. A share of the price goes back.
    AtOnce,
}

/// How the buyers of a store view end subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SubscriptionEndRule {
    /// At the end of the paid period.
    PeriodEnd,
    /// At once, with a share back.
    AtOnce,
    /// As the buyer chooses.
    Choice,
}

impl SubscriptionEndRule {
    /// The times among which a buyer chooses.
    #[must_use]
    pub fn offers(self) -> &'static [SubscriptionEndTime] {
        match self {
            Self::PeriodEnd => &[SubscriptionEndTime::PeriodEnd],
            Self::AtOnce => &[SubscriptionEndTime::AtOnce],
            Self::Choice => SubscriptionEndTime::VARIANTS,
        }
    }

    /// The time for a command that names none.
    fn usual(self) -> SubscriptionEndTime {
        match self {
            Self::PeriodEnd | Self::Choice => SubscriptionEndTime::PeriodEnd,
            Self::AtOnce => SubscriptionEndTime::AtOnce,
        }
    }
}

/// The rules of a store view for subscriptions.
#[derive(Debug, Clone)]
pub struct SubscriptionPolicy {
    /// Whether buyers end and resume subscriptions. Staff always may.
    pub enabled: bool,
    /// When a subscription that a buyer with an account ends ends. That of a guest ends with the paid period.
    pub end: SubscriptionEndRule,
    /// The reasons of the store view, and whether mails are sent.
    pub cancellation: CancellationPolicy,
}

impl SubscriptionPolicy {
    /// The rules that `settings` state, beside those for cancellations.
    #[must_use]
    pub fn new(settings: &Settings, cancellation: CancellationPolicy) -> Self {
        let end = settings.subscription_end.value.parse();
        Self {
            enabled: settings.subscriptions_enabled.value,
            end: end.unwrap_or(SubscriptionEndRule::PeriodEnd),
            cancellation,
        }
    }

    /// The times at which `actor` may end a subscription. A guest has only the token of the order, which may be passed
    /// on, so no money moves by it: staff ends at once.
    pub(crate) fn offers(&self, actor: &Actor) -> &'static [SubscriptionEndTime] {
        match actor {
            Actor::Staff { .. } | Actor::System => SubscriptionEndTime::VARIANTS,
            Actor::Customer(_) => self.end.offers(),
            Actor::Guest => &[SubscriptionEndTime::PeriodEnd],
        }
    }

    /// The time for a command of `actor` that names none.
    pub(crate) fn usual(&self, actor: &Actor) -> SubscriptionEndTime {
        match actor {
            Actor::Guest => SubscriptionEndTime::PeriodEnd,
            Actor::Customer(_) | Actor::Staff { .. } | Actor::System => self.end.usual(),
        }
    }
}
