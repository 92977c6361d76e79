//! Tests of orders whose total has charges and credits beside items, shipping and Adobe's own credits.

use countermand_domain::{Money, Order};
use serde_json::json;

use super::{changed, entered, minimal, read};

/// The code, label, item and amount of each charge.
fn charges(order: &Order) -> Vec<(&str, &str, Option<i32>, i64)> {
    let charges = order.other_charges.iter();
    let charge = charges.map(|it| {
        (
            it.code.as_str(),
            it.label.as_str(),
            it.item.map(|item| item.0),
            it.ordered.minor(),
        )
    });
    charge.collect()
}

fn credits(order: &Order) -> Vec<(&str, &str, i64)> {
    let credits = order.other_credits.iter();
    credits
        .map(|it| (it.code.as_str(), it.label.as_str(), it.amount.minor()))
        .collect()
}

#[test]
fn a_charge_has_the_name_of_the_field_that_it_came_from() {
    for (at, value, charge) in [
        (
            "/items/0/weee_tax_applied_row_amount",
            json!(3),
            ("weee_tax_applied_row_amount", "Fixed product tax", Some(1), 300),
        ),
        (
            "/gw_items_price",
            json!("3.0000"),
            ("gw_items_price", "Gift wrapping of items", None, 300),
        ),
        (
            "/extension_attributes",
            json!({"gw_price": 3, "gw_base_price": 3}),
            ("gw_price", "Gift wrapping", None, 300),
        ),
        (
            "/extension_attributes",
            json!({"mollie_payment_fee": 3}),
            ("mollie_payment_fee", "Payment fee", None, 300),
        ),
        ("/tax_amount", json!(3), ("tax_amount", "Tax", None, 300)),
        (
            "/cod_fee",
            json!(3),
            ("cod_fee", "Cash on delivery fee", None, 300),
        ),
        (
            "/extension_attributes",
            json!({"fooman_total_group": {"items": [{"code": "fooman_surcharge", "label": "Small order fee", "amount": 3}]}}),
            ("fooman_surcharge", "Small order fee", None, 300),
        ),
    ] {
        let (order, notes) = entered(&[("/grand_total", json!(18)), (at, value)]);
        assert_eq!(charges(&order), [charge]);
        assert!(notes.is_empty(), "{notes:?}");
    }
}

#[test]
fn a_fee_and_its_tax_are_two_charges() {
    let fee = json!({"mollie_payment_fee": 2.48, "mollie_payment_fee_tax": 0.52, "delivery_price": 9});
    let (order, _) = entered(&[("/grand_total", json!(18)), ("/extension_attributes", fee)]);
    let expected = [
        ("mollie_payment_fee", "Payment fee", None, 248),
        ("mollie_payment_fee_tax", "Tax on the payment fee", None, 52),
    ];
    assert_eq!(charges(&order), expected);
}

#[test]
fn credits_of_extensions_are_credits() {
    let (order, _) = entered(&[
        ("/grand_total", json!(10)),
        ("/customer_balance_amount", json!(1)),
        ("/extension_attributes", json!({"amstorecredit_amount": 4})),
    ]);
    assert_eq!(credits(&order), [("amstorecredit_amount", "Amstorecredit", 400)]);
    assert_eq!(order.totals.credits.minor(), 500);
    assert!(order.other_charges.is_empty());
}

#[test]
fn gift_cards_and_store_credit_are_known_apart_from_points_and_other_credits() {
    for (extension, grand_total, stored_value) in [
        (json!({ "reward_points_balance": 400 }), 10, 150),
        // Without the number of points, their worth is all that can be given back.
        (json!({}), 10, 500),
        (
            json!({ "reward_points_balance": 400, "amgiftcard_gift_card_amount": 4 }),
            6,
            550,
        ),
        (
            json!({ "reward_points_balance": 400, "mp_reward_discount": 4 }),
            6,
            150,
        ),
        (
            json!({ "reward_points_balance": 400, "x_coupon_amount": 4 }),
            6,
            150,
        ),
    ] {
        let (order, _) = entered(&[
            ("/grand_total", json!(grand_total)),
            ("/customer_balance_amount", json!(1.5)),
            ("/reward_currency_amount", json!(3.5)),
            ("/extension_attributes", extension.clone()),
        ]);
        let totals = order.totals;
        let credits = 1500 - grand_total * 100;
        assert_eq!(
            (totals.credits.minor(), totals.stored_value.minor()),
            (credits, stored_value),
            "{extension}"
        );
    }
}

#[test]
fn gift_cards_come_with_their_expiry_and_store_credit_has_none() {
    let end = "2030-02-01 00:00:00";
    for (extension, gift_card, grand_total, expected) in [
        (json!({}), 3.5, 10, None),
        (json!({ "gift_cards_expire_at": end }), 3.5, 10, Some(350)),
        (
            json!({ "gift_cards_expire_at": end, "amgiftcard_gift_card_amount": 4 }),
            3.5,
            6,
            Some(750),
        ),
        (
            json!({ "gift_cards_expire_at": end, "amstorecredit_amount": 4 }),
            3.5,
            6,
            Some(350),
        ),
        (
            json!({ "gift_cards_expire_at": end, "amstorecredit_amount": 3.5 }),
            0.0,
            10,
            None,
        ),
    ] {
        let (order, _) = entered(&[
            ("/grand_total", json!(grand_total)),
            ("/gift_cards_amount", json!(gift_card)),
            ("/customer_balance_amount", json!(1.5)),
            ("/extension_attributes", extension.clone()),
        ]);
        let used = order
            .gift_cards
            .map(|it| (it.amount.minor(), it.expires_at.to_string()));
        let expected = expected.map(|cents| (cents, format!("{end} UTC")));
        assert_eq!(used, expected, "{extension}");
    }
}

#[test]
fn a_discount_that_only_the_order_has_is_divided_among_its_items() {
    let items = json!([
        {"sku": "a", "qty_ordered": 1, "row_total": 6}, {"sku": "b", "qty_ordered": 3, "row_total": 4}
    ]);
    let (order, _) = entered(&[
        ("/grand_total", json!(13)),
        ("/items", items),
        ("/discount_amount", json!(-2)),
    ]);
    let discounts: Vec<_> = order
        .items
        .iter()
        .map(|item| item.ordered.discount.minor())
        .collect();
    assert_eq!(discounts, [120, 80]);
    assert_eq!(
        (order.totals.credits.minor(), order.discounts[0].amount.minor()),
        (0, 200)
    );
}

#[test]
fn fields_that_are_part_of_no_total_change_nothing() {
    let fields = json!({"mollie_payment_fee": 3, "amstorecredit_amount": 4});
    let (order, _) = entered(&[
        ("/extension_attributes", fields),
        ("/items/0/weee_tax_applied_row_amount", json!(3)),
    ]);
    assert!(order.other_charges.is_empty() && order.other_credits.is_empty());
}

#[test]
fn a_fee_that_only_the_payment_explains_gets_a_note() {
    let payment = json!({"method": "cashondelivery", "amount_ordered": 20.33});
    let (order, notes) = entered(&[("/grand_total", json!(20.33)), ("/payment", payment)]);
    assert_eq!(charges(&order), [("payment", "Cash On Delivery", None, 533)]);
    assert_eq!(
        notes,
        ["grand_total holds 5.33 that only the payment explains: Cash On Delivery"]
    );

    let other = json!({"method": "cashondelivery", "amount_ordered": 15});
    let changes = [("/grand_total", json!(20.33)), ("/payment", other)];
    assert!(read(&changed(minimal(), &changes)).is_err());
}

#[test]
fn a_difference_that_no_field_explains_is_refused_or_noted_in_history() {
    for (total, kind) in [(18, "Other charges"), (12, "Other credits")] {
        let changes = [
            ("/grand_total", json!(total)),
            ("/extension_attributes", json!({"fee": 2})),
        ];
        let refusal = read(&changed(minimal(), &changes))
            .expect_err("unexplained")
            .to_string();
        assert_eq!(
            refusal,
            format!(
                "grand_total is not what items, shipping and credits come to, 15.00, and no other field explains the \
                 difference (`{total}.00`)"
            )
        );
        let mut changes = changes.to_vec();
        changes.push(("/state", json!("complete")));
        let (order, notes) = entered(&changes);
        assert_eq!(notes, [refusal]);
        let names = charges(&order)
            .iter()
            .map(|it| it.1)
            .chain(credits(&order).iter().map(|it| it.1))
            .collect::<Vec<_>>();
        assert_eq!(names, [kind]);
    }
}

#[test]
fn documents_of_the_past_have_their_charges() {
    let past = [
        ("/grand_total", json!(20)),
        ("/state", json!("processing")),
        ("/extension_attributes", json!({"mollie_payment_fee": 3})),
        ("/items/0/weee_tax_applied_row_amount", json!(2)),
        ("/items/0/qty_invoiced", json!(2)),
        ("/items/0/qty_refunded", json!(1)),
        ("/total_invoiced", json!(20)),
        ("/total_paid", json!(20)),
        ("/total_refunded", json!(6)),
    ];
    let (order, notes) = entered(&past);
    assert!(notes.is_empty(), "{notes:?}");
    let parts: Vec<_> = order
        .other_charges
        .iter()
        .map(|it| [it.invoiced, it.refunded].map(Money::minor))
        .collect();
    assert_eq!(parts, [[200, 100], [300, 0]]);
    assert_eq!(order.credit_memos[0].adjustment.minor(), 0);

    // Mollie reported payments of which the fee was never invoiced.
    let mut unbilled = past.to_vec();
    unbilled[6..].clone_from_slice(&[
        ("/total_invoiced", json!(17)),
        ("/total_paid", json!(17)),
        ("/total_refunded", json!(6)),
    ]);
    let (order, _) = entered(&unbilled);
    assert_eq!(order.other_charges[1].invoiced.minor(), 0);
}

#[test]
fn a_charge_on_the_order_comes_back_with_its_last_unit_and_goodwill_before_is_an_adjustment() {
    for (units, refunded, of_charge, adjustment) in [
        (0, 3, 0, 300),
        (1, 8, 0, 300),
        (2, 10, 0, 0),
        (2, 13, 300, 0),
        (2, 14, 300, 100),
    ] {
        let (order, _) = entered(&[
            ("/grand_total", json!(18)),
            ("/state", json!("complete")),
            ("/extension_attributes", json!({"mollie_payment_fee": 3})),
            ("/items/0/qty_invoiced", json!(2)),
            ("/items/0/qty_refunded", json!(units)),
            ("/total_invoiced", json!(18)),
            ("/total_paid", json!(18)),
            ("/total_refunded", json!(refunded)),
        ]);
        let memo = &order.credit_memos[0];
        let told = (order.other_charges[0].refunded.minor(), memo.adjustment.minor());
        assert_eq!(told, (of_charge, adjustment), "{units} units, {refunded}");
        assert_eq!(memo.other_charges.is_empty(), of_charge == 0);
    }
}

#[test]
fn an_order_of_which_much_more_was_paid_than_it_costs_is_refused() {
    let paid = |state: &str, paid: f64| {
        let changes = [("/state", json!(state)), ("/total_paid", json!(paid))];
        read(&changed(minimal(), &changes))
            .map(|read| read.notes)
            .map_err(|it| it.to_string())
    };
    assert!(paid("processing", 15.75).is_ok(), "5 % more");
    assert_eq!(
        paid("processing", 15.76),
        Err("total_paid is more than grand_total, 15.00, by more than 5 % (`15.76`)".into())
    );
    let notes = paid("complete", 150.0).unwrap_or_default();
    assert!(
        notes
            .iter()
            .any(|note| note.starts_with("total_paid is more than grand_total")),
        "{notes:?}"
    );
}
