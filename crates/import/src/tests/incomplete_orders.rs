//! Tests with orders that are history and hold what no shop should have: missing parts, impossible amounts, long texts.

use countermand_domain::{Address, Order, PaymentKind};
use serde_json::{Value, json};

use super::{changed, entered, minimal, read};

/// A wrong value at its place, the beginning of each note about it, and what the order keeps.
struct Case {
    at: &'static str,
    value: Value,
    notes: Vec<String>,
    keeps: fn(&Order) -> bool,
}

impl Case {
    fn new(at: &'static str, value: Value, notes: &[&str], keeps: fn(&Order) -> bool) -> Self {
        Self {
            at,
            value,
            notes: notes.iter().map(|note| (*note).to_owned()).collect(),
            keeps,
        }
    }
}

/// Asserts that each value is refused in an order that can be canceled, and noted in each state that is history.
fn assert_noted_in_history(cases: impl IntoIterator<Item = Case>) {
    for Case {
        at,
        value,
        notes,
        keeps,
    } in cases
    {
        let wrong = (at, value);
        assert!(
            read(&changed(minimal(), std::slice::from_ref(&wrong))).is_err(),
            "{at}"
        );
        for state in ["complete", "closed", "canceled"] {
            let (order, told) = entered(&[wrong.clone(), ("/state", json!(state))]);
            assert_eq!(told.len(), notes.len(), "{told:?}");
            for (told, note) in told.iter().zip(&notes) {
                assert!(told.starts_with(note), "{told}: {note}");
            }
            assert!(keeps(&order), "{at}: {order:?}");
        }
    }
}

fn unexplained(known: &str) -> String {
    format!("grand_total is not what items, shipping and credits come to, {known}")
}

#[test]
fn a_part_that_is_missing_is_noted() {
    assert_noted_in_history([
        Case::new(
            "/billing_address",
            json!(null),
            &["billing_address is missing"],
            |it| it.billing_address == Address::default(),
        ),
        Case::new(
            "/billing_address/lastname",
            json!(null),
            &["billing_address.lastname is missing"],
            |it| it.billing_address.firstname == "Ann",
        ),
        Case::new(
            "/customer_email",
            json!(null),
            &["customer_email is missing"],
            |it| it.customer.email.is_empty() && it.customer.lastname == "Other",
        ),
        Case::new("/payment", json!(null), &["payment is missing"], |it| {
            it.payment.kind == PaymentKind::Offline && it.payment.method == "unknown"
        }),
        Case::new(
            "/payment/method",
            json!(""),
            &["payment.method is missing"],
            |it| it.payment.kind == PaymentKind::Offline && it.payment.title == "unknown",
        ),
        Case::new("/items/0/sku", json!(null), &["items[0].sku is missing"], |it| {
            it.items[0].sku.is_empty() && it.items[0].name == "Mug"
        }),
        Case::new(
            "/items/0/qty_ordered",
            json!(null),
            &["items[0].qty_ordered is missing"],
            |it| it.items[0].ordered.net.minor() == 1000,
        ),
    ]);
}

#[test]
fn an_order_without_an_address_has_the_names_of_its_customer() {
    let (order, _) = entered(&[
        ("/state", json!("complete")),
        ("/billing_address", json!(null)),
        ("/customer_firstname", json!("Bo")),
        ("/customer_lastname", json!("Berg")),
    ]);
    let address = &order.billing_address;
    assert_eq!(
        (address.firstname.as_str(), address.lastname.as_str()),
        ("Bo", "Berg")
    );
    assert_eq!(order.customer.lastname, "Berg");
}

#[test]
fn an_order_without_an_email_address_belongs_to_no_account() {
    let account = [("/customer_is_guest", json!(0)), ("/customer_id", json!(5))];
    let past = changed(changed(minimal(), &account), &[("/state", json!("complete"))]);
    assert!(read(&past).expect("a good order").customer.is_some());
    let unknown = read(&changed(past, &[("/customer_email", json!(null))])).expect("an order of the past");
    assert!(unknown.customer.is_none());
}

#[test]
fn an_impossible_amount_is_limited_and_the_difference_has_a_name() {
    let negative = "is below zero, and counts as 0";
    let unexplained = |known| unexplained(known);
    assert_noted_in_history([
        Case::new(
            "/items/0/discount_amount",
            json!(11),
            &[
                "items[0].discount_amount is more than the row comes to (`11`)",
                &unexplained("5.00"),
            ],
            |it| it.items[0].ordered.discount.minor() == 1000 && it.other_charges[0].ordered.minor() == 1000,
        ),
        Case::new(
            "/shipping_discount_amount",
            json!(6),
            &[
                "shipping_discount_amount is more than the shipping comes to (`6`)",
                &unexplained("10.00"),
            ],
            |it| it.shipping.ordered.discount.minor() == 500,
        ),
        Case::new(
            "/items/0/row_total",
            json!(-10),
            &[
                &format!("items[0].row_total -10 {negative}"),
                &unexplained("5.00"),
            ],
            |it| it.items[0].ordered.net.is_zero() && it.other_charges[0].label == "Other charges",
        ),
        Case::new(
            "/grand_total",
            json!(-1),
            &[&format!("grand_total -1 {negative}"), &unexplained("15.00")],
            |it| it.other_credits[0].amount.minor() == 1500,
        ),
        Case::new(
            "/total_canceled",
            json!("-0.0001"),
            &[&format!("total_canceled -0.0001 {negative}")],
            |it| it.totals.canceled.minor() >= 0,
        ),
        Case::new(
            "/items/0/qty_canceled",
            json!(-1),
            &[&format!("items[0].qty_canceled -1 {negative}")],
            |it| {
                !it.items[0]
                    .quantities
                    .canceled
                    .minus(it.items[0].quantities.ordered)
                    .is_positive()
            },
        ),
    ]);
}

#[test]
fn a_deposit_below_zero_becomes_a_credit() {
    let items = json!([
        {"sku": "mug", "qty_ordered": 2, "row_total": 10},
        {"sku": "deposit", "qty_ordered": 1, "row_total": -3, "price": -3}
    ]);
    let changes = [
        ("/grand_total", json!(12)),
        ("/items", items),
        ("/state", json!("complete")),
    ];
    let (order, notes) = entered(&changes);
    assert_eq!(
        notes[..2],
        [
            "items[1].row_total -3 is below zero, and counts as 0".to_owned(),
            unexplained("15.00") + ", and no other field explains the difference (`12.00`)"
        ]
    );
    assert_eq!(order.items.len(), 2);
    assert_eq!(order.other_credits[0].amount.minor(), 300);
    assert!(read(&changed(minimal(), &changes[..2])).is_err());
}

#[test]
fn an_item_whose_parent_is_missing_stands_for_itself() {
    let circle = "items[0].parent_item_id names an item that is itself a part of another item";
    let stands_alone = |it: &Order| it.items[0].parent.is_none() && it.items[0].counts;
    assert_noted_in_history([
        Case::new(
            "/items/0/parent_item_id",
            json!(9),
            &["items[0].parent_item_id names no item of this order (`9`)"],
            stands_alone,
        ),
        Case::new("/items/0/parent_item_id", json!(7), &[circle], stands_alone),
    ]);
}

#[test]
fn a_part_of_a_part_belongs_to_the_whole() {
    let items = json!([
        {"item_id": 1, "sku": "set", "product_type": "bundle", "qty_ordered": 1, "row_total": 0},
        {"item_id": 3, "sku": "red", "qty_ordered": 1, "row_total": 0, "parent_item_id": 2},
        {"item_id": 2, "sku": "mug", "product_type": "configurable", "qty_ordered": 1, "row_total": 10,
         "parent_item_id": 1}
    ]);
    assert_noted_in_history([Case::new(
        "/items",
        items,
        &["items[1].parent_item_id names an item that is itself a part of another item"],
        |it| it.items[1].parent == it.items[2].parent && it.items[1].parent.is_some(),
    )]);
}

#[test]
fn two_items_with_one_id_enter() {
    let items = json!([
        {"item_id": 7, "sku": "a", "qty_ordered": 1, "row_total": 6},
        {"item_id": 7, "sku": "b", "qty_ordered": 1, "row_total": 4}
    ]);
    let note = "items[1].item_id is the id of an earlier item too (`7`)";
    assert_noted_in_history([Case::new("/items", items, &[note], |it| it.items.len() == 2)]);
}

#[test]
fn a_text_is_cut_and_the_note_has_what_was_cut() {
    let long = "n".repeat(255) + &"x".repeat(45);
    let cut = |field: &str| {
        let end = "x".repeat(45);
        format!("{field} is longer than 255 characters, so the last 45 were cut (`{end}`)")
    };
    let name = |it: &Order| it.items[0].name == "n".repeat(255);
    assert_noted_in_history([
        Case::new("/items/0/name", json!(long), &[&cut("items[0].name")], name),
        Case::new("/items/0/sku", json!(long), &[&cut("items[0].sku")], |it| {
            it.items[0].sku == "n".repeat(255)
        }),
        Case::new(
            "/billing_address/street",
            json!(["1 Road", long]),
            &[&cut("billing_address.street[1]")],
            |it| it.billing_address.street == ["1 Road".to_owned(), "n".repeat(255)],
        ),
        Case::new(
            "/status",
            json!("s".repeat(33)),
            &["status is longer than 32 characters, so the last 1 were cut (`s`)"],
            |it| it.status == "s".repeat(32),
        ),
    ]);
}

#[test]
fn a_code_that_cannot_be_right_is_mended_or_left_out() {
    let controls = "holds control characters, which were left out";
    assert_noted_in_history([
        Case::new(
            "/customer_email",
            json!("an\u{7}n@example.com\n"),
            &[&format!("customer_email {controls}")],
            |it| it.customer.email == "ann@example.com",
        ),
        Case::new(
            "/customer_email",
            json!("a".repeat(250) + "@b.example"),
            &["customer_email is longer than 254 characters (`aaa"],
            |it| it.customer.email.is_empty(),
        ),
        Case::new(
            "/payment/method",
            json!("check\nmo"),
            &[&format!("payment.method {controls}")],
            |it| it.payment.method == "checkmo",
        ),
        Case::new(
            "/billing_address/country_id",
            json!("Britain"),
            &["billing_address.country_id is no country code of two capital letters (`Britain`)"],
            |it| it.billing_address.country.is_empty() && it.billing_address.lastname == "Other",
        ),
    ]);
}
