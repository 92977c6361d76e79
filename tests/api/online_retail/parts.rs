//! The wholesaler's cancellations of parts: each is repeated with `cancelOrder`, item by item.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_domain::{Money, StoreNumber};
use countermand_persistence::Database;
use countermand_tests::process::ServerProcess;
use serde_json::{Value, json};

use super::records::{Record, money, pounds, records};

/// A cancellation of one order by its buyer: some of its items, at one time.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) order: String,
    pub(super) email: String,
    pub(super) is_paid: bool,
    pub(super) lines: Vec<Record>,
    /// Whether the part takes the last units of the order.
    pub(super) is_last: bool,
}

/// An order as the shop knows it.
#[derive(Debug)]
struct Known {
    id: String,
    /// The ids of the items, by their ids at the wholesaler.
    items: HashMap<i64, String>,
    /// How many units of each item are canceled so far, by its id at the wholesaler.
    canceled: HashMap<i64, i64>,
}

/// The units of an item and what they are worth.
type Units = (i64, Money);

impl Part {
    /// The cancellation of these lines of one order.
    pub(super) fn of(lines: Vec<Record>, is_last: bool) -> Self {
        let first = lines.first().expect("a line");
        Self {
            order: first.order.clone(),
            email: first.email.clone(),
            is_paid: first.is_paid,
            is_last,
            lines,
        }
    }

    /// What is canceled of each item. A part may name an item twice.
    fn by_item(&self) -> BTreeMap<i64, Units> {
        let mut items = BTreeMap::new();
        for line in &self.lines {
            let (units, worth) = items.entry(line.item).or_insert((0, Money::zero(pounds())));
            *units += line.units;
            *worth = worth.checked_add(line.worth()).expect("a sum");
        }
        items
    }
}

/// The cancellations in the order in which they happened.
pub(super) fn parts(records: Vec<Record>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut known: HashMap<(String, String), usize> = HashMap::new();
    for record in records {
        let key = (record.cancellation.clone(), record.order.clone());
        if let Some(at) = known.get(&key) {
            parts[*at].lines.push(record);
        } else {
            known.insert(key, parts.len());
            let is_last = record.is_last;
            parts.push(Part::of(vec![record], is_last));
        }
    }
    parts
}

/// The order without goods, which is complete once a part of it is refunded.
const WITHOUT_GOODS: &str = "000548813";

/// The lines of each paid order of which the records cancel several, in the order in which they happened.
pub(super) fn paid_orders_of_several_lines(data: &Path) -> Vec<Vec<Record>> {
    let mut orders: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for record in records(data).into_iter().filter(|it| it.is_paid) {
        orders.entry(record.order.clone()).or_default().push(record);
    }
    orders.remove(WITHOUT_GOODS).expect("the order without goods");
    orders.into_values().filter(|lines| lines.len() > 1).collect()
}

/// What each order has refunded, by its number, after its parts are canceled.
pub(super) async fn cancel(
    server: &ServerProcess,
    shop: &Database,
    customer: &str,
    parts: &[Part],
) -> BTreeMap<String, Money> {
    let mut refunded = BTreeMap::new();
    let mut orders = HashMap::new();
    for part in parts {
        if !orders.contains_key(&part.order) {
            orders.insert(part.order.clone(), known(shop, &part.order).await);
        }
        let order = orders.get_mut(&part.order).expect("a known order");
        let total = refunded
            .entry(part.order.clone())
            .or_insert(Money::zero(pounds()));
        *total = total
            .checked_add(cancel_part(server, customer, order, part).await)
            .expect("a sum");
    }
    refunded
}

/// Cancels one part, and compares what it refunds, by item and in all, with the records.
async fn cancel_part(server: &ServerProcess, customer: &str, known: &mut Known, part: &Part) -> Money {
    let by_item = part.by_item();
    let item =
        |(item, (units, _)): (&i64, &Units)| json!({ "item_id": known.items[item], "quantity": units });
    let items: Value = by_item.iter().map(item).collect();
    let mutation = "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { error order {
        status items { id quantity_canceled quantity_refunded } credit_memos {
            items { quantity_refunded product_sale_price { value } order_item { id } }
            total { grand_total { value } }
        }
    } } }";
    let input = json!({ "order_id": known.id, "reason": "Other", "items": items });
    let answer = server
        .ask(mutation)
        .variables(json!({ "input": input }))
        .token(customer)
        .send()
        .await;
    let payload = answer.data("/cancelOrder");
    assert!(payload["error"].is_null(), "{part:?}: {payload:#}");
    let order = &payload["order"];
    for (item, (units, _)) in &by_item {
        *known.canceled.entry(*item).or_default() += units;
    }
    assert_quantities(known, part, order);
    let memos = order["credit_memos"].as_array().expect("a list");
    let over = if part.is_paid { "Closed" } else { "Canceled" };
    assert_eq!(order["status"] == over, part.is_last, "{part:?}: {order:#}");
    if !part.is_paid {
        assert!(memos.is_empty(), "{part:?}: {order:#}");
        return Money::zero(pounds());
    }
    let memo = memos.last().expect("a credit memo");
    let worth = Money::sum(pounds(), by_item.values().map(|it| it.1)).expect("a sum");
    let refund = money(&memo["total"]["grand_total"]["value"]);
    assert_eq!(refund, worth, "{part:?}");
    let expected = by_item.into_iter();
    let expected: BTreeMap<_, _> = expected
        .map(|(item, units)| (known.items[&item].clone(), units))
        .collect();
    assert_eq!(refunded_items(memo), expected, "{part:?}");
    refund
}

/// Compares the units of each canceled item, and of no other one, with what was canceled so far.
fn assert_quantities(known: &Known, part: &Part, order: &Value) {
    let field = if part.is_paid {
        "quantity_refunded"
    } else {
        "quantity_canceled"
    };
    let taken = order["items"].as_array().expect("items").iter();
    let taken = taken.map(|item| {
        (
            item["id"].as_str().expect("an id").to_owned(),
            units(&item[field]),
        )
    });
    let taken: BTreeMap<_, _> = taken.filter(|(_, units)| *units != 0).collect();
    let expected = known.canceled.iter();
    let expected = expected.map(|(item, units)| (known.items[item].clone(), *units));
    assert_eq!(taken, expected.collect(), "{part:?}");
}

/// The units and the refund of each item of a credit memo, by its id.
fn refunded_items(memo: &Value) -> BTreeMap<String, Units> {
    let refunded = memo["items"].as_array().expect("items").iter();
    let read = |item: &Value| {
        let (id, units) = (
            item["order_item"]["id"].as_str(),
            units(&item["quantity_refunded"]),
        );
        let price = money(&item["product_sale_price"]["value"]);
        let refund = Money::new(price.minor() * units, price.currency());
        (id.expect("an id").to_owned(), (units, refund))
    };
    refunded.map(read).collect()
}

/// A whole quantity.
fn units(quantity: &Value) -> i64 {
    let text = quantity.to_string();
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    whole.parse().expect("a whole number")
}

async fn known(shop: &Database, number: &str) -> Known {
    let loaded = shop.order_by_number(StoreNumber(1), &number.into()).await;
    let order = loaded.expect("a readable order").expect("the order").order;
    // The id of an item is that of its order with four digits for its position.
    let item =
        |position: i32| STANDARD.encode((order.id.number() * 10_000 + i64::from(position)).to_string());
    let items = order.items.iter();
    Known {
        id: STANDARD.encode(order.id.number().to_string()),
        items: items
            .map(|it| (it.external_id.expect("an id"), item(it.position.0)))
            .collect(),
        canceled: HashMap::new(),
    }
}
