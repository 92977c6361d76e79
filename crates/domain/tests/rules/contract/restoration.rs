//! What a cancellation gives back beside money, by the rules of the store view.

use countermand_domain::{
    Cancel, CancellationPolicy, CancellationRules, Coupon, ItemPosition, Order, OrderItem, PointsUsed,
    ProductType, Quantity, Restoration, RestoreRule, RestoreRules, RowMoney, Selection, Transition,
};

use super::{basket_of, invoiced, order_of, texts, usd, whole};
use crate::shop::{Basket, at, buyer_of, policy, request};

/// `order`, on which a coupon and 60 points were used that are valid for five minutes.
fn with_benefits(mut order: Order) -> Order {
    order.coupons = vec![Coupon {
        code: "<SPRING>".into(),
        expires_at: Some(at(5)),
    }];
    order.points = Some(PointsUsed {
        count: 60,
        expires_at: Some(at(5)),
    });
    order
}

/// The buyer's cancellation of `lines`, or of the whole order where there are none.
fn canceled_by(
    order: &Order,
    lines: &[(i32, i64)],
    reason: &str,
    minute: i64,
    rule: RestoreRule,
) -> Transition {
    let usual = policy(true);
    let restore = RestoreRules {
        stock: rule,
        coupons: rule,
        points: rule,
    };
    let policy = CancellationPolicy {
        rules: CancellationRules {
            restore,
            ..usual.rules
        },
        ..usual
    };
    let selection = if lines.is_empty() {
        Selection::All
    } else {
        Selection::Items(whole(lines))
    };
    let command = Cancel {
        selection,
        ..request(buyer_of(order), reason)
    };
    let canceled = order.cancel(&command, &policy, at(minute));
    canceled.expect("it can be canceled")
}

fn restored(change: &Transition) -> &Restoration {
    &change.cancellation().expect("a cancellation").restores
}

/// Positions and whole units that go back into stock.
fn stock(change: &Transition) -> Vec<(i32, i64)> {
    let lines = restored(change).stock.iter();
    let lines = lines.map(|line| (line.item.0, line.quantity.scaled() / 10_000));
    lines.collect()
}

/// The points that each of these parts brings back, one canceled after the other; the last one is all that is left.
fn points_of(order: &Order, parts: &[&[(i32, i64)]]) -> Vec<i64> {
    let mut order = with_benefits(order.clone());
    let mut points = Vec::new();
    for part in parts {
        let change = canceled_by(&order, part, "Other", 4, RestoreRule::Always);
        points.push(restored(&change).points);
        order = change.after;
    }
    points
}

#[test]
fn units_come_back_with_each_part_and_the_coupon_with_the_last_one() {
    let order = with_benefits(order_of(&[2, 1]));
    let first = canceled_by(&order, &[(1, 1)], "Other", 4, RestoreRule::Always);
    assert_eq!(stock(&first), [(1, 1)]);
    assert_eq!(restored(&first).stock[0].sku, "simple");
    assert_eq!((restored(&first).coupons.len(), restored(&first).points), (0, 20));
    let last = canceled_by(&first.after, &[], "Other", 4, RestoreRule::Always);
    assert_eq!(stock(&last), [(1, 1), (2, 1)]);
    assert_eq!(restored(&last).coupons, ["<SPRING>"]);
    assert_eq!(restored(&last).points, 40);
    let lines = texts(&last.after);
    assert!(lines.contains(&"Points to be given back: 20."), "{lines:?}");
    let both = "Coupon to be given back: &lt;SPRING&gt;. Points to be given back: 40.";
    assert!(lines.contains(&both), "{lines:?}");
}

#[test]
fn the_rule_of_the_store_view_decides_what_comes_back() {
    use RestoreRule::{Always, Never, SellerAtFault, Unexpired};
    let order = with_benefits(order_of(&[1]));
    // For each rule, reason and minute: whether stock comes back, and whether coupon and points do.
    for (rule, reason, minute, stocked, given) in [
        (Always, "Other", 5, true, true),
        (Never, "too_slow", 4, false, false),
        (SellerAtFault, "Other", 4, false, false),
        (SellerAtFault, "too_slow", 5, true, true),
        (Unexpired, "Other", 4, true, true),
        (Unexpired, "too_slow", 5, true, false),
    ] {
        let change = canceled_by(&order, &[], reason, minute, rule);
        let back = restored(&change);
        assert_eq!(!back.stock.is_empty(), stocked, "{rule:?}, {reason}, {minute}");
        let expected = if given { (1, 60) } else { (0, 0) };
        assert_eq!(
            (back.coupons.len(), back.points),
            expected,
            "{rule:?}, {reason}, {minute}"
        );
        let says_so = texts(&change.after).contains(&"No unit goes back into stock.");
        assert_eq!(says_so, !stocked, "{rule:?}, {reason}, {minute}");
    }
}

#[test]
fn a_part_that_brought_nothing_back_brings_nothing_later() {
    let order = with_benefits(order_of(&[2, 1]));
    let first = canceled_by(&order, &[(1, 1)], "Other", 4, RestoreRule::SellerAtFault);
    assert_eq!(restored(&first), &Restoration::default());
    let last = canceled_by(&first.after, &[], "too_slow", 4, RestoreRule::SellerAtFault);
    assert_eq!(stock(&last), [(1, 1), (2, 1)]);
    assert_eq!((restored(&last).coupons.len(), restored(&last).points), (1, 40));
}

#[test]
fn points_that_are_credits_come_back_after_the_money() {
    // Three items of 10.00 and 15.00 of shipping, of which 15.00 are to be paid: the rest is credits.
    let mut basket = basket_of(&[1, 1, 1]);
    basket.credits = usd(3000);
    let unpaid = basket.order();
    let parts: [&[(i32, i64)]; 3] = [&[(1, 1)], &[(2, 1)], &[]];
    // The first part is worth less than the money. The second one is worth 5.00 more, a sixth of the credits.
    assert_eq!(points_of(&unpaid, &parts), [0, 10, 50]);
    assert_eq!(points_of(&invoiced(&unpaid, &[]), &parts), [0, 10, 50]);
    assert_eq!(points_of(&order_of(&[1, 1, 1]), &parts), [20, 20, 20]);
}

#[test]
fn a_bundle_is_kept_in_stock_as_its_parts_and_a_configurable_item_as_itself() {
    for (kind, expected) in [
        (ProductType::Bundle, vec![(2, 2)]),
        (ProductType::Configurable, vec![(1, 1)]),
    ] {
        let item = |position, units, cents| {
            let money = RowMoney::net(usd(cents));
            OrderItem::new(
                ItemPosition(position),
                "set",
                "A set",
                Quantity::whole(units),
                money,
            )
        };
        let parent = OrderItem {
            product_type: kind,
            ..item(1, 1, 1000)
        };
        let part = OrderItem {
            parent: Some(ItemPosition(1)),
            counts: false,
            ..item(2, 2, 0)
        };
        let order = Basket::of(vec![parent, part], RowMoney::net(usd(0))).order();
        let change = canceled_by(&order, &[], "Other", 4, RestoreRule::Always);
        assert_eq!(stock(&change), expected, "{kind:?}");
    }
}
