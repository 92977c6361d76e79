//! Tests of the situations and baskets that the demo contains.

use super::*;

#[test]
fn every_situation_is_there() {
    let orders = orders(3, now());
    let has = |what: &str, holds: &dyn Fn(&Value) -> bool| {
        assert!(orders.iter().any(holds), "no order is {what}");
    };
    let partly = |order: &Value, done: &str, of: &str| {
        let total = |field| items(order).iter().map(|item| units(item, field)).sum::<i64>();
        total(done) > 0 && total(done) < total(of)
    };
    let paid_by = |order: &Value, method: &str| order["payment"]["method"] == method;
    let is_paid = |order: &Value| order["state"] == "processing" && order["total_due"] == 0.0;
    for state in [
        "new",
        "pending_payment",
        "processing",
        "payment_review",
        "holded",
        "complete",
        "closed",
        "canceled",
    ] {
        has(state, &|order| order["state"] == state);
    }
    has("suspected of fraud", &|order| order["status"] == "fraud");
    has("unpaid", &|order| {
        order["state"] == "new" && order["total_paid"].is_null()
    });
    has("paid offline", &|order| {
        is_paid(order) && paid_by(order, "banktransfer")
    });
    has("paid online", &|order| {
        is_paid(order) && paid_by(order, "stripe_payments")
    });
    has("partly invoiced", &|order| {
        partly(order, "qty_invoiced", "qty_ordered")
    });
    has("partly captured", &|order| {
        hundredths(&order["payment"], "amount_authorized") > hundredths(&order["payment"], "amount_paid")
            && hundredths(order, "total_paid") > 0
    });
    has("invoiced and unpaid", &|order| {
        hundredths(order, "total_invoiced") > 0 && order["total_paid"].is_null()
    });
    has("partly refunded", &|order| {
        partly(order, "qty_refunded", "qty_invoiced")
    });
    has("refunded", &|order| {
        hundredths(order, "total_refunded") == hundredths(order, "grand_total")
    });
    has("partly shipped", &|order| {
        partly(order, "qty_shipped", "qty_ordered")
    });
    has("shipped and unpaid", &|order| paid_by(order, "cashondelivery"));
    has("authorized only", &|order| {
        hundredths(&order["payment"], "amount_authorized") > 0 && order["total_paid"].is_null()
    });
    has("held and paid", &|order| {
        order["hold_before_state"] == "processing"
    });
    has("a guest's", &|order| {
        order["customer_is_guest"] == 1 && order["customer_id"].is_null()
    });
    has("discounted", &|order| {
        sum(order, "discount_amount") > 0 && order["coupon_code"].is_string()
    });
    has("sent for free by a coupon", &|order| {
        hundredths(order, "shipping_discount_amount") > 0
    });
    has("partly paid by a gift card", &|order| {
        hundredths(order, "gift_cards_amount") > 0
    });
    has("free", &|order| {
        paid_by(order, "free") && order["grand_total"] == 0.0
    });
}

#[test]
fn every_kind_of_basket_is_there() {
    let orders = orders(4, now());
    let has = |what: &str, holds: &dyn Fn(&Value) -> bool| {
        assert!(orders.iter().any(holds), "no order is {what}");
    };
    has("virtual", &|order| order["is_virtual"] == 1);
    has("partly virtual", &|order| {
        order["is_virtual"] == 0 && any_item(order, |it| it["is_virtual"] == 1)
    });
    for kind in ["virtual", "downloadable", "giftcard"] {
        has(kind, &|order| {
            any_item(order, |item| item["product_type"] == kind)
        });
    }
    for kind in ["configurable", "bundle"] {
        let is_parent_of = |order: &Value, parent: &Value| {
            any_item(order, |part| part["parent_item_id"] == parent["item_id"])
        };
        has(kind, &|order| {
            any_item(order, |item| {
                item["product_type"] == kind && is_parent_of(order, item)
            })
        });
    }
    for fixed_price in [true, false] {
        has("a bundle of either kind of price", &|order| {
            any_item(order, |item| item["product_type"] == "bundle")
                && counting(order).any(|item| item["product_type"] == "bundle") == fixed_price
        });
    }
    for currency in ["USD", "EUR", "SEK"] {
        has(currency, &|order| order["order_currency_code"] == currency);
    }
    has("of many rows", &|order| counting(order).count() >= 4);
}
