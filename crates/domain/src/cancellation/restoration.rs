//! What a cancellation gives back of the things that other systems keep: stock, coupons, credits and points.
//!
//! The decision is a part of the cancellation, so each version of the order has one at most. Units come back because
//! they were canceled, and a canceled unit is not canceled again. A coupon comes back with the last open units. Of the
//! credits and the points, each part brings what became free by it, computed from the order and the plan; so no list of
//! earlier parts is needed, and bit by bit is as much as at once.

use chrono::{DateTime, Utc};
use strum::EnumString;

use crate::cancellation::CanceledItem;
use crate::cancellation::plan::CancellationPlan;
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{ItemPosition, Order, OrderItem, ProductType};
use crate::shop::settings::Settings;

/// What the systems that keep stock, coupons, credits and points have to give back; mostly stock alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restoration {
    /// The units that go back into stock.
    pub stock: Vec<RestoredStock>,
    /// The codes of the coupons that the buyer may use again.
    pub coupons: Vec<String>,
    /// Gift cards and store credit that the buyer gets back.
    pub credits: Money,
    /// How many points the buyer gets back.
    pub points: i64,
}

/// Units of an item that go back into stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredStock {
    /// The position of the item.
    pub item: ItemPosition,
    /// The stock keeping unit of the item.
    pub sku: String,
    /// How many units.
    pub quantity: Quantity,
}

/// When something comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RestoreRule {
    /// With each cancellation.
    #[default]
    Always,
    /// Never.
    Never,
    /// With a cancellation whose reason says that the seller caused it.
    SellerAtFault,
    /// With a cancellation before it expires, or where no expiry is known. Stock and store credit never expire.
    Unexpired,
}

/// When stock, coupons, credits and points come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreRules {
    /// When canceled units go back into stock.
    pub stock: RestoreRule,
    /// When the coupons of an order come back.
    pub coupons: RestoreRule,
    /// When the gift cards and the store credit come back that were used on an order.
    pub credits: RestoreRule,
    /// When the points come back that were used on an order.
    pub points: RestoreRule,
}

impl RestoreRules {
    /// The rules that `settings` write. A value that is not known counts as its default.
    pub(crate) fn of(settings: &Settings) -> Self {
        let rule = |value: &str| -> RestoreRule { value.parse().unwrap_or_default() };
        Self {
            stock: rule(&settings.restore_stock.value),
            coupons: rule(&settings.restore_coupons.value),
            credits: rule(&settings.restore_credits.value),
            points: rule(&settings.restore_points.value),
        }
    }

    /// The rules for a cancellation at `now` whose reason says whether the seller is at fault.
    pub(crate) fn applied(self, is_sellers_fault: bool, now: DateTime<Utc>) -> AppliedRestoreRules {
        AppliedRestoreRules {
            rules: self,
            is_sellers_fault,
            now,
        }
    }
}

/// The rules as they hold for one cancellation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppliedRestoreRules {
    rules: RestoreRules,
    is_sellers_fault: bool,
    now: DateTime<Utc>,
}

impl AppliedRestoreRules {
    /// When the cancellation takes place.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether the thing comes back that has this rule.
    fn give_back(&self, rule: RestoreRule, expires_at: Option<DateTime<Utc>>) -> bool {
        match rule {
            RestoreRule::Always => true,
            RestoreRule::Never => false,
            RestoreRule::SellerAtFault => self.is_sellers_fault,
            RestoreRule::Unexpired => expires_at.is_none_or(|end| self.now < end),
        }
    }
}

/// What comes back of the credits of an order.
#[derive(Debug, Clone, Copy)]
struct RestoredCredits {
    /// Gift cards and store credit.
    stored_value: Money,
    /// The other credits: what the points paid that come back, and credits of extensions.
    others: Money,
}

impl Order {
    /// What the cancellation `plan` of this order gives back by `rules`.
    pub(crate) fn restoration(
        &self,
        plan: &CancellationPlan,
        rules: AppliedRestoreRules,
    ) -> Result<Restoration, MoneyError> {
        let is_open = |item: &OrderItem| item.quantities.open().is_positive();
        let is_last = plan.takes_the_rest() && self.items.iter().any(is_open);
        let stock = if rules.give_back(rules.rules.stock, None) {
            self.stock_of(plan)
        } else {
            Vec::new()
        };
        let coupons = self.coupons.iter();
        let coupons = coupons.filter(|it| is_last && rules.give_back(rules.rules.coupons, it.expires_at));
        let points = match self.points {
            Some(used) if rules.give_back(rules.rules.points, used.expires_at) => {
                self.freed_points(used.count, plan, is_last)?
            }
            Some(_) | None => 0,
        };
        Ok(Restoration {
            stock,
            coupons: coupons.map(|it| it.code.clone()).collect(),
            credits: self.restored_parts(plan, rules)?.stored_value,
            points,
        })
    }

    /// The credits that come back by `rules`: gift cards, store credit, what the points paid that come back, and credits
    /// of extensions.
    pub(crate) fn restored_credits(
        &self,
        plan: &CancellationPlan,
        rules: AppliedRestoreRules,
    ) -> Result<Money, MoneyError> {
        let parts = self.restored_parts(plan, rules)?;
        parts.stored_value.checked_add(parts.others)
    }

    /// What `plan` frees of the credits and `rules` give back. Points come back by their own rule and as points, so
    /// what they paid is none of the gift cards and the store credit.
    fn restored_parts(
        &self,
        plan: &CancellationPlan,
        rules: AppliedRestoreRules,
    ) -> Result<RestoredCredits, MoneyError> {
        let whole = self.totals.credits;
        let zero = Money::zero(self.currency());
        if !whole.is_positive() {
            return Ok(RestoredCredits {
                stored_value: zero,
                others: zero,
            });
        }
        let [before, after] = self.free_credits(plan)?;
        let freed = |amount: Money| -> Result<Money, MoneyError> {
            let [before, after] = [before, after].map(|free| share(amount.minor(), free, whole));
            Ok(Money::new(after?.saturating_sub(before?).max(0), self.currency()))
        };
        // The share of gift cards and store credit is rounded down to a minor unit, and the others take the rest.
        let others = freed(whole)?
            .checked_sub(freed(self.totals.stored_value)?)?
            .or_zero();
        let used = self.points;
        let gives_others = used.is_none_or(|used| rules.give_back(rules.rules.points, used.expires_at));
        Ok(RestoredCredits {
            stored_value: freed(self.restorable_value(rules)?)?,
            others: if gives_others { others } else { zero },
        })
    }

    /// What `rules` give back of the gift cards and the store credit, once all of it is free.
    fn restorable_value(&self, rules: AppliedRestoreRules) -> Result<Money, MoneyError> {
        let rule = rules.rules.credits;
        if !rules.give_back(rule, None) {
            return Ok(Money::zero(self.currency()));
        }
        match self.gift_cards {
            Some(used) if !rules.give_back(rule, Some(used.expires_at)) => {
                self.totals.stored_value.checked_sub(used.amount)
            }
            Some(_) | None => Ok(self.totals.stored_value),
        }
    }

    /// The units that `plan` takes and that are not shipped, by the items that are kept in stock.
    fn stock_of(&self, plan: &CancellationPlan) -> Vec<RestoredStock> {
        let rows = self.items.iter().zip(plan.items());
        let line = |(item, row): (&OrderItem, &CanceledItem)| {
            // The last part of a free order withdraws invoiced units, although no quantity of them changes.
            let taken = if plan.takes_the_rest() {
                item.quantities.ordered
            } else {
                row.canceled.plus(row.refunded)
            };
            RestoredStock {
                item: item.position,
                sku: item.sku.clone(),
                quantity: taken.min(item.quantities.open()),
            }
        };
        let lines = rows.filter(|(item, _)| self.is_kept_in_stock(item)).map(line);
        lines.filter(|line| line.quantity.is_positive()).collect()
    }

    /// Whether stock is kept of `item` itself: of a bundle it is kept of the parts, and a configurable item has the SKU
    /// of the chosen product.
    fn is_kept_in_stock(&self, item: &OrderItem) -> bool {
        let is_bundle = |it: &OrderItem| it.product_type == ProductType::Bundle;
        match item.parent.and_then(|whole| self.item(whole)) {
            Some(whole) => is_bundle(whole),
            None => !is_bundle(item) || self.children(item.position).next().is_none(),
        }
    }

    /// How many of the `count` points pay for nothing any more because of `plan`: of all that was canceled and refunded
    /// until now, the number is rounded down.
    ///
    /// Points that are credits come back as credits do: after the money, and not for what is not refunded. Otherwise a
    /// buyer who cancels a half would get back money for all of that half, and points beside it. Other points were a
    /// discount, and come back in proportion to the price before discounts; the last part brings all that is left, even
    /// where no price tells a share.
    fn freed_points(&self, count: i64, plan: &CancellationPlan, is_last: bool) -> Result<i64, MoneyError> {
        let are_credits = self.totals.credits.minor() > self.totals.stored_value.minor();
        let ([before, after], whole) = if are_credits {
            (self.free_credits(plan)?, self.totals.credits)
        } else {
            (self.net_gone(plan)?, self.items_money()?.net)
        };
        let after = if is_last && !are_credits {
            count
        } else {
            share(count, after, whole)?
        };
        Ok(after.saturating_sub(share(count, before, whole)?).max(0))
    }

    /// The price before discounts of what is canceled and refunded, without `plan` and with it.
    fn net_gone(&self, plan: &CancellationPlan) -> Result<[Money; 2], MoneyError> {
        let gone = self
            .counting_items()
            .map(|item| item.canceled.net.checked_add(item.refunded.net));
        let before = Money::sum(self.currency(), gone.collect::<Result<Vec<_>, _>>()?)?;
        let rows = self.items.iter().zip(plan.items());
        let rows = rows.filter(|(item, _)| item.counts);
        let taken = rows.map(|(_, row)| {
            // Without a unit that goes back, no line of a credit memo has the money.
            if row.refunded.is_positive() {
                row.canceled_money.net.checked_add(row.refunded_money.net)
            } else {
                Ok(row.canceled_money.net)
            }
        });
        let taken = Money::sum(self.currency(), taken.collect::<Result<Vec<_>, _>>()?)?;
        Ok([before, before.checked_add(taken)?])
    }

    /// The credits that pay for nothing any more, without `plan` and with it: those that credit memos gave back, and
    /// those that would have paid for what was canceled before it was billed. What a credit memo of staff gave back is
    /// in both, so no later cancellation gives it back again.
    fn free_credits(&self, plan: &CancellationPlan) -> Result<[Money; 2], MoneyError> {
        let rows = RowMoney::sum(self.currency(), self.counting_items().map(|item| item.canceled))?;
        let before = rows
            .checked_add(self.shipping.canceled)?
            .payable()?
            .checked_add(self.sum_of_charges(|charge| Ok(charge.canceled))?)?
            .checked_sub(self.totals.canceled)?
            .checked_add(self.returned_credits()?)?;
        Ok([before, before.checked_add(plan.freed_credits(self)?)?])
    }
}

/// The share of `amount` that `part` has of `whole`, rounded down.
fn share(amount: i64, part: Money, whole: Money) -> Result<i64, MoneyError> {
    let (part, whole) = (i128::from(part.minor()), i128::from(whole.minor()));
    if whole <= 0 {
        return Ok(0);
    }
    let share = i128::from(amount) * part.clamp(0, whole) / whole;
    i64::try_from(share).map_err(|_| MoneyError::Overflow)
}
