//! What a cancellation gives back beside money, by the rules of the store view.

use countermand_domain::{
    Cancel, CancellationPolicy, CancellationRules, Coupon, GiftCardsUsed, ItemPosition, Order, OrderItem,
    PointsUsed, ProductType, Quantity, Restoration, RestoreRule, RestoreRules, RowMoney, Selection,
    ShippingRefund, Transition,
};

use super::{basket_of, credited, invoiced, order_of, texts, usd, whole};
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
    let canceled = order.cancel(&command(order, lines, reason), &policy_with(rule), at(minute));
    canceled.expect("it can be canceled")
}

/// The policy of a store view with one rule for all that comes back.
fn policy_with(rule: RestoreRule) -> CancellationPolicy {
    let usual = policy(true);
    let restore = RestoreRules {
        stock: rule,
        coupons: rule,
        credits: rule,
        points: rule,
    };
    CancellationPolicy {
        rules: CancellationRules {
            restore,
            ..usual.rules
        },
        ..usual
    }
}

fn command(order: &Order, lines: &[(i32, i64)], reason: &str) -> Cancel {
    let selection = if lines.is_empty() {
        Selection::All
    } else {
        Selection::Items(whole(lines))
    };
    Cancel {
        selection,
        ..request(buyer_of(order), reason)
    }
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
    let nothing = Restoration {
        stock: Vec::new(),
        coupons: Vec::new(),
        credits: usd(0),
        points: 0,
    };
    assert_eq!(restored(&first), &nothing);
    let last = canceled_by(&first.after, &[], "too_slow", 4, RestoreRule::SellerAtFault);
    assert_eq!(stock(&last), [(1, 1), (2, 1)]);
    assert_eq!((restored(&last).coupons.len(), restored(&last).points), (1, 40));
}

#[test]
fn points_that_are_credits_come_back_after_the_money() {
    // Three items of 10.00 and 15.00 of shipping, of which 15.00 are to be paid: the rest is credits.
    let mut basket = basket_of(&[1, 1, 1]);
    basket.credits = usd(3000);
    let mut unpaid = basket.order();
    unpaid.totals.stored_value = usd(0);
    let parts: [&[(i32, i64)]; 3] = [&[(1, 1)], &[(2, 1)], &[]];
    // The first part is worth less than the money. The second one is worth 5.00 more, a sixth of the credits.
    assert_eq!(points_of(&unpaid, &parts), [0, 10, 50]);
    assert_eq!(points_of(&invoiced(&unpaid, &[]), &parts), [0, 10, 50]);
    assert_eq!(points_of(&order_of(&[1, 1, 1]), &parts), [20, 20, 20]);
}

#[test]
fn points_that_are_credits_stay_used_for_the_shipping_that_does_not_come_back() {
    let mut basket = basket_of(&[1]);
    basket.credits = usd(600);
    let mut order = with_benefits(basket.order());
    order.totals.stored_value = usd(0);
    let paid = invoiced(&order, &[]);
    let mut policy = policy_with(RestoreRule::Always);
    policy.rules.shipping_refund = ShippingRefund::None;
    let change = paid.cancel(&command(&paid, &[], "Other"), &policy, at(4));
    // Of 10.00 for the item, 9.00 are money, and the last 1.00 is a sixth of what 60 points paid.
    assert_eq!(restored(&change.expect("it can be canceled")).points, 10);
}

#[test]
fn credits_come_back_after_the_money_and_without_what_points_paid() {
    // Three items of 10.00 and 15.00 of shipping, of which 15.00 are to be paid. Points paid a third of the credits.
    let mut basket = basket_of(&[1, 1, 1]);
    basket.credits = usd(3000);
    let mut unpaid = with_benefits(basket.order());
    unpaid.totals.stored_value = usd(2000);
    for order in [invoiced(&unpaid, &[]), unpaid] {
        let first = canceled_by(&order, &[(1, 1)], "Other", 4, RestoreRule::Always);
        let second = canceled_by(&first.after, &[(2, 1)], "Other", 4, RestoreRule::Always);
        let last = canceled_by(&second.after, &[], "Other", 4, RestoreRule::Always);
        // The second part is worth 5.00 more than the money: 3.33 of them are no points.
        let credits = [&first, &second, &last].map(|part| restored(part).credits.minor());
        assert_eq!(credits, [0, 333, 1667]);
        let told = "$3.33 of gift cards and store credit are to be given back.";
        assert!(texts(&second.after).contains(&told), "{:?}", texts(&second.after));
        assert!(!texts(&first.after).contains(&told));
    }
}

#[test]
fn the_rule_of_the_store_view_decides_whether_credits_come_back_and_the_books_stay_the_same() {
    use RestoreRule::{Always, Never, SellerAtFault};
    let mut basket = basket_of(&[1]);
    basket.credits = usd(700);
    let paid = invoiced(&basket.order(), &[]);
    for (rule, reason, cents) in [
        (Always, "Other", 700),
        (Never, "too_slow", 0),
        (SellerAtFault, "Other", 0),
        (SellerAtFault, "too_slow", 700),
    ] {
        let change = canceled_by(&paid, &[], reason, 4, rule);
        assert_eq!(restored(&change).credits, usd(cents), "{rule:?}, {reason}");
        let memo = &change.after.credit_memos[0];
        assert_eq!((memo.grand_total, memo.credits), (usd(800), usd(700)));
        let told = "$7.00 of gift cards and store credit are to be given back.";
        let is_told = texts(&change.after).contains(&told);
        assert_eq!(is_told, cents > 0, "{rule:?}, {reason}");
        let quoted = paid.preview_cancellation(&command(&paid, &[], reason), &policy_with(rule), at(4));
        let quoted = quoted.expect("it can be canceled").quote.money.credits;
        assert_eq!(quoted, usd(cents), "{rule:?}, {reason}");
    }
}

#[test]
fn gift_cards_that_have_expired_do_not_come_back_and_store_credit_does() {
    use RestoreRule::{Always, SellerAtFault, Unexpired};
    // Three items of 10.00 and 15.00 of shipping, of which 15.00 are to be paid. Gift cards paid 18.00, and store
    // credit 12.00.
    let mut basket = basket_of(&[1, 1, 1]);
    basket.credits = usd(3000);
    let mut unpaid = basket.order();
    unpaid.gift_cards = Some(GiftCardsUsed {
        amount: usd(1800),
        expires_at: at(5),
    });
    for order in [invoiced(&unpaid, &[]), unpaid] {
        for (rule, minute, expected) in [
            (Unexpired, 4, [500, 2500]),
            (Unexpired, 5, [200, 1000]),
            (Always, 5, [500, 2500]),
            (SellerAtFault, 5, [500, 2500]),
        ] {
            let first = canceled_by(&order, &[(1, 1), (2, 1)], "too_slow", minute, rule);
            let last = canceled_by(&first.after, &[], "too_slow", minute, rule);
            let credits = [&first, &last].map(|part| restored(part).credits.minor());
            assert_eq!(credits, expected, "{rule:?}, {minute}");
            let all = command(&order, &[], "too_slow");
            let quoted = order.preview_cancellation(&all, &policy_with(rule), at(minute));
            let quoted = quoted.expect("it can be canceled").quote.money.credits.minor();
            assert_eq!(quoted, expected.iter().sum::<i64>(), "{rule:?}, {minute}");
        }
    }
}

#[test]
fn credits_that_staff_gave_back_do_not_come_back_again() {
    let mut basket = basket_of(&[1, 1]);
    basket.credits = usd(2500);
    let paid = invoiced(&basket.order(), &[]);
    let by_staff = credited(&paid, &[(1, 1)], false, 0);
    assert_eq!(by_staff.credit_memos[0].credits, usd(500));
    let change = canceled_by(&by_staff, &[], "Other", 4, RestoreRule::Always);
    assert_eq!(restored(&change).credits, usd(2000));
}

#[test]
fn credits_stay_used_for_the_shipping_that_does_not_come_back() {
    let mut basket = basket_of(&[1]);
    basket.credits = usd(700);
    let paid = invoiced(&basket.order(), &[]);
    let mut policy = policy_with(RestoreRule::Always);
    policy.rules.shipping_refund = ShippingRefund::None;
    let change = paid.cancel(&command(&paid, &[], "Other"), &policy, at(4));
    // Of 10.00 for the item, 8.00 are money.
    assert_eq!(restored(&change.expect("it can be canceled")).credits, usd(200));
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
