//! Parts of bundles that are canceled by themselves: the parts add up to the whole, in any sequence with whole bundles.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    ApproveRequest, Cancel, CancellationAction, CancellationMode, CancellationPolicy, CancellationRefusal,
    CancellationRules, ItemPosition, ItemTerms, LineRefusal, Order, OrderItem, Quantity, Selection,
    Transition,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use super::parts::{refused_because_it_is_done, same_outcome};
use crate::arbitrary::{picks, selection_by_part, stories};
use crate::shop::{at, buyer_of, policy, policy_by_part, request, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn parts_and_whole_bundles_in_any_sequence_give_back_what_canceling_at_once_does(
        story in stories(),
        bits in vec(picks(), 1..8),
    ) {
        for order in story.told() {
            let Ok(at_once) = cancel(&order, Selection::All) else { continue };
            let mut by_bits = order;
            for bit in &bits {
                if let Ok(change) = cancel(&by_bits, selection_by_part(bit, &by_bits)) {
                    by_bits = change.after;
                    let broken: Vec<_> = broken_by(&by_bits).map(|it| it.promise).collect();
                    prop_assert!(broken.is_empty(), "{broken:?}");
                }
            }
            if next_unit(&by_bits).is_some() {
                match cancel(&by_bits, Selection::All) {
                    Ok(change) => by_bits = change.after,
                    Err(refusal) => {
                        refused_because_it_is_done(&by_bits, &refusal)?;
                        continue;
                    }
                }
            }
            same_outcome(&by_bits, &at_once.after)?;
        }
    }

    #[test]
    fn canceling_part_by_part_gives_back_what_canceling_at_once_does(story in stories()) {
        'orders: for order in story.told() {
            let Ok(at_once) = cancel(&order, Selection::All) else { continue };
            let mut by_part = order;
            while let Some(unit) = next_unit(&by_part) {
                match cancel(&by_part, Selection::Items(vec![unit])) {
                    Ok(change) => by_part = change.after,
                    Err(refusal) => {
                        refused_because_it_is_done(&by_part, &refusal)?;
                        continue 'orders;
                    }
                }
            }
            same_outcome(&by_part, &at_once.after)?;
            for bundle in by_part.items.iter().filter(|item| by_part.has_separate_parts(item)) {
                prop_assert!(by_part.is_free() || !bundle.quantities.open().is_positive(), "{bundle:?}");
            }
        }
    }

    #[test]
    fn a_part_takes_its_own_units_and_those_of_no_other_part(story in stories(), picks in picks()) {
        for order in story.told() {
            let Selection::Items(selected) = selection_by_part(&picks, &order) else { continue };
            let Ok(change) = cancel(&order, Selection::Items(selected.clone())) else { continue };
            for item in order.items.iter().filter(|item| item.counts) {
                let after = change.after.item(item.position).map(|it| change.after.to_give_up(it));
                let taken = order.to_give_up(item).minus(after.unwrap_or_default());
                let of = |position| selected.iter().find(|line| line.0 == position).map(|line| line.1);
                if let Some(asked) = of(item.position) {
                    prop_assert_eq!(taken, asked);
                } else if item.parent.and_then(of).is_none() {
                    prop_assert_eq!(taken, Quantity::ZERO);
                }
            }
        }
    }

    #[test]
    fn the_terms_list_each_part_with_the_units_that_can_be_canceled(story in stories(), takes_rest: bool) {
        let policy = CancellationPolicy {
            rules: CancellationRules { takes_unshipped_rest: takes_rest, ..policy_by_part().rules },
            ..policy_by_part()
        };
        for order in story.told() {
            let terms = order.cancellation_terms(&policy, &buyer_of(&order), at(60));
            let is_open = |row: &&ItemTerms| row.is_named && row.action == CancellationAction::Cancel;
            for row in terms.items.iter().filter(is_open) {
                let change = cancel_by(&order, Selection::Items(vec![(row.item, row.quantity_open)]), &policy);
                prop_assert!(change.is_ok(), "{row:?}: {:?}", change.err());
            }
            for row in terms.items.iter().filter(|row| !row.is_named) {
                let named = cancel_by(&order, Selection::Items(vec![(row.item, Quantity::whole(1))]), &policy);
                prop_assert!(named.is_err());
            }
        }
    }

    #[test]
    fn a_request_for_parts_beside_shipped_ones_takes_what_canceling_them_takes(
        story in stories(),
        picks in picks(),
    ) {
        let [at_once, on_request] = [CancellationMode::Automatic, CancellationMode::Request].map(|mode| {
            let rules = CancellationRules { mode, takes_unshipped_rest: true, ..policy_by_part().rules };
            CancellationPolicy { rules, ..policy_by_part() }
        });
        for order in story.told().into_iter().filter(Order::has_shipment) {
            let selection = selection_by_part(&picks, &order);
            let command = Cancel { selection, ..request(buyer_of(&order), "Other") };
            let directly = order.cancel_or_request(&command, &at_once, at(60));
            let asked = order.cancel_or_request(&command, &on_request, at(60));
            let (directly, asked) = match (directly, asked) {
                (Ok(directly), Ok(asked)) => (directly, asked),
                (directly, asked) => {
                    prop_assert_eq!(directly.err(), asked.err());
                    continue;
                }
            };
            prop_assert!(asked.cancellation().is_none());
            if directly.cancellation().is_none() {
                // The warehouse packs units of it, so it is requested in each mode.
                prop_assert_eq!(directly.after.cancellation_request, asked.after.cancellation_request);
                continue;
            }
            let approve = ApproveRequest {
                actor: staff(),
                items: None,
                reason: None,
                notifies_customer: None,
                refund: None,
            };
            let approved = asked.after.approve_cancellation_request(&approve, &on_request, at(61));
            let approved = approved.map_err(|it| TestCaseError::fail(it.to_string()))?.after;
            for (item, expected) in approved.items.iter().zip(&directly.after.items) {
                prop_assert_eq!(item.quantities, expected.quantities);
                prop_assert_eq!((item.canceled, item.refunded), (expected.canceled, expected.refunded));
            }
            prop_assert_eq!(approved.totals, directly.after.totals);
        }
    }

    #[test]
    fn by_default_no_part_can_be_named(story in stories()) {
        for order in story.told() {
            let terms = order.cancellation_terms(&policy(true), &buyer_of(&order), at(60));
            let named = terms.items.iter().filter(|row| row.is_named);
            prop_assert!(named.map(|row| order.item(row.item)).all(|it| it.is_some_and(|it| it.parent.is_none())));
            if terms.action != CancellationAction::Cancel {
                continue;
            }
            let parts = order.items.iter().filter_map(|part| Some((part, order.item(part.parent?)?)));
            for (part, bundle) in parts.filter(|(_, bundle)| order.has_separate_parts(bundle)) {
                let one = Selection::Items(vec![(part.position, Quantity::whole(1))]);
                let refused = cancel_by(&order, one, &policy(true)).err();
                let [item, bundle] = [part, bundle].map(|it| order.id.item_number(it.position));
                prop_assert_eq!(refused, Some(CancellationRefusal::Selection(LineRefusal::UnitOnly { item, bundle })));
            }
        }
    }
}

fn cancel(order: &Order, selection: Selection) -> Result<Transition, CancellationRefusal> {
    cancel_by(order, selection, &policy_by_part())
}

fn cancel_by(
    order: &Order,
    selection: Selection,
    policy: &CancellationPolicy,
) -> Result<Transition, CancellationRefusal> {
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, policy, at(60))
}

/// One unit, or the rest, of the last item that has something left: of a part, where its bundle can be named by part.
fn next_unit(order: &Order) -> Option<(ItemPosition, Quantity)> {
    let is_named = |item: &&OrderItem| match item.parent.and_then(|whole| order.item(whole)) {
        Some(whole) => order.has_separate_parts(whole),
        None => !order.has_separate_parts(item),
    };
    let mut items = order.items.iter().rev().filter(is_named);
    let item = items.find(|item| order.to_give_up(item).is_positive())?;
    Some((item.position, order.to_give_up(item).min(Quantity::whole(1))))
}
