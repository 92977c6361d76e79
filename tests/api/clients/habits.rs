//! What all storefronts rely on in every answer.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::NaiveDateTime;
use countermand_tests::{Ask, StorefrontClient, TestShop};
use serde_json::Value;

/// The answer to an operation of a storefront, with the variables that are kept beside its document.
pub(super) async fn answered(client: StorefrontClient, shop: &TestShop, operation: &str) -> Value {
    good_answer(client.ask(shop, operation)).await
}

/// The data of an answer that every storefront can read: status 200, JSON, `no-store`, and no errors.
pub(super) async fn good_answer(ask: Ask) -> Value {
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.contains("json"), "{kind}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    keeps_habits(answer.data(""), "");
    answer.data("").clone()
}

/// Checks every id, token, number, date and quantity in an answer.
fn keeps_habits(value: &Value, path: &str) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| keeps_habits(entry, path)),
        Value::Object(fields) => {
            // An object with an id and a date is an order.
            if fields.contains_key("order_date") && fields.contains_key("id") {
                is_order_id(&fields["id"]);
            }
            for (name, field) in fields {
                let path = format!("{path}/{name}");
                is_habitual(name, field, &path);
                keeps_habits(field, &path);
            }
        }
        _ => {}
    }
}

fn is_habitual(name: &str, field: &Value, path: &str) {
    let text = field.as_str().unwrap_or_default();
    let holds = match name {
        "errors" if path.matches('/').count() == 1 => false,
        "number" if !path.contains("tracking") => (1..=20).contains(&text.len()),
        "token" => path.contains("CustomerToken") || is_order_token(text),
        "order_date" | "order_status_change_date" | "timestamp" | "created_at" => is_moment(text),
        _ if name.starts_with("quantity_") => field.is_f64(),
        _ => true,
    };
    assert!(holds, "{path}: {field}");
}

/// Storefronts decode the id, and tell it from a guest's token by its length.
fn is_order_id(id: &Value) {
    let id = id.as_str().expect("an id");
    let decoded = STANDARD.decode(id).expect("base64");
    let digits = String::from_utf8(decoded).expect("a text");
    assert!(id.len() <= 20 && digits.len() <= 15, "{id}");
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
}

/// A link must be able to carry the token as it is.
fn is_order_token(token: &str) -> bool {
    token.len() > 20 && URL_SAFE_NO_PAD.decode(token).is_ok()
}

/// Whether the text has the form `YYYY-MM-DD HH:MM:SS`.
fn is_moment(text: &str) -> bool {
    text.len() == 19 && NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").is_ok()
}

/// The paths of fields that are empty everywhere below `data`, for example `items/gift_message`. Paths below an empty
/// field are left out.
pub(super) fn empty_fields(data: &Value) -> Vec<String> {
    let mut filled = BTreeMap::new();
    note_fields(data, "", &mut filled);
    let empty = filled.into_iter().filter(|(_, filled)| !filled);
    empty.map(|(path, _)| path).collect()
}

fn note_fields(value: &Value, path: &str, filled: &mut BTreeMap<String, bool>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| note_fields(entry, path, filled)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let path = format!("{path}/{name}").trim_start_matches('/').to_owned();
                let is_empty = field.is_null() || field.as_array().is_some_and(Vec::is_empty);
                *filled.entry(path.clone()).or_default() |= !is_empty;
                note_fields(field, &path, filled);
            }
        }
        _ => {}
    }
}

/// The text at a JSON pointer in each entry of a list.
pub(super) fn texts<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    let entries = list.as_array().expect("a list").iter();
    let text = |entry: &'a Value| entry.pointer(pointer).and_then(Value::as_str);
    entries.filter_map(text).collect()
}
