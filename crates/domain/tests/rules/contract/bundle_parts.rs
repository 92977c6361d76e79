//! Bundles that are canceled by part: which parts can be named, and what becomes of the bundle.

use countermand_domain::{
    ApproveRequest, Cancel, CancellationIntent, CancellationPolicy, CancellationRefusal, ItemPosition,
    LineRefusal, Order, OrderItem, OrderState, ProductType, Quantity, RequestCancellation, RowMoney,
    Selection, Transition,
};

use super::{invoiced, shipped, usd};
use crate::shop::{Basket, at, buyer_of, currency, policy, policy_by_part, request, staff};

const BUNDLE: i32 = 1;
const CASE: i32 = 2;
const CABLE: i32 = 3;

/// Two sets, each of one case at $15.00 and three cables at $5.00.
fn sets() -> Order {
    let zero = RowMoney::zero(currency("USD"));
    let item = |position, name: &str, units, cents| {
        let money = RowMoney::net(usd(cents));
        OrderItem::new(ItemPosition(position), name, name, Quantity::whole(units), money)
    };
    let bundle = OrderItem {
        product_type: ProductType::Bundle,
        counts: false,
        ..item(BUNDLE, "Set", 2, 6000)
    };
    let part = |item: OrderItem| OrderItem {
        parent: Some(ItemPosition(BUNDLE)),
        ..item
    };
    let case = part(item(CASE, "Case", 2, 3000));
    let cable = part(item(CABLE, "Cable", 6, 3000));
    Basket::of(vec![bundle, case, cable], zero).order()
}

fn cancel(order: &Order, lines: &[(i32, i64)]) -> Result<Transition, CancellationRefusal> {
    cancel_by(order, lines, &policy_by_part())
}

/// The order of which a part is shipped, after a cancellation of `lines` of its rest.
fn rest_canceled(order: &Order, lines: &[(i32, i64)]) -> Order {
    let mut policy = policy_by_part();
    policy.rules.takes_unshipped_rest = true;
    cancel_by(order, lines, &policy).expect("a cancellation").after
}

fn cancel_by(
    order: &Order,
    lines: &[(i32, i64)],
    policy: &CancellationPolicy,
) -> Result<Transition, CancellationRefusal> {
    let lines = lines
        .iter()
        .map(|&(item, units)| (ItemPosition(item), Quantity::whole(units)));
    let command = Cancel {
        selection: Selection::Items(lines.collect()),
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, policy, at(60))
}

fn canceled(order: &Order, lines: &[(i32, i64)]) -> Order {
    cancel(order, lines).expect("a cancellation").after
}

/// The units of the set, the cases and the cables that the buyer still waits for.
fn open(order: &Order) -> [Quantity; 3] {
    [0, 1, 2].map(|index| order.items[index].quantities.open())
}

fn whole(units: [i64; 3]) -> [Quantity; 3] {
    units.map(Quantity::whole)
}

#[test]
fn a_bundle_lasts_until_its_last_part_is_canceled() {
    let order = canceled(&sets(), &[(CASE, 1)]);
    assert_eq!(order.totals.canceled, usd(1500));
    assert_eq!(open(&order), whole([2, 1, 6]));
    assert_eq!(order.items[0].status(), "Ordered");
    let order = canceled(&order, &[(CABLE, 2)]);
    assert_eq!(open(&order), whole([2, 1, 4]), "one cable of the set is left");
    let order = canceled(&order, &[(CABLE, 1)]);
    assert_eq!(
        open(&order),
        whole([1, 1, 3]),
        "all parts of one set are canceled"
    );
    let order = canceled(&order, &[(CASE, 1), (CABLE, 3)]);
    assert_eq!(open(&order), whole([0, 0, 0]));
    assert_eq!(order.state, OrderState::Canceled);
    assert_eq!(order.totals.canceled, usd(6000));
    assert!(order.items.iter().all(|item| item.status() == "Canceled"));
}

#[test]
fn a_whole_bundle_takes_the_one_first_of_which_a_part_is_canceled_already() {
    let order = canceled(&invoiced(&sets(), &[]), &[(CASE, 1)]);
    assert_eq!(order.totals.refunded, usd(1500));
    let order = canceled(&order, &[(BUNDLE, 1)]);
    assert_eq!(
        order.totals.refunded,
        usd(3000),
        "three cables went with the first set"
    );
    assert_eq!(open(&order), whole([1, 1, 3]));
    let order = canceled(&order, &[(BUNDLE, 1)]);
    assert_eq!(order.totals.refunded, usd(6000));
    assert_eq!(order.state, OrderState::Closed);
}

#[test]
fn complete_bundles_are_invoiced_and_shipped_first() {
    let order = canceled(&sets(), &[(CASE, 1)]);
    let order = invoiced(&order, &[(BUNDLE, 1)]);
    assert_eq!(order.totals.invoiced, usd(3000));
    let order = shipped(&order, &[(BUNDLE, 1)]);
    assert_eq!(open(&order), whole([1, 0, 3]));
    let order = shipped(&invoiced(&order, &[(BUNDLE, 1)]), &[]);
    assert_eq!(order.totals.invoiced, usd(4500));
    assert_eq!(order.state, OrderState::Complete);
}

#[test]
fn a_shipped_part_is_not_refunded_with_the_bundles_that_are_left() {
    let order = canceled(&sets(), &[(CABLE, 3)]);
    let order = invoiced(&shipped(&order, &[(BUNDLE, 1)]), &[]);
    assert_eq!(open(&order), whole([1, 1, 0]));
    let order = rest_canceled(&order, &[(BUNDLE, 1)]);
    assert_eq!(order.items[1].quantities.refunded, Quantity::whole(1));
    assert_eq!(order.items[2].quantities.refunded, Quantity::ZERO);
    assert_eq!(order.totals.refunded, usd(1500));
}

#[test]
fn a_service_that_went_with_a_shipped_bundle_holds_no_bundle_back() {
    let mut order = sets();
    order.items[2].is_virtual = true;
    let order = shipped(&order, &[(BUNDLE, 1)]);
    let order = rest_canceled(&order, &[(CASE, 1), (CABLE, 3)]);
    assert_eq!(order.items[0].quantities.canceled, Quantity::whole(1));
    assert_eq!(open(&order)[1..], whole([0, 0, 3])[1..]);
}

#[test]
fn an_order_is_complete_when_only_services_of_a_bundle_are_left() {
    let mut order = sets();
    order.items[2].is_virtual = true;
    let order = canceled(&order, &[(CASE, 2)]);
    assert_eq!(order.state, OrderState::New);
    assert_eq!(invoiced(&order, &[]).state, OrderState::Complete);
}

#[test]
fn what_ships_together_or_has_a_price_of_its_own_is_canceled_as_a_unit() {
    let mut together = sets();
    together.items[0].ships_separately = Some(false);
    let mut fixed = sets();
    fixed.items[0].counts = true;
    for item in &mut fixed.items[1..] {
        item.counts = false;
    }
    let number = |order: &Order, position| order.id.item_number(ItemPosition(position));
    for order in [together, fixed] {
        let refusal = LineRefusal::UnitOnly {
            item: number(&order, CASE),
            bundle: number(&order, BUNDLE),
        };
        assert_eq!(
            refusal.to_string(),
            "item `100000000010002` is a part of the bundle with the id `100000000010001`, which is canceled as a unit"
        );
        assert_eq!(cancel(&order, &[(CASE, 1)]).err(), Some(refusal.into()));
    }
    let mut separately = sets();
    separately.items[0].ships_separately = Some(true);
    assert_eq!(open(&canceled(&separately, &[(CASE, 1)])), whole([2, 1, 6]));
}

#[test]
fn a_bundle_and_its_part_are_not_named_together() {
    let order = sets();
    let refusal = LineRefusal::NamedTwice {
        item: order.id.item_number(ItemPosition(CASE)),
        bundle: order.id.item_number(ItemPosition(BUNDLE)),
    };
    let refused = cancel(&order, &[(BUNDLE, 1), (CASE, 1)]).err();
    assert_eq!(refused, Some(refusal.into()));
}

#[test]
fn the_history_names_the_part_that_was_canceled_and_not_its_bundle() {
    let line = |change: &Transition| {
        let lines = change.after.comments.iter().rev();
        let mut lines = lines.filter(|line| line.text.starts_with("Canceled items"));
        lines.next().map(|line| line.text.clone())
    };
    let first = cancel(&sets(), &[(CABLE, 6)]).expect("a cancellation");
    assert_eq!(line(&first).as_deref(), Some("Canceled items: 6 x Cable."));
    let second = cancel(&first.after, &[(CASE, 1)]).expect("a cancellation");
    assert_eq!(second.after.items[0].quantities.canceled, Quantity::whole(1));
    assert_eq!(line(&second).as_deref(), Some("Canceled items: 1 x Case."));
    let bundle = cancel(&sets(), &[(BUNDLE, 1)]).expect("a cancellation");
    assert_eq!(line(&bundle).as_deref(), Some("Canceled items: 1 x Set."));
}

#[test]
fn a_request_for_sets_asks_for_no_more_units_of_a_part_than_are_left() {
    let order = canceled(&sets(), &[(CASE, 1)]);
    let asked = RequestCancellation {
        actor: buyer_of(&order),
        intent: CancellationIntent {
            selection: Selection::Items(vec![(ItemPosition(BUNDLE), Quantity::whole(2))]),
            ..CancellationIntent::all("Other")
        },
        is_confirmed: true,
    };
    let order = order.request_cancellation(&asked, &policy_by_part(), at(1));
    let order = order.expect("a request").after;
    let requested = [0, 1, 2].map(|index| order.requested_units(&order.items[index]));
    assert_eq!(requested, whole([2, 1, 6]), "one case is canceled already");
}

#[test]
fn a_request_for_a_part_is_approved_although_the_store_view_went_back_to_units() {
    let asked = RequestCancellation {
        actor: buyer_of(&sets()),
        intent: CancellationIntent {
            selection: Selection::Items(vec![(ItemPosition(CASE), Quantity::whole(2))]),
            ..CancellationIntent::all("Other")
        },
        is_confirmed: true,
    };
    let order = sets().request_cancellation(&asked, &policy_by_part(), at(1));
    let order = order.expect("a request").after;
    let requested = |order: &Order, index: usize| order.requested_units(&order.items[index]);
    assert_eq!([0, 1, 2].map(|index| requested(&order, index)), whole([0, 2, 0]));
    let approve = ApproveRequest {
        actor: staff(),
        items: None,
        reason: None,
        notifies_customer: None,
        refund: None,
    };
    let approved = order.approve_cancellation_request(&approve, &policy(true), at(2));
    let order = approved.expect("an approval").after;
    assert_eq!(open(&order), whole([2, 0, 6]));
    assert_eq!(order.totals.canceled, usd(3000));
}
