//! Canceling in parts: the parts add up to the whole, although other steps happen in between.

use countermand_domain::invariants::broken_by;
use countermand_domain::{
    Cancel, CancellationRefusal, Command, ItemPosition, LineRefusal, Money, Order, Quantity, RowMoney,
    Selection, Transition,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::config;
use crate::arbitrary::{Pick, picks, selection, stories};
use crate::shop::{at, buyer_of, policy, request};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_promise_is_kept_through_all_steps(story in stories()) {
        for order in story.told() {
            let broken: Vec<_> = broken_by(&order).map(|it| it.promise).collect();
            prop_assert!(broken.is_empty(), "{broken:?}");
        }
    }

    #[test]
    fn canceling_bit_by_bit_gives_back_what_canceling_at_once_does(story in stories(), bits in vec(picks(), 0..8)) {
        for order in story.told() {
            let Ok(at_once) = cancel(&order, Selection::All) else { continue };
            let Some(bit_by_bit) = canceled_in_parts(&order, &bits)? else { continue };
            same_outcome(&bit_by_bit, &at_once.after)?;
        }
    }

    #[test]
    fn canceling_unit_by_unit_gives_back_what_canceling_at_once_does(story in stories()) {
        for order in story.told() {
            let Ok(at_once) = cancel(&order, Selection::All) else { continue };
            let mut unit_by_unit = order;
            while let Some(unit) = next_unit(&unit_by_unit) {
                match cancel(&unit_by_unit, Selection::Items(vec![unit])) {
                    Ok(change) => unit_by_unit = change.after,
                    Err(refusal) => return refused_because_it_is_done(&unit_by_unit, &refusal),
                }
            }
            same_outcome(&unit_by_unit, &at_once.after)?;
        }
    }

    #[test]
    fn a_part_takes_exactly_what_was_selected(story in stories(), picks in picks()) {
        for order in story.told() {
            let Selection::Items(selected) = selection(&picks, &order) else { continue };
            let Ok(change) = cancel(&order, Selection::Items(selected.clone())) else { continue };
            for item in order.items.iter().filter(|item| item.parent.is_none()) {
                let after = change.after.item(item.position).map(|it| change.after.to_give_up(it));
                let taken = order.to_give_up(item).minus(after.unwrap_or_default());
                let asked = selected.iter().find(|line| line.0 == item.position);
                prop_assert_eq!(taken, asked.map_or(Quantity::ZERO, |line| line.1));
            }
        }
    }

    #[test]
    fn the_facts_of_all_cancellations_add_up_to_the_order(story in stories()) {
        let currency = story.draft.order().currency();
        let (mut canceled, mut shipping) = (Money::zero(currency), RowMoney::zero(currency));
        let mut taken: Vec<(ItemPosition, Quantity)> = Vec::new();
        for change in story.changes() {
            if let Some(facts) = change.cancellation() {
                canceled = canceled.checked_add(facts.canceled_total)?;
                shipping = shipping.checked_add(facts.shipping_canceled)?;
                taken.extend(facts.items.iter().map(|row| (row.item, row.canceled)));
            }
            let order = &change.after;
            prop_assert_eq!(canceled, order.totals.canceled);
            prop_assert_eq!(shipping, order.shipping.canceled);
            for item in &order.items {
                let units = taken.iter().filter(|row| row.0 == item.position);
                let units = units.fold(Quantity::ZERO, |sum, row| sum.plus(row.1));
                prop_assert_eq!(units, item.quantities.canceled);
            }
        }
    }

    #[test]
    fn the_same_part_of_the_same_order_is_the_same_decision(story in stories(), picks in picks()) {
        for order in story.told() {
            let selection = selection(&picks, &order);
            prop_assert_eq!(cancel(&order, selection.clone()), cancel(&order, selection));
        }
    }

    #[test]
    fn more_than_is_left_is_refused_and_never_cut_down(story in stories()) {
        for order in story.told().iter().filter(|order| cancel(order, Selection::All).is_ok()) {
            let Some(item) = order.items.iter().find(|item| item.parent.is_none()) else { continue };
            let left = order.to_give_up(item);
            let asked = left.plus(Quantity::from_scaled(1));
            let refusal = cancel(order, Selection::Items(vec![(item.position, asked)])).err();
            let expected = LineRefusal::TooMany { item: item.position, asked, left };
            prop_assert_eq!(refusal, Some(CancellationRefusal::Selection(expected)));
        }
    }
}

fn cancel(order: &Order, selection: Selection) -> Result<Transition, CancellationRefusal> {
    let command = Cancel {
        selection,
        ..request(buyer_of(order), "Other")
    };
    order.cancel(&command, &policy(true), at(60))
}

/// The order after each of `bits` was canceled, and then the rest; none where the shop was done with it before.
fn canceled_in_parts(order: &Order, bits: &[Vec<Pick>]) -> Result<Option<Order>, TestCaseError> {
    let mut order = order.clone();
    for bit in bits {
        if next_unit(&order).is_none() {
            break;
        }
        match cancel(&order, selection(bit, &order)) {
            Ok(change) => order = change.after,
            Err(
                CancellationRefusal::NothingOpen | CancellationRefusal::Selection(LineRefusal::NothingLeft),
            ) => {}
            Err(refusal) => {
                refused_because_it_is_done(&order, &refusal)?;
                return Ok(None);
            }
        }
    }
    if next_unit(&order).is_some() {
        match cancel(&order, Selection::All) {
            Ok(change) => order = change.after,
            Err(refusal) => {
                refused_because_it_is_done(&order, &refusal)?;
                return Ok(None);
            }
        }
    }
    Ok(Some(order))
}

/// Nothing is left to ship or to invoice: what was paid for services is given back by staff.
pub(super) fn refused_because_it_is_done(
    order: &Order,
    refusal: &CancellationRefusal,
) -> Result<(), TestCaseError> {
    prop_assert!(!order.state.allows(Command::Cancel), "{refusal}");
    prop_assert!(!order.remaining()?.has_work());
    Ok(())
}

/// One unit, or the rest, of the first top-level item that has something left.
fn next_unit(order: &Order) -> Option<(ItemPosition, Quantity)> {
    let mut items = order.items.iter().filter(|item| item.parent.is_none());
    let item = items.find(|item| order.to_give_up(item).is_positive())?;
    Some((item.position, order.to_give_up(item).min(Quantity::whole(1))))
}

pub(super) fn same_outcome(one: &Order, other: &Order) -> Result<(), TestCaseError> {
    prop_assert_eq!(one.totals, other.totals);
    prop_assert_eq!(&one.payment, &other.payment);
    prop_assert_eq!(one.shipping.canceled, other.shipping.canceled);
    prop_assert_eq!(&one.other_charges, &other.other_charges);
    prop_assert_eq!(
        one.shipping.refunded.payable()?,
        other.shipping.refunded.payable()?
    );
    for (one, other) in one.items.iter().zip(&other.items) {
        prop_assert_eq!(one.quantities, other.quantities);
        prop_assert_eq!(one.canceled, other.canceled);
        prop_assert_eq!(one.refunded.payable()?, other.refunded.payable()?);
    }
    let credits = |order: &Order| {
        Money::sum(
            order.currency(),
            order.credit_memos.iter().map(|memo| memo.credits),
        )
    };
    prop_assert_eq!(credits(one)?, credits(other)?);
    Ok(())
}
