//! The hash of what a job was asked for. A request with the same idempotency key must have the same hash, in later
//! versions of the program too: the text that is hashed is written here field by field, and holds no form of a type.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use countermand_domain::channel::ChannelOrderNumber;
use countermand_domain::{Currency, OrderNumber, OrderState};
use countermand_persistence::{OrderRange, OrderSearch, SearchedFacts};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::bulk::start::{BulkCancelOrders, BulkSelection};
use crate::error::AppError;
use crate::viewer::Staff;

/// The hash of what was asked for, and of who asked. `per_second` is the pace that the request names; none where it
/// names none.
pub(super) fn hash_of(
    staff: &Staff,
    command: &BulkCancelOrders,
    per_second: Option<i32>,
) -> Result<String, AppError> {
    let asked = canonical(staff, command, per_second);
    let text = serde_json::to_string(&asked).map_err(|problem| AppError::Internal(problem.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes())))
}

/// What was asked for, as JSON. The keys of an object are sorted, and what was not asked for has no key.
fn canonical(staff: &Staff, command: &BulkCancelOrders, per_second: Option<i32>) -> Value {
    let selection = match &command.selection {
        BulkSelection::Ids(ids) => ("ids", ids.iter().map(|id| id.number()).collect::<Value>()),
        BulkSelection::Numbers(numbers) => ("numbers", numbers.iter().map(ToString::to_string).collect()),
        BulkSelection::Search(search) => ("search", search_json(search)),
    };
    object([
        ("actor", json!(staff.name)),
        ("store", json!(staff.store.map(|store| store.0))),
        ("reason", json!(command.reason)),
        ("comment", json!(command.comment)),
        ("notifies_customer", json!(command.notifies_customer)),
        ("per_second", json!(per_second)),
        selection,
    ])
}

fn search_json(search: &OrderSearch) -> Value {
    // The end of a page and its size are no part of what is searched.
    let OrderSearch {
        store,
        status,
        number,
        channel_number,
        email,
        placed,
        canceled,
        facts,
        most_looked_at: _,
        after: _,
        limit: _,
    } = search;
    let SearchedFacts {
        number_part,
        email_part,
        name_part,
        sku_part,
        state,
        is_paid,
        reason_code,
        currency,
        grand_total,
        sales_channel,
    } = facts;
    object([
        ("store", json!(store.map(|store| store.0))),
        ("status", json!(status)),
        ("number", json!(number.as_ref().map(OrderNumber::to_string))),
        (
            "channel_number",
            json!(channel_number.as_ref().map(ChannelOrderNumber::as_str)),
        ),
        ("email", json!(email)),
        ("placed", range(placed, DateTime::timestamp_micros)),
        ("canceled", range(canceled, DateTime::timestamp_micros)),
        ("number_part", json!(number_part)),
        ("email_part", json!(email_part)),
        ("name_part", json!(name_part)),
        ("sku_part", json!(sku_part)),
        ("state", json!(state.map(OrderState::code))),
        ("is_paid", json!(is_paid)),
        ("reason_code", json!(reason_code)),
        ("currency", json!(currency.map(Currency::code))),
        ("sales_channel", json!(sales_channel)),
        ("grand_total", range(grand_total, |amount| *amount)),
    ])
}

fn range<T>(range: &OrderRange<T>, number: fn(&T) -> i64) -> Value {
    let end = |end: &Option<T>| json!(end.as_ref().map(number));
    object([("from", end(&range.from)), ("to", end(&range.to))])
}

/// An object of the fields that have a value, by key; null if none has one.
fn object<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    let fields: BTreeMap<_, _> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    if fields.is_empty() {
        return Value::Null;
    }
    let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
    Value::Object(fields.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use countermand_domain::{OrderId, StaffRole, StoreNumber};

    use super::*;

    fn staff(store: Option<i32>) -> Staff {
        Staff {
            store: store.map(StoreNumber),
            ..Staff::new("anna", StaffRole::Support)
        }
    }

    fn command(selection: BulkSelection) -> BulkCancelOrders {
        BulkCancelOrders {
            selection,
            reason: "other".into(),
            comment: None,
            notifies_customer: Some(false),
        }
    }

    fn search() -> BulkSelection {
        let at = |seconds| DateTime::from_timestamp(seconds, 0);
        BulkSelection::Search(Box::new(OrderSearch {
            status: Some("processing".into()),
            placed: OrderRange {
                from: at(1_700_000_000),
                to: None,
            },
            facts: SearchedFacts {
                sku_part: Some("RECALLED-1".into()),
                ..SearchedFacts::default()
            },
            ..OrderSearch::default()
        }))
    }

    #[test]
    fn the_hash_of_an_input_is_the_same_in_each_version_of_the_program() {
        let by_search = command(search());
        assert_eq!(
            canonical(&staff(Some(1)), &by_search, Some(20)).to_string(),
            r#"{"actor":"anna","notifies_customer":false,"per_second":20,"reason":"other","search":{"placed":{"from":1700000000000000},"sku_part":"RECALLED-1","status":"processing"},"store":1}"#
        );
        let hash = hash_of(&staff(Some(1)), &by_search, Some(20));
        assert_eq!(
            hash.expect("a hash"),
            "mpOfvF23KSZ0SAr6pBdEtr581-aBRdyLxFnu8khMFe8"
        );
        let ids = [10_000_000_001, 10_000_000_002].map(OrderId::from_number);
        let by_id = command(BulkSelection::Ids(ids.into_iter().flatten().collect()));
        let hash = hash_of(&staff(None), &by_id, None);
        assert_eq!(
            hash.expect("a hash"),
            "1Tz3bYZpBismtqYsxoqA0dao5P76x8tAJZutvLUyWZs"
        );
    }

    #[test]
    fn another_input_has_another_hash() {
        let hash =
            |staff: &Staff, command: &BulkCancelOrders, pace| hash_of(staff, command, pace).expect("a hash");
        let plain = command(search());
        let mut hashes = vec![
            hash(&staff(None), &plain, None),
            hash(&staff(Some(1)), &plain, None),
            hash(&staff(None), &plain, Some(10)),
        ];
        let others = [
            BulkCancelOrders {
                comment: Some("recalled".into()),
                ..plain.clone()
            },
            BulkCancelOrders {
                notifies_customer: None,
                ..plain.clone()
            },
            command(BulkSelection::Numbers(vec!["1".into()])),
            command(BulkSelection::Numbers(vec!["1".into(), "2".into()])),
        ];
        hashes.extend(others.iter().map(|other| hash(&staff(None), other, None)));
        let count = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), count);
    }
}
