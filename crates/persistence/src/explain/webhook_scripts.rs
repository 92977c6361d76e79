//! The scripts about webhooks whose plans are checked, and the rows for them.

use super::shop::{at, order_id};
use crate::obligations::without_ended;
use crate::rows::entity::webhook_attempt;
use crate::rows::time::to_micros;
use crate::sql::rows::insert;
use crate::sql::script::Script;
use crate::webhooks::without_attempts;
use crate::{AttemptFilter, Database, EventPlace};

/// What is read and changed of webhooks: the log of an endpoint, what waits for it, the oldest attempts, and the events
/// of a time that are sent again.
pub(super) fn webhook_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let endpoint = endpoint_of(1);
    let mut scripts = Vec::new();
    for filter in filters() {
        for after in [None, Some(id_of(2_400))] {
            let page = database.webhook_attempts_script(&endpoint, &filter, after.as_deref(), 20);
            scripts.push(("the log of an endpoint", page.0));
        }
    }
    let place = EventPlace {
        at: at(1_010),
        order: order_id(1, 9),
        version: 1,
    };
    for after in [None, Some(place)] {
        let page = database.events_of_time_script(at(1_000), at(1_100), after, 1_000);
        scripts.push(("the events of a time", page.0));
    }
    scripts.push((
        "the oldest attempts",
        database.oldest_webhook_attempts_script(at(100), 500).0,
    ));
    let mut forget = Script::write(database);
    forget.add(&without_attempts([id_of(1), id_of(2)]));
    scripts.push(("the oldest attempts, deleted", forget));
    let mut due = Script::write(database);
    due.add(&database.due_by_key("webhook_delivery", &format!("webhook:{endpoint}:")));
    scripts.push(("what waits for an endpoint, made due", due));
    let keys = (1..=4).map(|version| format!("webhook:{endpoint}:10000000009:{version}"));
    let known = database.known_effects_script(keys.collect());
    scripts.push(("what is known of deliveries", known.0));
    let mut again = Script::write_in_sequence(database);
    again.add(&database.due_anew(vec![id_of(1), id_of(2)]));
    again.add(&without_ended(vec![id_of(3), id_of(4)], database.backend()));
    scripts.push(("deliveries that are owed again", again));
    scripts
}

/// No filter of the log, each filter alone, and several together.
fn filters() -> [AttemptFilter; 5] {
    let none = AttemptFilter::default();
    let of_event = AttemptFilter {
        event: Some(event_of(7)),
        ..none.clone()
    };
    let of_day = AttemptFilter {
        from: Some(at(1_000)),
        to: Some(at(1_500)),
        ..none.clone()
    };
    let failed = AttemptFilter {
        is_delivered: Some(false),
        ..none.clone()
    };
    let failed_of_day = AttemptFilter {
        is_delivered: Some(false),
        ..of_day.clone()
    };
    [none, of_event, of_day, failed, failed_of_day]
}

/// Adds one attempt for each of `counters`. One of ten failed.
pub(super) fn fill(script: &mut Script<'_>, counters: &[i64]) {
    let attempt = |counter: &i64| webhook_attempt::Model {
        id: id_of(*counter),
        endpoint_id: endpoint_of(*counter),
        event_id: event_of(*counter),
        event_kind: "order.canceled".into(),
        order_id: Some(*counter),
        order_version: Some(2),
        attempt: 1,
        is_delivered: counter % 10 != 0,
        status: Some(200),
        answer: "an answer".repeat(20),
        problem: String::new(),
        milliseconds: 20,
        at: to_micros(at(*counter)),
    };
    insert(script, counters.iter().map(attempt));
}

/// The endpoint of one of thirty events.
fn endpoint_of(counter: i64) -> String {
    format!("01980000-0000-7000-8000-{:012}", counter % 30)
}

fn event_of(counter: i64) -> String {
    format!("01980001-0000-7000-8000-{counter:012}")
}

fn id_of(counter: i64) -> String {
    format!("01980002-0000-7000-8000-{counter:012}")
}
