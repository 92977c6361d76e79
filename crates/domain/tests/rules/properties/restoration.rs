//! Each unit, the coupon, the credits and the points come back once, by whatever steps an order ends.

use std::collections::BTreeMap;

use countermand_domain::{
    Cancel, CancellationRefusal, Coupon, EventData, ItemPosition, Money, Order, PointsUsed, Quantity,
    Selection, Transition,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{picks, selection, stories};
use crate::shop::{at, buyer_of, policy, request};

/// What all cancellations of an order gave back.
#[derive(Debug, Default, PartialEq, Eq)]
struct GivenBack {
    stock: BTreeMap<ItemPosition, Quantity>,
    coupons: Vec<String>,
    /// In minor units.
    credits: i64,
    points: i64,
}

impl GivenBack {
    fn of<'a>(changes: impl IntoIterator<Item = &'a Transition>) -> Self {
        let mut all = Self::default();
        for facts in changes.into_iter().filter_map(Transition::cancellation) {
            for line in &facts.restores.stock {
                let sum = all.stock.entry(line.item).or_default();
                *sum = sum.plus(line.quantity);
            }
            all.coupons.extend(facts.restores.coupons.iter().cloned());
            all.credits += facts.restores.credits.minor();
            all.points += facts.restores.points;
        }
        all
    }
}

/// `order`, on which a coupon and points were used. The points paid a part of its credits, a cent each at most.
fn with_benefits(mut order: Order, points: i64) -> Order {
    order.coupons = vec![Coupon {
        code: "SPRING".into(),
        expires_at: None,
    }];
    order.points = Some(PointsUsed {
        count: points,
        expires_at: None,
    });
    let credits = order.totals.credits.minor();
    order.totals.stored_value = Money::new(credits - points.min(credits), order.currency());
    order
}

fn cancel(order: &Order, selection: Selection) -> Result<Transition, CancellationRefusal> {
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, &policy(true), at(60))
}

/// The credits that a credit memo of staff gave back, in minor units.
fn credited(change: &Transition) -> i64 {
    match &change.event.data {
        EventData::CreditMemoCreated { credits, .. } => credits.minor(),
        _ => 0,
    }
}

fn is_whole(change: &Transition) -> bool {
    change.cancellation().is_some_and(|facts| !facts.is_partial)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn bit_by_bit_comes_back_what_comes_back_at_once(
        story in stories(),
        bits in vec(picks(), 0..8),
        points in 1..1_000_i64,
    ) {
        for told in story.told() {
            let order = with_benefits(told, points);
            let Ok(at_once) = cancel(&order, Selection::All) else { continue };
            let mut parts: Vec<Transition> = Vec::new();
            for bit in bits.iter().map(Some).chain([None]) {
                let left = parts.last().map_or(&order, |part| &part.after);
                let selected = bit.map_or(Selection::All, |bit| selection(bit, left));
                let part = cancel(left, selected).ok();
                parts.extend(part);
            }
            if is_whole(&at_once) && parts.last().is_some_and(is_whole) {
                let whole = GivenBack::of([&at_once]);
                let is_open = order.items.iter().any(|item| item.quantities.open().is_positive());
                prop_assert_eq!(whole.coupons.len(), usize::from(is_open));
                prop_assert_eq!(GivenBack::of(&parts), whole);
            }
        }
    }

    #[test]
    fn a_preview_tells_what_the_cancellation_brings_back(
        story in stories(),
        picked in picks(),
        points in 1..1_000_i64,
    ) {
        let rules = policy(true);
        for told in story.told() {
            let order = with_benefits(told, points);
            for selection in [selection(&picked, &order), Selection::All] {
                let command = Cancel { selection, ..request(buyer_of(&order), "Other") };
                let Ok(preview) = order.preview_cancellation(&command, &rules, at(60)) else { continue };
                let Ok(change) = order.cancel(&command, &rules, at(60)) else { continue };
                let facts = change.cancellation();
                prop_assert_eq!(Some(&preview.restores), facts.map(|facts| &facts.restores));
                let credits = preview.quote.money.credits.minor();
                prop_assert!((0..=credits).contains(&preview.restores.credits.minor()));
            }
        }
    }

    #[test]
    fn no_steps_bring_anything_back_twice(story in stories(), points in 1..1_000_i64) {
        let fresh = with_benefits(story.draft.order(), points);
        let changes = story.changes_of(&fresh);
        for end in 1..=changes.len() {
            let order = &changes[end - 1].after;
            let given = GivenBack::of(&changes[..end]);
            prop_assert!(given.coupons.len() <= 1, "{given:?}");
            prop_assert!((0..=points).contains(&given.points), "{given:?}");
            let by_staff: i64 = changes[..end].iter().map(credited).sum();
            let most = order.totals.stored_value.minor().min(order.totals.credits.minor() - by_staff);
            prop_assert!((0..=most).contains(&given.credits), "{given:?}, {by_staff} by staff");
            for item in &order.items {
                let back = given.stock.get(&item.position).copied().unwrap_or_default();
                let gone = back.plus(item.quantities.shipped);
                prop_assert!(gone <= item.quantities.ordered, "{given:?} of {item:?}");
            }
        }
    }

    #[test]
    fn an_order_that_is_canceled_at_once_gives_all_back(story in stories(), points in 1..1_000_i64) {
        let order = with_benefits(story.draft.order(), points);
        let Ok(change) = cancel(&order, Selection::All) else { return Ok(()) };
        prop_assume!(is_whole(&change));
        let given = GivenBack::of([&change]);
        prop_assert_eq!((given.coupons.len(), given.points), (1, points));
        let totals = order.totals;
        prop_assert_eq!(given.credits, totals.stored_value.minor());
        for (position, quantity) in given.stock {
            let ordered = order.item(position).map(|item| item.quantities.ordered);
            prop_assert_eq!(ordered, Some(quantity));
        }
    }
}
