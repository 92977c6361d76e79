//! The fields of an order that a customer sees.

use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

use super::{BUYER, import, order};

// The older list shows status codes, and the newer list shows labels.
on_every_database!(the_older_list_shows_status_codes, |shop| async move {
    let orders = [
        order("1"),
        order("2").in_state("processing", "fraud"),
        order("3").in_state("holded", "holded"),
        order("4").in_state("processing", "waiting_for_parts"),
    ];
    let customer = import(&shop, orders).await;
    let query = "{
      customerOrders { items { id increment_id order_number created_at grand_total status } }
      customer { orders { items { status } } }
    }";
    let answer = shop.ask(query).token(&customer).send().await;
    let statuses = |pointer: &str| -> Vec<Value> {
        let items = answer.data(pointer).as_array().expect("items").iter();
        items.map(|item| item["status"].clone()).collect()
    };
    assert_eq!(
        statuses("/customerOrders/items"),
        ["pending", "fraud", "holded", "waiting_for_parts"]
    );
    let labels = ["Pending", "Suspected Fraud", "On Hold", "waiting_for_parts"];
    assert_eq!(statuses("/customer/orders/items"), labels);
    let first = answer.data("/customerOrders/items/0");
    let expected = json!({
        "id": first["id"], "increment_id": "1", "order_number": "1", "created_at": "2026-03-01 10:00:00",
        "grand_total": 15.0, "status": "pending"
    });
    assert_eq!(first, &expected);
});

on_every_database!(the_older_list_needs_a_customer, |shop| async move {
    let staff = shop
        .ask("{ customerOrders { items { id } } }")
        .token(shop.owner())
        .send()
        .await;
    staff.fails("graphql-authorization", "The current customer isn't authorized.");
});

on_every_database!(an_order_shows_everything_that_was_bought, |shop| async move {
    let mut placed = order("000000001").line("b", 250, 2, 0, 0).json();
    placed["coupon_code"] = json!("SPRING");
    let customer = {
        shop.import(&[placed]).await;
        shop.customer(BUYER).await
    };
    let query = "{ customer { orders { items {
      number order_date created_at email is_virtual carrier shipping_method status state
      order_status_change_date
      customer_info { firstname lastname middlename }
      applied_coupons { code }
      payment_methods { name type }
      billing_address { firstname lastname street city region postcode country_code telephone }
      shipping_address { city }
      items {
        __typename product_sku product_name product_type product_sale_price { value currency }
        quantity_ordered status
      }
      total {
        subtotal_excl_tax { value } total_shipping { value } total_tax { value }
        grand_total { value currency }
      }
      invoices { id } shipments { id } credit_memos { id } comments { message }
    } } } }";
    let answer = shop.ask(query).token(&customer).send().await;
    let address = json!({
        "firstname": "Anna", "lastname": "Larsen", "street": ["Main Street 1"], "city": "Springfield",
        "region": "Illinois", "postcode": "62701", "country_code": "US", "telephone": "5550100"
    });
    let item = |sku: &str, price: f64, quantity: f64| {
        json!({
            "__typename": "OrderItem", "product_sku": sku, "product_name": format!("Product {sku}"),
            "product_type": "simple", "product_sale_price": { "value": price, "currency": "USD" },
            "quantity_ordered": quantity, "status": "Ordered"
        })
    };
    let expected = json!({
        "number": "000000001", "order_date": "2026-03-01 10:00:00", "created_at": "2026-03-01 10:00:00",
        "email": BUYER, "is_virtual": false, "carrier": "Flat Rate", "shipping_method": "Flat Rate - Fixed",
        "status": "Pending", "state": "new", "order_status_change_date": "2026-03-01 10:00:00",
        "customer_info": { "firstname": "Anna", "lastname": "Larsen", "middlename": null },
        "applied_coupons": [{ "code": "SPRING" }],
        "payment_methods": [{ "name": "A method", "type": "checkmo" }],
        "billing_address": address, "shipping_address": { "city": "Springfield" },
        "items": [item("a", 10.0, 1.0), item("b", 2.5, 2.0)],
        "total": {
            "subtotal_excl_tax": { "value": 15.0 }, "total_shipping": { "value": 15.0 },
            "grand_total": { "value": 30.0, "currency": "USD" }, "total_tax": { "value": 0.0 }
        },
        "invoices": [], "shipments": [], "credit_memos": [], "comments": []
    });
    assert_eq!(answer.data("/customer/orders/items/0"), &expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
});

on_every_database!(
    the_order_date_is_in_the_time_zone_of_the_store_view,
    |shop| async move {
        let input = json!({
            "code": "nl", "name": "NL", "website_code": "base", "group_code": "nl", "group_name": "NL",
            "timezone": "Europe/Amsterdam", "currency": "EUR"
        });
        assert_eq!(
            shop.owner_does("createStore", input, "").await["user_errors"],
            json!([])
        );
        let at = |number: &str, time: &str| order(number).in_store(2).placed_at(time);
        let orders = [at("1", "2026-01-31 23:30:00"), at("2", "2026-07-01 22:30:00")];
        let customer = import(&shop, orders).await;
        let query = "{ customer { orders { items { order_date created_at } date_of_first_order } } }";
        let answer = shop.ask(query).token(&customer).store("nl").send().await;
        let expected = json!([
            { "order_date": "2026-02-01 00:30:00", "created_at": "2026-01-31 23:30:00" },
            { "order_date": "2026-07-02 00:30:00", "created_at": "2026-07-01 22:30:00" }
        ]);
        assert_eq!(answer.data("/customer/orders/items"), &expected);
        assert_eq!(
            answer.data("/customer/orders/date_of_first_order"),
            "2026-01-31 23:30:00"
        );
    }
);

on_every_database!(
    the_time_of_the_last_change_of_status_is_shown,
    |shop| async move {
        let id = shop.import(&[order("1").json()]).await.remove(0);
        let customer = shop.customer(BUYER).await;
        shop.enable_cancellation().await;
        shop.wait(chrono::TimeDelta::minutes(10));
        shop.cancel_order(&id, "Other")
            .token(&customer)
            .send()
            .await
            .works();
        let query = "{ customer { orders { items { order_status_change_date } } } }";
        let answer = shop.ask(query).token(&customer).send().await;
        let shown = answer.data("/customer/orders/items/0/order_status_change_date");
        assert_eq!(shown, "2026-03-07 12:10:00");
        shop.run_jobs().await;
    }
);

on_every_database!(a_virtual_order_has_no_shipping_address, |shop| async move {
    let service = OrderJson::new("1")
        .by(BUYER)
        .line("s", 1000, 1, 0, 0)
        .of_type("virtual");
    let customer = import(&shop, [service]).await;
    let query =
        "{ customer { orders { items { is_virtual shipping_address { city } billing_address { city } } } } }";
    let answer = shop.ask(query).token(&customer).send().await;
    let expected =
        json!({ "is_virtual": true, "shipping_address": null, "billing_address": { "city": "Springfield" } });
    assert_eq!(answer.data("/customer/orders/items/0"), &expected);
});
