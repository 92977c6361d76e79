//! Tests of what an order says about its buyer beside names and addresses.

use countermand_domain::CustomerGroup;
use serde_json::{Value, json};

use super::{changed, entered, minimal, read};

/// Values that are no number of a customer group.
fn no_groups() -> [Value; 4] {
    [
        json!(-1),
        json!(2_147_483_648_i64),
        json!(1.5),
        json!("wholesale"),
    ]
}

#[test]
fn the_customer_group_is_its_number_and_0_is_the_group_of_guests() {
    for (value, group) in [
        (json!(3), CustomerGroup::from_number(3)),
        (json!("3"), CustomerGroup::from_number(3)),
        (json!(0), Some(CustomerGroup::GUEST)),
        (json!(null), None),
        (json!(""), None),
    ] {
        let (order, notes) = entered(&[("/customer_group_id", value.clone())]);
        assert_eq!(order.customer.group, group, "{value}");
        assert_eq!(notes, Vec::<String>::new());
    }
}

#[test]
fn an_order_with_a_customer_group_that_is_no_number_is_refused() {
    for value in no_groups() {
        let order = changed(minimal(), &[("/customer_group_id", value.clone())]);
        let refusal = read(&order).expect_err("no group");
        assert_eq!(refusal.field, "customer_group_id", "{value}");
    }
}

#[test]
fn an_order_of_the_past_with_such_a_group_enters_without_a_group_and_with_a_note() {
    for value in no_groups() {
        let changes = [
            ("/state", json!("complete")),
            ("/customer_group_id", value.clone()),
        ];
        let (order, notes) = entered(&changes);
        assert_eq!(order.customer.group, None, "{value}");
        assert!(
            notes.iter().any(|it| it.starts_with("customer_group_id")),
            "{notes:?}"
        );
    }
}
