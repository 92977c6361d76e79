//! Subscriptions: items that are paid for a period and renewed by later orders. A cancellation never takes such an
//! item; its subscription is ended instead.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cancellation::CancellationRefusal;
use crate::money::{Money, MoneyError, Quantity};
use crate::order::{BrokenUnits, ItemPosition, Order, OrderItem, WithOrderCharges};

/// The longest id of a subscription, in characters.
pub const LONGEST_SUBSCRIPTION_ID: usize = 64;
/// The most units of time between two renewals.
pub const LONGEST_SUBSCRIPTION_INTERVAL: i32 = 1_000;

/// The units in which the time between two renewals is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum IntervalUnit {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months of the calendar.
    Month,
    /// Years of the calendar.
    Year,
}

impl IntervalUnit {
    /// All units.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The unit called `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// The time between two renewals: `count` units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionInterval {
    /// The unit of time.
    pub unit: IntervalUnit,
    /// How many units, 1 to [`LONGEST_SUBSCRIPTION_INTERVAL`].
    pub count: i32,
}

/// An item of an order that pays a period of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The id that the biller gave the subscription, at most [`LONGEST_SUBSCRIPTION_ID`] characters. Orders that renew
    /// the subscription have the same id.
    pub id: String,
    /// The position of the item, which is no part of another one.
    pub item: ItemPosition,
    /// The time between two renewals.
    pub interval: SubscriptionInterval,
    /// When the paid period begins.
    pub paid_from: DateTime<Utc>,
    /// When the paid period ends; always later than its begin.
    pub paid_until: DateTime<Utc>,
    /// The end that the buyer or staff asked for; none while the subscription goes on.
    pub end: Option<SubscriptionEnd>,
}

/// The end of a subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionEnd {
    /// When the subscription ends or ended.
    pub at: DateTime<Utc>,
    /// When the end was asked for.
    pub asked_at: DateTime<Utc>,
    /// The stable code of the reason; none where no reason was given.
    pub reason_code: Option<String>,
    /// The reason as it was shown; none where no reason was given.
    pub reason: Option<String>,
    /// The comment; none where none was written.
    pub comment: Option<String>,
    /// The number of the credit memo with the share of the price that was paid back; none where no money went back.
    pub credit_memo: Option<String>,
}

/// Whether a subscription goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionState {
    /// The subscription goes on.
    Active,
    /// The subscription ends with the paid period, and can be resumed until then.
    Ending,
    /// The subscription has ended.
    Ended,
}

impl Subscription {
    /// Whether the subscription goes on at `now`. An end in the past needs no further step.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> SubscriptionState {
        match &self.end {
            None => SubscriptionState::Active,
            Some(end) if end.at > now => SubscriptionState::Ending,
            Some(_) => SubscriptionState::Ended,
        }
    }

    /// Whole days of the paid period, at least one.
    fn days(&self) -> i64 {
        (self.paid_until - self.paid_from).num_days().max(1)
    }

    /// Whole days of the paid period that are left at `now`.
    fn days_left(&self, now: DateTime<Utc>) -> i64 {
        let left = (self.paid_until - now.max(self.paid_from)).num_days();
        left.clamp(0, self.days())
    }
}

impl Order {
    /// The subscription with the id `id` that this order pays a period of.
    #[must_use]
    pub fn subscription(&self, id: &str) -> Option<&Subscription> {
        self.subscriptions.iter().find(|it| it.id == id)
    }

    /// The subscription that a top-level item pays a period of.
    fn subscription_of(&self, item: &OrderItem) -> Option<&Subscription> {
        self.subscriptions.iter().find(|it| it.item == item.position)
    }

    /// Why no cancellation takes units of a top-level item that is a subscription. While the subscription goes on, it
    /// takes none; once an end was asked for, it takes the units that were never invoiced.
    pub(crate) fn refusal_of_subscription(&self, item: &OrderItem) -> Option<CancellationRefusal> {
        let subscription = self.subscription_of(item)?;
        let quantities = item.quantities;
        let kept = match &subscription.end {
            None => quantities.kept_by_buyer(),
            Some(_) => quantities.to_refund(),
        };
        kept.is_positive().then_some(CancellationRefusal::Subscription)
    }

    /// The most units of `item` that a cancellation can take where the item, or the set that it is a part of, is a
    /// subscription; none where it is no subscription.
    pub(crate) fn beside_subscription(&self, item: &OrderItem) -> Option<Quantity> {
        let top = item.parent.and_then(|whole| self.item(whole)).unwrap_or(item);
        let subscription = self.subscription_of(top)?;
        Some(match &subscription.end {
            None => Quantity::ZERO,
            Some(_) => item.quantities.to_cancel(),
        })
    }

    /// The share of the price of `subscription` that comes back if the subscription ends at `now`: what was paid for
    /// the item and not paid back, for the whole days that are left of the paid period, rounded down. It is never more
    /// than the money that can still be refunded: what gift cards, store credit and points paid stays paid.
    pub fn subscription_share(
        &self,
        subscription: &Subscription,
        now: DateTime<Utc>,
    ) -> Result<Money, MoneyError> {
        let left = |item: &OrderItem| item.quantities.to_refund();
        let whole = self.item(subscription.item).map_or(Quantity::ZERO, left);
        let lines = self.with_children(&[(subscription.item, whole)], left, BrokenUnits::First);
        let money = self.money_to_refund(&lines, WithOrderCharges::No)?;
        let rows = money.rows.iter().map(|row| row.payable());
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let price = Money::sum(self.currency(), rows)?.checked_add(self.sum_of_shares(&money.charges)?)?;
        let available = self
            .refundable_of_invoices()?
            .checked_sub(self.fees_still_kept()?)?;
        let share = price.part_rounded_down(subscription.days_left(now), subscription.days());
        Ok(share.checked_min(available)?.or_zero())
    }
}
