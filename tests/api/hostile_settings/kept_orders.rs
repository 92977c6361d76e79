//! Texts that come with imported orders: each field of an order in turn holds the text, and staff reads it back.

use std::collections::BTreeMap;

use countermand_tests::OrderJson;
use serde_json::{Value, json};

use super::{Attacker, BUYER};

/// Where a text stands in an imported order, and where staff reads it.
const FIELDS: &[(&str, &str)] = &[
    ("/increment_id", "/order/number"),
    ("/status", "/status_code"),
    ("/customer_email", "/order/email"),
    ("/customer_firstname", "/order/customer_info/firstname"),
    ("/customer_lastname", "/order/customer_info/lastname"),
    ("/customer_middlename", "/order/customer_info/middlename"),
    ("/customer_prefix", "/order/customer_info/prefix"),
    ("/customer_suffix", "/order/customer_info/suffix"),
    ("/billing_address/firstname", "/order/billing_address/firstname"),
    ("/billing_address/lastname", "/order/billing_address/lastname"),
    ("/billing_address/company", "/order/billing_address/company"),
    ("/billing_address/street/0", "/order/billing_address/street/0"),
    ("/billing_address/city", "/order/billing_address/city"),
    ("/billing_address/region", "/order/billing_address/region"),
    ("/billing_address/postcode", "/order/billing_address/postcode"),
    ("/billing_address/telephone", "/order/billing_address/telephone"),
    ("/billing_address/fax", "/order/billing_address/fax"),
    ("/billing_address/vat_id", "/order/billing_address/vat_id"),
    (
        "/extension_attributes/shipping_assignments/0/shipping/address/city",
        "/order/shipping_address/city",
    ),
    ("/shipping_description", "/order/shipping_method"),
    ("/payment/method", "/payment_method"),
    (
        "/payment/additional_information/method_title",
        "/order/payment_methods/0/name",
    ),
    ("/coupon_code", "/order/applied_coupons/0/code"),
    ("/status_histories/0/comment", "/comments/0/message"),
    ("/items/0/sku", "/order/items/0/product_sku"),
    ("/items/0/name", "/order/items/0/product_name"),
    (
        "/items/0/product_option/extension_attributes/custom_options/0/label",
        "/order/items/0/entered_options/0/label",
    ),
    (
        "/items/0/product_option/extension_attributes/custom_options/0/value",
        "/order/items/0/entered_options/0/value",
    ),
];
/// So many orders travel together: a request has a size.
const AT_ONCE: usize = 10;

const IMPORT: &str = "mutation($orders: String!) {
  importOrders(input: { orders: $orders }) { imported refused { number } user_errors { code } }
}";
const ORDERS: &str = "query($day: String!, $after: String) {
  orders(first: 10, after: $after, filter: { placed_from: $day, placed_to: $day }) {
    end_cursor has_next_page
    items {
      status_code payment_method comments { message }
      order {
        number email shipping_method
        customer_info { firstname lastname middlename prefix suffix }
        billing_address { firstname lastname company street city region postcode telephone fax vat_id }
        shipping_address { city }
        payment_methods { name }
        applied_coupons { code }
        items { product_sku product_name entered_options { label value } }
      }
    }
  }
}";
const SEARCH: &str = "query($text: String!) { customer {
  orders(filter: { search: $text }, scope: GLOBAL) { items { number } }
} }";

/// Imports an order for each field; gives how many were taken, and what went wrong.
pub(super) async fn try_all(attacker: &Attacker<'_>, text: &str) -> (i64, Vec<String>) {
    let mut faults = Vec::new();
    let mut taken = 0;
    let fields: Vec<_> = FIELDS.iter().enumerate().collect();
    for fields in fields.chunks(AT_ONCE) {
        let orders: Vec<Value> = fields
            .iter()
            .map(|(field, (pointer, _))| order(attacker, *field, pointer, text))
            .collect();
        let asked = attacker.ask(IMPORT, &json!({ "orders": Value::from(orders).to_string() }));
        let answer = asked.token(attacker.shop.owner()).send().await;
        match answer.body.pointer("/data/importOrders/imported") {
            Some(Value::Number(imported)) => taken += imported.as_i64().expect("a count"),
            _ => faults.push(format!("importOrders: {}", answer.body)),
        }
    }
    let kept = kept(attacker).await;
    if i64::try_from(kept.len()) != Ok(taken) {
        faults.push(format!("{taken} orders were taken, {} are there", kept.len()));
    }
    for (field, (pointer, shown)) in FIELDS.iter().enumerate() {
        let Some(order) = kept.get(&number(attacker, field)) else {
            continue;
        };
        let read = order.pointer(shown).cloned().unwrap_or_default();
        // A title that cannot be kept is replaced by the one of the method.
        let is_title = *shown == "/order/payment_methods/0/name" && read == json!("Check / Money order");
        let is_kept = [
            text.to_owned(),
            blanked(text, &[]),
            blanked(text, &['\n', '\r', '\t']),
        ]
        .iter()
        .any(|kept| read == json!(kept));
        if !is_kept && !is_title {
            faults.push(format!("{pointer} came back as {read}"));
        }
    }
    faults.extend(search(attacker, &kept, text).await);
    (taken, faults)
}

/// A customer's search for what is in the name of a product: it finds that order, or is refused.
async fn search(attacker: &Attacker<'_>, kept: &BTreeMap<String, Value>, text: &str) -> Vec<String> {
    let named = FIELDS.iter().position(|(pointer, _)| *pointer == "/items/0/name");
    let named = number(attacker, named.expect("a field for the name"));
    let asked = attacker
        .ask(SEARCH, &json!({ "text": text }))
        .token(&attacker.customer);
    let answer = asked.send().await;
    if answer.body.pointer("/errors/0/extensions/category") == Some(&json!("graphql-input")) {
        return Vec::new();
    }
    let Some(items) = answer
        .body
        .pointer("/data/customer/orders/items")
        .and_then(Value::as_array)
    else {
        return vec![format!("a search: {}", answer.body)];
    };
    let found = |number: &str| items.iter().any(|it| it["number"] == number);
    let mut faults = Vec::new();
    // The kept name has blanks in place of control characters, and the search looks for the text as it is.
    if kept.contains_key(&named) && !found(&named) && !text.contains(char::is_control) {
        faults.push("a search does not find the name of a product".to_owned());
    }
    if found("canary") {
        faults.push("a search finds an order without the text".to_owned());
    }
    faults
}

/// An order with the text in one field, of a day of its own.
fn order(attacker: &Attacker<'_>, field: usize, pointer: &str, text: &str) -> Value {
    let number = number(attacker, field);
    let placed_at = format!("{} 10:00:00", day(attacker));
    // Only the buyer searches, and finds the orders of the account.
    let order = if pointer == "/items/0/name" {
        OrderJson::new(&number).by(BUYER)
    } else {
        OrderJson::new(&number).by_guest("guest@example.com")
    };
    let mut order = order.placed_at(&placed_at).line("sku", 1000, 1, 0, 0).json();
    for field in ["company", "fax", "vat_id"] {
        order["billing_address"][field] = json!("x");
    }
    for field in [
        "customer_middlename",
        "customer_prefix",
        "customer_suffix",
        "coupon_code",
    ] {
        order[field] = json!("x");
    }
    order["status_histories"] = json!([{ "comment": "x", "status": "pending", "is_visible_on_front": 1 }]);
    let options = json!([{ "label": "x", "value": "x", "option_type": "field" }]);
    order["items"][0]["product_option"] = json!({ "extension_attributes": { "custom_options": options } });
    let spot = order.pointer_mut(pointer);
    *spot.unwrap_or_else(|| panic!("no {pointer}")) = json!(text);
    order
}

/// The orders of this text's day, by number.
async fn kept(attacker: &Attacker<'_>) -> BTreeMap<String, Value> {
    let mut kept = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({ "day": day(attacker), "after": after });
        let asked = attacker.ask(ORDERS, &variables).token(attacker.shop.owner());
        let answer = asked.send().await;
        let page = answer.data("/orders");
        for order in page["items"].as_array().into_iter().flatten() {
            let number = order["order"]["number"].as_str().expect("a number");
            kept.insert(number.to_owned(), order.clone());
        }
        if page["has_next_page"] != true {
            return kept;
        }
        after = page["end_cursor"].clone();
    }
}

/// `text` as the import keeps it: with blanks in place of its control characters, except those of `lines`.
fn blanked(text: &str, lines: &[char]) -> String {
    let unreadable = |it: char| it.is_control() && !lines.contains(&it);
    if !text.contains(unreadable) {
        return text.to_owned();
    }
    text.replace(unreadable, " ").trim().to_owned()
}

fn number(attacker: &Attacker<'_>, field: usize) -> String {
    format!("{}-{field}", attacker.at)
}

fn day(attacker: &Attacker<'_>) -> String {
    format!("2025-{:02}-{:02}", attacker.at / 28 + 1, attacker.at % 28 + 1)
}
