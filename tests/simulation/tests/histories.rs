//! Histories by chance: every promise holds after every step, although calls and writes fail.

use countermand_simulation::{Plan, rules, whole_shop};

/// How many histories the tests run where `SIMULATE_HISTORIES` says nothing.
const OF_RULES: u64 = 100_000;
const OF_WHOLE_SHOP: u64 = 1_000;

#[test]
fn the_rules_keep_every_promise() {
    Plan::of_env(OF_RULES).run("the_rules", rules::run);
}

#[test]
fn the_whole_shop_keeps_every_promise() {
    Plan::of_env(OF_WHOLE_SHOP).run("the_whole_shop", whole_shop::run);
}
