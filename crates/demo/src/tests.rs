//! Tests of the demo's orders, as their JSON shows them.

mod situations;

use std::collections::BTreeSet;

use countermand_domain::parse_scaled;

use super::*;

/// The number of seeds in tests that must hold for every seed.
const SEEDS: u64 = 6;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_900_000_000, 0).expect("a valid time")
}

/// An amount or a quantity in hundredths; 0 if the field is absent.
fn hundredths(of: &Value, field: &str) -> i64 {
    match &of[field] {
        Value::Null => 0,
        value => parse_scaled(&value.to_string(), 2).expect("at most two decimals"),
    }
}

fn items(order: &Value) -> &[Value] {
    order["items"].as_array().expect("a list")
}

/// The items whose amounts count. A bundle whose parts have their own prices does not count.
fn counting(order: &Value) -> impl Iterator<Item = &Value> {
    let has_priced_part = |item: &Value| {
        items(order)
            .iter()
            .any(|part| part["parent_item_id"] == item["item_id"] && hundredths(part, "row_total") > 0)
    };
    items(order).iter().filter(move |item| !has_priced_part(item))
}

fn sum(order: &Value, field: &str) -> i64 {
    counting(order).map(|item| hundredths(item, field)).sum()
}

fn any_item(order: &Value, holds: impl Fn(&Value) -> bool) -> bool {
    items(order).iter().any(holds)
}

fn units(item: &Value, field: &str) -> i64 {
    item[field].as_i64().expect("whole units")
}

fn order_by_number<'a>(orders: &'a [Value], number: &str) -> &'a Value {
    let found = orders.iter().find(|order| order["increment_id"] == number);
    found.expect("the order is there")
}

#[test]
fn there_are_200_orders_of_the_last_90_days_oldest_first() {
    let orders = orders(1, now());
    assert_eq!(orders.len(), 200);
    let times: Vec<_> = orders
        .iter()
        .map(|order| order["created_at"].as_str().expect("a time"))
        .collect();
    assert!(times.is_sorted());
    let days_ago = |days| json::time(now() - chrono::TimeDelta::days(days));
    assert!(times[0] >= days_ago(90).as_str() && times[0] < days_ago(75).as_str());
    assert!(times[199] <= json::time(now()).as_str());
    let numbers: BTreeSet<_> = orders
        .iter()
        .map(|order| order["increment_id"].as_str())
        .collect();
    assert_eq!(numbers.len(), 200);
    for store in 1..=4 {
        assert!(orders.iter().any(|order| order["store_id"] == store));
    }
}

#[test]
fn a_seed_gives_the_same_shop_again() {
    assert_eq!(orders(7, now()), orders(7, now()));
    assert_ne!(orders(7, now()), orders(8, now()));
}

#[test]
fn every_order_adds_up() {
    for order in (0..SEEDS).flat_map(|seed| orders(seed, now())) {
        let number = &order["increment_id"];
        let of = |field| hundredths(&order, field);
        let value =
            sum(&order, "row_total") + of("tax_amount") + of("shipping_amount") + of("discount_amount");
        assert_eq!(value - of("gift_cards_amount"), of("grand_total"), "{number}");
        assert_eq!(sum(&order, "row_total"), of("subtotal"), "{number}");
        assert_eq!(
            sum(&order, "tax_amount") + of("shipping_tax_amount"),
            of("tax_amount"),
            "{number}"
        );
        let discount = sum(&order, "discount_amount") + of("shipping_discount_amount");
        assert_eq!(-discount, of("discount_amount"), "{number}");
        let settled = of("total_paid") + of("total_due") + of("total_canceled");
        assert_eq!(settled, of("grand_total"), "{number}");
        assert!(of("total_refunded") <= of("total_paid"), "{number}");
        assert!(
            of("total_paid") == 0 || of("total_paid") == of("total_invoiced"),
            "{number}"
        );
    }
}

#[test]
fn documents_agree_with_quantities() {
    for order in (0..SEEDS).flat_map(|seed| orders(seed, now())) {
        let number = &order["increment_id"];
        let of = |field| hundredths(&order, field);
        let shipping = |field| {
            let whole = of("shipping_amount") + of("shipping_tax_amount") - of("shipping_discount_amount");
            if order[field].is_null() { 0 } else { whole }
        };
        let invoiced = sum(&order, "row_invoiced") + sum(&order, "tax_invoiced")
            - sum(&order, "discount_invoiced")
            + shipping("shipping_invoiced");
        assert_eq!(of("total_invoiced"), invoiced.min(of("grand_total")), "{number}");
        let refunded = sum(&order, "amount_refunded") + sum(&order, "tax_refunded")
            - sum(&order, "discount_refunded")
            + shipping("shipping_refunded");
        assert_eq!(of("total_refunded"), refunded, "{number}");
        for item in items(&order) {
            let [ordered, invoiced, shipped, canceled, refunded] = [
                "qty_ordered",
                "qty_invoiced",
                "qty_shipped",
                "qty_canceled",
                "qty_refunded",
            ]
            .map(|field| units(item, field));
            assert!(
                canceled + invoiced.max(shipped) <= ordered && refunded <= invoiced,
                "{number}"
            );
            let expected = match invoiced {
                0 => Some(0),
                all if all == ordered => Some(hundredths(item, "row_total")),
                _ => None,
            };
            let row_invoiced = hundredths(item, "row_invoiced");
            assert!(expected.is_none_or(|it| it == row_invoiced), "{number}");
        }
    }
}

#[test]
fn europe_pays_tax_on_top_and_america_does_not() {
    for order in orders(5, now()) {
        for item in items(&order)
            .iter()
            .filter(|item| item["product_type"] != "giftcard")
        {
            let percent = item["tax_percent"].as_i64().expect("whole per cent");
            let expected = if order["store_id"] == 1 { 0..=0 } else { 20..=25 };
            assert!(expected.contains(&percent), "{}", order["increment_id"]);
        }
    }
}

#[test]
fn every_seed_has_the_known_orders() {
    for seed in 0..SEEDS {
        let orders = orders(seed, now());
        for number in [UNPAID_NUMBER, PAID_NUMBER, SHIPPED_NUMBER] {
            let order = order_by_number(&orders, number);
            assert_eq!(order["customer_email"], ANNA_EMAIL);
            assert_eq!(order["store_id"], 1);
        }
        let unpaid = order_by_number(&orders, UNPAID_NUMBER);
        assert!(unpaid["state"] == "new" && unpaid["total_paid"].is_null());
        let paid = order_by_number(&orders, PAID_NUMBER);
        assert!(paid["state"] == "processing" && paid["total_due"] == 0.0);
        assert!(!any_item(paid, |item| units(item, "qty_shipped") > 0));
        let shipped = order_by_number(&orders, SHIPPED_NUMBER);
        assert!(shipped["state"] == "processing" && any_item(shipped, |item| units(item, "qty_shipped") > 0));
        let guest = order_by_number(&orders, GUEST_NUMBER);
        assert_eq!(guest["customer_email"], GUEST_EMAIL);
        assert_eq!(guest["billing_address"]["lastname"], GUEST_LASTNAME);
        assert!(guest["state"] == "new" && guest["customer_is_guest"] == 1 && guest["store_id"] == 1);
    }
}

#[test]
fn registered_orders_belong_to_customers_of_their_website() {
    let customers = customers();
    assert_eq!(customers.len(), 12);
    for order in orders(1, now())
        .iter()
        .filter(|order| order["customer_is_guest"] == 0)
    {
        let owner = customers
            .iter()
            .find(|customer| order["customer_email"] == customer.email);
        let website = if order["store_id"] == 1 {
            "base"
        } else {
            EUROPE_CODE
        };
        assert_eq!(
            owner.map(|it| it.website),
            Some(website),
            "{}",
            order["increment_id"]
        );
    }
}

#[test]
fn no_line_of_the_data_is_skipped() {
    assert_eq!(
        catalog::products().len() + 1,
        include_str!("catalog.csv").lines().count()
    );
    assert_eq!(
        people::people().len() + 1,
        include_str!("people.csv").lines().count()
    );
}

#[test]
fn every_status_has_a_dutch_and_a_swedish_name() {
    let stores: Vec<_> = stores().iter().map(|store| store.code).collect();
    assert_eq!(stores, ["en_eu", "nl", "sv"]);
    for texts in &status_labels() {
        assert_eq!(texts.texts.map(|(store, _)| store), ["nl", "sv"]);
    }
}
