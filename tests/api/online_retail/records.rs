//! The wholesaler's records of cancellations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use countermand_domain::{Currency, Money};
use serde_json::Value;

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

/// All records, in the order in which the cancellations happened.
pub(super) fn records(data: &Path) -> Vec<Value> {
    let unpacked = Command::new("xz")
        .arg("-dc")
        .arg(data.join("cancellations.jsonl.xz"))
        .output();
    let text = String::from_utf8(unpacked.expect("xz runs").stdout).expect("text");
    let record = |line| serde_json::from_str(line).expect("a record");
    text.lines().map(record).collect()
}

/// The orders that are canceled completely, with the sum of their cancellations.
pub(super) fn whole_order_cancellations(data: &Path) -> Vec<WholeOrder> {
    let records = records(data);
    let number = |record: &Value| {
        record["order_increment_id"]
            .as_str()
            .expect("a number")
            .to_owned()
    };
    let whole: BTreeSet<String> = records
        .iter()
        .filter(|it| it["whole_order"] == true)
        .map(number)
        .collect();
    let mut amounts: BTreeMap<String, Vec<Money>> = BTreeMap::new();
    let mut buyers: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for record in records.iter().filter(|it| whole.contains(&number(it))) {
        amounts
            .entry(number(record))
            .or_default()
            .push(money(&record["amount"]));
        let email = format!("customer{}@example.com", record["customer_id"]);
        buyers.insert(number(record), (email, record["payment_method"] != "checkmo"));
    }
    let order = |(number, (email, is_paid)): (String, (String, bool))| WholeOrder {
        canceled: Money::sum(pounds(), amounts[&number].iter().copied()).expect("a sum"),
        number,
        email,
        is_paid,
    };
    buyers.into_iter().map(order).collect()
}

pub(super) fn pounds() -> Currency {
    "GBP".parse().expect("a currency")
}

/// The amount exactly as the JSON has it, without the error of a float.
pub(super) fn money(value: &Value) -> Money {
    Money::parse(&value.to_string(), pounds()).unwrap_or_else(|problem| panic!("{value}: {problem}"))
}
