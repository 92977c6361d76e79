//! A deadline is the first moment at which time alone changes what the buyer may do.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{
    AfterWindow, CancellationAction, CancellationPolicy, CancellationRules, CancellationTerms, ModeRules,
};
use proptest::prelude::*;

use super::config;
use crate::arbitrary::stories;
use crate::shop::{buyer_of, policy};

/// The rules change the mode at these minutes.
const TURNING_POINTS: [i64; 3] = [90, 120, 180];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_action_holds_until_the_deadline_and_not_longer(story in stories(), policy in policies()) {
        for order in story.told() {
            let buyer = buyer_of(&order);
            let terms_at = |moment| order.cancellation_terms(&policy, &buyer, moment);
            let now = order.placed_at + TimeDelta::minutes(60);
            let terms = terms_at(now);
            let later: Vec<_> = TURNING_POINTS
                .map(|minutes| order.placed_at + TimeDelta::minutes(minutes))
                .into_iter()
                .map(|moment| (moment, actions(&terms_at(moment))))
                .collect();
            for (index, (action, deadline)) in actions(&terms).into_iter().zip(deadlines(&terms)).enumerate() {
                let mut ends = later.iter().filter(|(_, actions)| actions[index] != action);
                let end = ends.next().map(|(moment, _)| *moment);
                let expected = end.filter(|_| action != CancellationAction::None);
                prop_assert_eq!(deadline, expected, "action {} of {:?}", index, action);
            }
        }
    }
}

/// Policies whose mode changes at [`TURNING_POINTS`].
fn policies() -> impl Strategy<Value = CancellationPolicy> {
    let mode = || prop_oneof![Just("AUTOMATIC"), Just("REQUEST"), Just("OFF")];
    let after_window = prop_oneof![Just(AfterWindow::Request), Just(AfterWindow::None)];
    (mode(), mode(), after_window).prop_map(|(first, last, after_window)| {
        let rules = format!("when minutes < 90 then {first}; when minutes >= 180 then {last}");
        CancellationPolicy {
            rules: CancellationRules {
                mode_rules: ModeRules::parse(&rules).expect("rules"),
                window: Some(TimeDelta::minutes(120)),
                after_window,
                ..CancellationRules::default()
            },
            ..policy(true)
        }
    })
}

/// The action for the order, and then those for its items.
fn actions(terms: &CancellationTerms) -> Vec<CancellationAction> {
    let items = terms.items.iter().map(|item| item.action);
    std::iter::once(terms.action).chain(items).collect()
}

/// The deadline of the order, and then those of its items.
fn deadlines(terms: &CancellationTerms) -> Vec<Option<DateTime<Utc>>> {
    let items = terms.items.iter().map(|item| item.deadline);
    std::iter::once(terms.deadline).chain(items).collect()
}
