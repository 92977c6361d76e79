//! The wholesaler's records of cancellations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use countermand_domain::{Currency, Money};
use serde_json::{Value, json};

/// The records, each about one item.
const RECORDS: usize = 7_445;
/// The wholesaler's lines of cancellations that have a record. A line that the data spreads over several items of an
/// order has a record for each.
const LINES: u64 = 7_428;
/// The lines without a record, because no earlier order of the customer explains them.
const UNMATCHED: u64 = 1_860;
/// The lines whose price is not the price of the order.
const OTHER_PRICE: usize = 316;

/// A canceled item of an order.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// The number of the cancellation.
    pub(super) cancellation: String,
    /// The number of the order.
    pub(super) order: String,
    /// The buyer's address.
    pub(super) email: String,
    /// Whether the order was paid, so that money flows back.
    pub(super) is_paid: bool,
    /// The item's id at the wholesaler.
    pub(super) item: i64,
    /// How many units are canceled.
    pub(super) units: i64,
    /// The price of one unit in the order.
    pub(super) price: Money,
    /// Whether the cancellation takes the last units of the order.
    pub(super) is_last: bool,
    /// Whether the wholesaler's line has another price than the order. The shop refunds what was paid, so the price of
    /// the order is the one to compare with.
    has_other_price: bool,
}

/// An order that the records cancel completely.
#[derive(Debug)]
pub(super) struct WholeOrder {
    pub(super) number: String,
    pub(super) email: String,
    pub(super) is_paid: bool,
    /// The sum of all records of the order. It includes parts that were canceled earlier: in this test the order is
    /// untouched, so `cancelOrder` refunds all of it. No paid order has postage, which the records leave out.
    pub(super) canceled: Money,
}

impl Record {
    /// The price of the canceled units.
    pub(super) fn worth(&self) -> Money {
        let minor = self.price.minor().checked_mul(self.units);
        Money::new(minor.expect("a small amount"), self.price.currency())
    }

    fn read(record: &Value) -> Self {
        let text = |field: &str| record[field].as_str().expect("a text").to_owned();
        let number = |field: &str| record[field].as_i64().expect("a whole number");
        let read = Self {
            cancellation: text("cancel_number"),
            order: text("order_increment_id"),
            email: format!("customer{}@example.com", record["customer_id"]),
            is_paid: record["payment_method"] != "checkmo",
            item: number("item_id"),
            units: number("quantity"),
            price: money(&record["unit_price"]),
            is_last: record["whole_order"] == true,
            has_other_price: record["match"] == "other_price",
        };
        assert_eq!(read.worth(), money(&record["amount"]), "{record}");
        read
    }
}

/// All records, in the order in which the cancellations happened.
pub(super) fn records(data: &Path) -> Vec<Record> {
    let unpacked = Command::new("xz")
        .arg("-dc")
        .arg(data.join("cancellations.jsonl.xz"))
        .output();
    let text = String::from_utf8(unpacked.expect("xz runs").stdout).expect("text");
    let record = |line| Record::read(&serde_json::from_str(line).expect("a record"));
    text.lines().map(record).collect()
}

/// Checks that the records are all that the data has, and how many of the wholesaler's lines they cannot explain.
pub(super) fn assert_counted(data: &Path, records: &[Record]) {
    let stats = std::fs::read(data.join("stats.json")).expect("the statistics");
    let stats: Value = serde_json::from_slice(&stats).expect("JSON");
    let lines = json!({ "matched": LINES, "unmatched": UNMATCHED });
    assert_eq!(stats["cancellation_lines"], lines);
    let left_out = stats["unmatched"].as_array().map(Vec::len);
    assert_eq!(left_out.and_then(|it| u64::try_from(it).ok()), Some(UNMATCHED));
    assert_eq!(records.len(), RECORDS);
    let other = records.iter().filter(|it| it.has_other_price).count();
    assert_eq!(other, OTHER_PRICE);
}

/// The orders that are canceled completely, with the sum of their cancellations.
pub(super) fn whole_order_cancellations(data: &Path) -> Vec<WholeOrder> {
    let records = records(data);
    let last = records.iter().filter(|it| it.is_last);
    let whole: BTreeSet<_> = last.map(|it| it.order.clone()).collect();
    let mut orders: BTreeMap<String, WholeOrder> = BTreeMap::new();
    for record in records.into_iter().filter(|it| whole.contains(&it.order)) {
        let worth = record.worth();
        let order = orders.entry(record.order.clone()).or_insert(WholeOrder {
            number: record.order,
            email: record.email,
            is_paid: record.is_paid,
            canceled: Money::zero(pounds()),
        });
        order.canceled = order.canceled.checked_add(worth).expect("a sum");
    }
    orders.into_values().collect()
}

pub(super) fn pounds() -> Currency {
    "GBP".parse().expect("a currency")
}

/// The amount exactly as the JSON has it, without the error of a float.
pub(super) fn money(value: &Value) -> Money {
    Money::parse(&value.to_string(), pounds()).unwrap_or_else(|problem| panic!("{value}: {problem}"))
}
