//! What a cancellation gives back of the things that other systems keep: stock, coupons and points.
//!
//! The decision is a part of the cancellation, so each version of the order has one at most. Units come back because
//! they were canceled, and a canceled unit is not canceled again. A coupon comes back with the last open units. Of the
//! points, each part brings what became free by it, computed from the order before and after it; so no list of earlier
//! parts is needed, and bit by bit is as much as at once.

use chrono::{DateTime, Utc};
use strum::EnumString;

use crate::cancellation::CanceledItem;
use crate::cancellation::plan::CancellationPlan;
use crate::money::{Money, MoneyError, Quantity, RowMoney};
use crate::order::{ItemPosition, Order, OrderItem, ProductType};
use crate::shop::settings::Settings;

/// What the systems that keep stock, coupons and points have to give back; mostly no coupon and no point.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restoration {
    /// The units that go back into stock.
    pub stock: Vec<RestoredStock>,
    /// The codes of the coupons that the buyer may use again.
    pub coupons: Vec<String>,
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
    /// With a cancellation before it expires, or where no expiry is known. Stock never expires.
    Unexpired,
}

/// When stock, coupons and points come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreRules {
    /// When canceled units go back into stock.
    pub stock: RestoreRule,
    /// When the coupons of an order come back.
    pub coupons: RestoreRule,
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
            points: rule(&settings.restore_points.value),
        }
    }
}

impl Order {
    /// What the cancellation `plan` gives back; `after` is this order with the plan booked.
    pub(crate) fn restoration(
        &self,
        after: &Self,
        plan: &CancellationPlan,
        rules: RestoreRules,
        is_sellers_fault: bool,
        now: DateTime<Utc>,
    ) -> Result<Restoration, MoneyError> {
        let comes_back = |rule: RestoreRule, expires_at: Option<DateTime<Utc>>| match rule {
            RestoreRule::Always => true,
            RestoreRule::Never => false,
            RestoreRule::SellerAtFault => is_sellers_fault,
            RestoreRule::Unexpired => expires_at.is_none_or(|end| now < end),
        };
        let is_open = |item: &OrderItem| item.quantities.open().is_positive();
        let is_last = plan.takes_the_rest() && self.items.iter().any(is_open);
        let stock = if comes_back(rules.stock, None) {
            self.stock_of(plan)
        } else {
            Vec::new()
        };
        let coupons = self.coupons.iter();
        let coupons = coupons.filter(|it| is_last && comes_back(rules.coupons, it.expires_at));
        let points = match self.points {
            Some(used) if comes_back(rules.points, used.expires_at) => {
                // The last part brings all that is left, also where no price tells a share.
                let free = if is_last {
                    used.count
                } else {
                    after.free_points(used.count)?
                };
                free.saturating_sub(self.free_points(used.count)?).max(0)
            }
            Some(_) | None => 0,
        };
        Ok(Restoration {
            stock,
            coupons: coupons.map(|it| it.code.clone()).collect(),
            points,
        })
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

    /// How many of `points` pay for nothing any more, because of all that was canceled and refunded until now: rounded
    /// down.
    ///
    /// Points that are credits come back as credits do: after the money. Otherwise a buyer who cancels a half would get
    /// back money for all of that half, and points beside it. Other points were a discount, and come back in proportion
    /// to the price before discounts.
    fn free_points(&self, points: i64) -> Result<i64, MoneyError> {
        let (part, whole) = if self.totals.credits.is_positive() {
            (self.free_credits()?, self.totals.credits)
        } else {
            let gone = self
                .counting_items()
                .map(|item| item.canceled.net.checked_add(item.refunded.net));
            let gone = gone.collect::<Result<Vec<_>, _>>()?;
            (Money::sum(self.currency(), gone)?, self.items_money()?.net)
        };
        let (part, whole) = (i128::from(part.minor()), i128::from(whole.minor()));
        if whole <= 0 {
            return Ok(0);
        }
        let free = i128::from(points) * part.clamp(0, whole) / whole;
        i64::try_from(free).map_err(|_| MoneyError::Overflow)
    }

    /// The credits that pay for nothing any more: those that credit memos gave back, and those that would have paid for
    /// what was canceled before it was billed.
    fn free_credits(&self) -> Result<Money, MoneyError> {
        let rows = RowMoney::sum(self.currency(), self.counting_items().map(|item| item.canceled))?;
        rows.checked_add(self.shipping.canceled)?
            .payable()?
            .checked_add(self.sum_of_charges(|charge| Ok(charge.canceled))?)?
            .checked_sub(self.totals.canceled)?
            .checked_add(self.returned_credits()?)
    }
}
