//! The scripts about idempotency keys whose plans are checked, and the rows for them.

use std::time::Duration;

use countermand_domain::CustomerId;
use sea_orm::EntityTrait;

use super::shop::{at, order_id};
use crate::Database;
use crate::idempotency::{without_answers_of_keys, without_answers_to_customer};
use crate::rows::entity::{idempotency_key, idempotent_change};
use crate::rows::time::to_micros;
use crate::sql::rows::insert;
use crate::sql::script::Script;

/// The index of keys by owner and time.
pub(super) const OWNERS_BY_TIME: &str = "idx_idempotency_keys_owner_created_at";
/// The owner of the keys of callers who are not signed in.
const ANONYMOUS: &str = "anonymous";

/// What is read and changed of idempotency keys.
pub(super) fn idempotency_scripts(database: &Database) -> Vec<(&'static str, Script<'_>)> {
    let mut claimed = Script::read(database);
    claimed.select(idempotency_key::Entity::find_by_id(id_of(9)));
    let mut erased = Script::write_in_sequence(database);
    erased.add(&without_answers_to_customer(CustomerId::from_number(9)));
    erased.add(&without_answers_of_keys(&[id_of(9)]));
    let mut scripts = vec![
        ("an idempotency key", claimed),
        (
            "old idempotency keys",
            database
                .oldest_idempotency_keys_script(Duration::from_secs(1_000_000_000), 500)
                .0,
        ),
        (
            "the keys of an order",
            database.keys_of_order_script(order_id(1, 9)).0,
        ),
        ("the answers to an erased customer", erased),
    ];
    scripts.extend(cleanup_scripts(database));
    scripts
}

/// The reads of a cleanup that keeps the newest keys of anonymous callers. Each reads a part of [`OWNERS_BY_TIME`] in its
/// sequence.
pub(super) fn cleanup_scripts(database: &Database) -> [(&'static str, Script<'_>); 2] {
    let kept = Duration::from_secs(86_400);
    [
        (
            "the oldest idempotency key of anonymous callers to keep",
            database
                .oldest_idempotency_key_to_keep_script(ANONYMOUS, 100_000, kept)
                .0,
        ),
        (
            "the idempotency keys of anonymous callers before an instant",
            database
                .idempotency_keys_before_script(ANONYMOUS, at(2_000), 500)
                .0,
        ),
    ]
}

/// Adds one key of a customer, one of anonymous callers, and one mark for each of `counters`.
pub(super) fn fill(script: &mut Script<'_>, counters: &[i64]) {
    let key = |counter: &i64| idempotency_key::Model {
        id: id_of(*counter),
        input_hash: id_of(*counter),
        owner: format!("customer {counter}"),
        fence: *counter,
        lease_until: 0,
        answer: Some("an answer".into()),
        created_at: to_micros(at(*counter)),
    };
    let anonymous = |counter: &i64| idempotency_key::Model {
        id: format!("a{counter:063}"),
        owner: ANONYMOUS.into(),
        ..key(counter)
    };
    let change = |counter: &i64| idempotent_change::Model {
        key_id: id_of(*counter),
        target: format!("order {counter}"),
        created_at: to_micros(at(*counter)),
    };
    insert(script, counters.iter().map(key));
    insert(script, counters.iter().map(anonymous));
    insert(script, counters.iter().map(change));
}

fn id_of(counter: i64) -> String {
    format!("{counter:064}")
}
