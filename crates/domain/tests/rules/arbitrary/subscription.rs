//! Generates changes of subscriptions.

use chrono::{DateTime, Utc};
use countermand_domain::{EndSubscription, Order, SubscriptionEndRule, SubscriptionEndTime, Transition};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::shop::{staff, subscription_policy};

/// A change of a subscription, by staff, who ends a subscription at any time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SubscriptionChange {
    End(SubscriptionEndTime),
    Resume,
}

impl SubscriptionChange {
    /// The change of one of the order's subscriptions; none where it is refused.
    pub(super) fn made(self, order: &Order, pick: Index, now: DateTime<Utc>) -> Option<Transition> {
        let picked = pick.index(order.subscriptions.len().max(1));
        let subscription = order.subscriptions.get(picked)?.id.clone();
        let policy = subscription_policy(SubscriptionEndRule::PeriodEnd);
        match self {
            Self::End(when) => {
                let command = EndSubscription {
                    subscription,
                    when: Some(when),
                    reason: None,
                    comment: None,
                };
                order.end_subscription(&command, &policy, &staff(), now).ok()
            }
            Self::Resume => order
                .resume_subscription(&subscription, &policy, &staff(), now)
                .ok(),
        }
    }
}

/// Ends at both times, and resumptions.
pub(super) fn subscription_changes() -> impl Strategy<Value = SubscriptionChange> {
    use SubscriptionChange::{End, Resume};
    prop_oneof![
        2 => Just(End(SubscriptionEndTime::AtOnce)),
        2 => Just(End(SubscriptionEndTime::PeriodEnd)),
        1 => Just(Resume),
    ]
}
