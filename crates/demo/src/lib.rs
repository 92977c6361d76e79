//! The demo shop: orders of an outdoor and household shop that cover every situation of the contract.
//!
//! [`orders`] writes them in the format of Adobe Commerce's `GET /V1/orders`, so that the import can read them.

mod basket;
mod catalog;
mod draft;
mod json;
mod json_item;
mod money;
mod people;
mod plan;
mod row;
mod shop;
mod situation;
mod stores;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

pub use people::{DemoCustomer, customers};
pub use stores::{DemoStore, DemoTexts, EUROPE_CODE, EUROPE_NAME, status_labels, stores};

/// Anna's e-mail address. Anna has three orders with known numbers.
pub const ANNA_EMAIL: &str = "anna@example.com";
/// The number of Anna's unpaid order in the store view `default`.
pub const UNPAID_NUMBER: &str = "000000084";
/// The number of Anna's order in the store view `default` that is paid and not shipped.
pub const PAID_NUMBER: &str = "000000082";
/// The number of Anna's order in the store view `default` of which a part is shipped.
pub const SHIPPED_NUMBER: &str = "000000081";
/// The number of a guest's unpaid order in the store view `default`.
pub const GUEST_NUMBER: &str = "000000083";
/// The e-mail address of the guest with the order [`GUEST_NUMBER`].
pub const GUEST_EMAIL: &str = "walter.brooks@example.com";
/// The last name of the guest with the order [`GUEST_NUMBER`].
pub const GUEST_LASTNAME: &str = "Brooks";

/// 200 orders of the 90 days before `now`, oldest first. The same seed and time give the same orders.
///
/// Their `store_id` is the number of a store view: 1 for `default`, 2 to 4 for [`stores`].
#[must_use]
pub fn orders(seed: u64, now: DateTime<Utc>) -> Vec<Value> {
    let mut rng = StdRng::seed_from_u64(seed);
    let products = catalog::products();
    let mut drafts = plan::drafts(&mut rng, now);
    drafts.sort_by_key(|draft| draft.placed_at);

    let mut numbers: BTreeMap<i64, i64> = BTreeMap::new();
    let mut entity_id = 0;
    let mut item_id = 0;
    let write = |draft: &draft::Draft| {
        let counter = numbers.entry(draft.shop.store).or_default();
        *counter += 1;
        entity_id += 1;
        let rows = basket::rows(draft, &products, &mut rng);
        let ids = json::Ids {
            order: entity_id,
            number: draft.shop.order_number(*counter),
            first_item: item_id + 1,
        };
        item_id += i64::try_from(rows.len()).unwrap_or_default();
        json::order(draft, &rows, &ids, now)
    };
    drafts.iter().map(write).collect()
}
