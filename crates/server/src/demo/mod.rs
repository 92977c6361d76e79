//! The demo shop: orders of an outdoor and household shop that cover every situation of the contract.
//!
//! [`orders`] gives them in the shape of Adobe Commerce's `GET /V1/orders`: they enter like anybody's.

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
mod tabs;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

pub use people::{DemoCustomer, customers};
pub use stores::{
    DemoStore, DemoTexts, EUROPE_CODE, EUROPE_NAME, reason_translations, status_labels, stores,
};

pub use tabs::{DemoTokens, example_tabs};

/// Anna's e-mail: she owns the three orders that are known by number.
pub const ANNA_EMAIL: &str = "anna@example.com";
/// Anna's order in store `default` that nobody paid yet.
pub const UNPAID_NUMBER: &str = "000000084";
/// Anna's order in store `default` that is paid and not shipped.
pub const PAID_NUMBER: &str = "000000082";
/// Anna's order in store `default` of which a part is shipped.
pub const SHIPPED_NUMBER: &str = "000000081";
/// A guest's unpaid order in store `default`.
pub const GUEST_NUMBER: &str = "000000083";
/// The e-mail of that guest.
pub const GUEST_EMAIL: &str = "walter.brooks@example.com";
/// The family name of that guest.
pub const GUEST_LASTNAME: &str = "Brooks";

/// 200 orders of the 90 days before `now`, oldest first; the same for the same seed and time.
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
