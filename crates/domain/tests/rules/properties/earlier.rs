//! An order as it was before an event: what later events booked is taken back, to the unit and to the cent.

use countermand_domain::{
    Actor, CancellationRules, EventData, FeeRule, Order, OrderEvent, PastOrder, Selection, Transition,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{at, policy, staff};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_order_before_an_event_is_the_order_that_the_event_changed(story in stories()) {
        let fresh = story.draft.order();
        let changes = story.changes();
        let Some(last) = changes.last() else { return Ok(()) };
        let events = events_of(&changes);
        let befores = std::iter::once(&fresh).chain(changes.iter().map(|change| &change.after));
        for (index, before) in befores.enumerate().take(changes.len()) {
            let later = &events[index + 1..];
            let Some(earlier) = last.after.before_event(&events, index + 1)? else { continue };
            if later.iter().any(|it| matches!(it.data, EventData::ChangedUpstream(_))) {
                continue;
            }
            same_to_cancel(&earlier, before)?;
        }
    }

    #[test]
    fn a_policy_does_in_a_simulation_what_it_did_when_the_order_was_canceled(story in stories()) {
        let rules = CancellationRules { fee: FeeRule::Percent(50_000), ..CancellationRules::default() };
        let policy = countermand_domain::CancellationPolicy { rules, ..policy(true) };
        let fresh = story.draft.order();
        let changes = story.changes();
        let Some(last) = changes.last() else { return Ok(()) };
        let orders = std::iter::once(&fresh).chain(changes.iter().map(|change| &change.after));
        let first = orders.zip(&changes).find(|(_, change)| change.cancellation().is_some());
        let asked = |it: &Transition| matches!(it.event.data, EventData::CancellationRequested(_));
        let Some((before, change)) = first.filter(|_| !changes.iter().any(asked)) else { return Ok(()) };
        let past = PastOrder { order: last.after.clone(), events: events_of(&changes) };
        let Some(attempt) = past.attempt(chrono::TimeDelta::zero(), at(60))? else { return Ok(()) };
        let facts = change.cancellation().expect("a cancellation");
        prop_assert!(attempt.is_real);
        prop_assert_eq!(attempt.refunded, facts.refunded_total);
        let command = countermand_domain::Cancel {
            selection: if facts.is_partial {
                Selection::Items(facts.named_units(before).iter().map(|(it, units)| (it.position, *units)).collect())
            } else {
                Selection::All
            },
            ..countermand_domain::Cancel::all(change.event.actor.clone(), &facts.reason_code)
        };
        let outcome = attempt.outcome(&policy)?;
        match before.cancel(&command, &policy, change.event.at) {
            Ok(again) => {
                let facts = again.cancellation().expect("a cancellation");
                prop_assert_eq!(outcome.refusal, None);
                prop_assert_eq!((outcome.refund, outcome.fee), (facts.refunded_total, facts.fee));
            }
            Err(refusal) => prop_assert_eq!(outcome.refusal, Some(refusal)),
        }
    }
}

/// The events of an order that was imported and then changed.
fn events_of(changes: &[Transition]) -> Vec<OrderEvent> {
    let import = OrderEvent {
        actor: Actor::System,
        at: at(0),
        data: EventData::Imported,
    };
    let later = changes.iter().map(|change| change.event.clone());
    std::iter::once(import).chain(later).collect()
}

/// Whether both orders have the same units, the same money and the same terms of a cancellation.
fn same_to_cancel(earlier: &Order, before: &Order) -> Result<(), TestCaseError> {
    for (item, expected) in earlier.items.iter().zip(&before.items) {
        prop_assert_eq!(item.quantities, expected.quantities);
        prop_assert_eq!(
            (item.invoiced, item.refunded, item.canceled),
            (expected.invoiced, expected.refunded, expected.canceled)
        );
    }
    let zero = countermand_domain::Money::zero(before.currency());
    prop_assert_eq!(
        earlier.totals.paid.unwrap_or(zero),
        before.totals.paid.unwrap_or(zero)
    );
    prop_assert_eq!(earlier.totals.invoiced, before.totals.invoiced);
    prop_assert_eq!(earlier.totals.refunded, before.totals.refunded);
    prop_assert_eq!(earlier.totals.canceled, before.totals.canceled);
    prop_assert_eq!(&earlier.shipping, &before.shipping);
    let policy = policy(true);
    let [earlier, before] = [earlier, before].map(|it| it.cancellation_terms(&policy, &staff(), at(60)));
    prop_assert_eq!(earlier, before);
    Ok(())
}
