//! The number of round trips to the database for each request. It is a promise, because each round trip takes time.

use std::fmt::Write;

use countermand_tests::{Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

/// Everything that the order page of a storefront selects.
const ORDER: &str = "fragment everything on CustomerOrder {
  id number token status order_date order_status_change_date available_actions email is_virtual carrier shipping_method
  customer_info { firstname lastname }
  applied_coupons { code }
  comments { message timestamp }
  payment_methods { name type }
  billing_address { firstname lastname street city region postcode country_code telephone }
  shipping_address { firstname lastname street city region postcode country_code telephone }
  items {
    __typename id status product_name product_sku product_type quantity_ordered quantity_invoiced quantity_shipped
    quantity_refunded quantity_canceled selected_options { label value }
    product_sale_price { value currency } prices { price { value } price_including_tax { value } row_total { value } }
    discounts { amount { value } label }
    product { sku }
  }
  invoices { number total { grand_total { value } taxes { rate } } items { product_sku quantity_invoiced } comments { message } }
  shipments { number tracking { number } items { product_sku quantity_shipped order_item { id } } }
  credit_memos { number total { grand_total { value } } items { product_sku quantity_refunded } }
  total {
    grand_total { value currency } base_grand_total { value } subtotal_excl_tax { value } subtotal_incl_tax { value }
    total_tax { value } total_shipping { value } taxes { amount { value } rate title } discounts { amount { value } label }
    shipping_handling { total_amount { value } }
  }
  refunds { state amount { value } tender { title } }
  cancellation_terms { action refusal { code message } items { quantity_open } refund_total { value } }
}";

/// The number of round trips that the shop made while it answered.
async fn round_trips(shop: &TestShop, ask: Ask) -> (u64, Value) {
    let before = shop.database().round_trips();
    let answer = ask.send().await;
    (shop.database().round_trips() - before, answer.data("").clone())
}

/// `count` orders of Anna's: unpaid, paid, half invoiced, partly shipped and refunded ones in turn.
async fn orders_of_anna(shop: &TestShop, count: usize) -> Vec<String> {
    let order = |number: usize| {
        let order = OrderJson::new(&format!("{number:09}")).by("anna@example.com");
        let order = match number % 4 {
            0 => order.line("A", 1000, 2, 0, 0),
            1 => order.line("A", 1000, 2, 2, 0).line("B", 999, 1, 1, 0),
            2 => order.paid_with("stripe_payments").line("A", 1000, 2, 2, 1),
            _ => order.line("A", 1000, 2, 2, 0).line("B", 999, 1, 0, 0),
        };
        order.json()
    };
    let orders: Vec<Value> = (0..count).map(order).collect();
    shop.import(&orders).await
}

on_every_database!(a_cancellation_takes_three_round_trips, |shop| async move {
    shop.enable_cancellation().await;
    let anna = shop.customer("anna@example.com").await;
    let ids = orders_of_anna(&shop, 8).await;
    for id in [&ids[0], &ids[1], &ids[3], &ids[4]] {
        let query = format!(
            "mutation($id: ID!) {{
              cancelOrder(input: {{ order_id: $id, reason: \"Other\" }}) {{ error errorV2 {{ code }} order {{ ...everything }} }}
            }} {ORDER}"
        );
        let ask = shop.ask(&query).variables(json!({ "id": id })).token(&anna);
        let (trips, data) = round_trips(&shop, ask).await;
        assert!(data["cancelOrder"]["errorV2"].is_null(), "{data:#}");
        assert!(trips <= 3, "{trips} round trips");
    }
    let refused = shop.asks_to_cancel(&anna, &ids[2]);
    let (trips, data) = round_trips(&shop, refused).await;
    assert_eq!(
        data["cancelOrder"]["errorV2"]["code"],
        "PARTIAL_ORDER_ITEM_SHIPPED"
    );
    assert!(trips <= 2, "{trips} round trips for a refusal");
    shop.leave_jobs();
});

on_every_database!(a_page_of_orders_takes_six_round_trips, |shop| async move {
    shop.enable_cancellation().await;
    let anna = shop.customer("anna@example.com").await;
    orders_of_anna(&shop, 60).await;
    let mut seen = Vec::new();
    for size in [5, 20, 50] {
        let query = format!(
            "query($size: Int!) {{
              customer {{
                firstname
                orders(pageSize: $size, sort: {{ sort_field: CREATED_AT, sort_direction: DESC }}) {{
                  total_count date_of_first_order page_info {{ total_pages }} items {{ ...everything }}
                }}
              }}
            }} {ORDER}"
        );
        let ask = shop.ask(&query).variables(json!({ "size": size })).token(&anna);
        let (trips, data) = round_trips(&shop, ask).await;
        let orders = &data["customer"]["orders"];
        assert_eq!(orders["items"].as_array().map(Vec::len), Some(size));
        assert_eq!(orders["total_count"], 60);
        assert!(trips <= 6, "{trips} round trips for {size} orders");
        seen.push(trips);
    }
    assert!(
        seen.iter().all(|trips| *trips == seen[0]),
        "it grows with the page: {seen:?}"
    );
});

on_every_database!(the_store_configuration_takes_one_round_trip, |shop| async move {
    let query = "{
      storeConfig { store_code locale order_cancellation_enabled order_cancellation_reasons { description } }
      availableStores { store_code }
      cancellationReasons { code description }
    }";
    // The first request after a change also reads the changed structure of the shop.
    let (first, _) = round_trips(&shop, shop.ask(query)).await;
    assert!(first <= 2, "{first} round trips");
    let (trips, _) = round_trips(&shop, shop.ask(query)).await;
    assert!(trips <= 1, "{trips} round trips");
});

on_every_database!(
    a_guests_order_takes_three_round_trips_and_two_for_the_limits,
    |shop| async move {
        let order = OrderJson::new("1")
            .by_guest("guest@example.com")
            .line("A", 1000, 2, 2, 1);
        shop.import(&[order.json()]).await;
        let find = format!(
            r#"{{ guestOrder(input: {{ number: "1", email: "guest@example.com", lastname: "Larsen" }}) {{ ...everything }} }} {ORDER}"#
        );
        let (trips, data) = round_trips(&shop, shop.ask(&find)).await;
        assert!(trips <= 5, "{trips} round trips");
        let by_token = format!(
            "query($token: String!) {{ guestOrderByToken(input: {{ token: $token }}) {{ ...everything }} }} {ORDER}"
        );
        let token = json!({ "token": data["guestOrder"]["token"] });
        let (trips, _) = round_trips(&shop, shop.ask(&by_token).variables(token)).await;
        assert!(trips <= 3, "{trips} round trips by token");
    }
);

on_every_database!(
    lists_of_staff_do_not_take_a_round_trip_for_each_order,
    |shop| async move {
        let mut ids = orders_of_anna(&shop, 60).await;
        let query = format!(
            "query($size: Int!) {{ orders(first: $size) {{ items {{ version comments {{ message }} order {{ ...everything }} }} }} }} {ORDER}"
        );
        for size in [5, 50] {
            let ask = shop
                .ask(&query)
                .variables(json!({ "size": size }))
                .token(shop.owner());
            let (trips, data) = round_trips(&shop, ask).await;
            assert_eq!(data["orders"]["items"].as_array().map(Vec::len), Some(size));
            assert!(trips <= 3, "{trips} round trips for {size} orders");
        }
        // One document asks for several orders, and each order takes its own round trips and no more.
        ids.truncate(4);
        let mut query = String::from("{");
        for (index, id) in ids.iter().enumerate() {
            write!(query, " o{index}: order(id: \"{id}\") {{ version }}").expect("a text grows");
        }
        let (trips, _) = round_trips(&shop, shop.ask(&(query + " }")).token(shop.owner())).await;
        assert!(trips <= 1 + 2 * 4, "{trips} round trips for four orders");
    }
);

on_every_database!(
    a_page_of_requests_does_not_take_a_round_trip_for_each_order,
    |shop| async move {
        shop.enable_cancellation().await;
        let order = |number: usize| {
            let order = OrderJson::new(&format!("{number:09}")).by("anna@example.com");
            order.line("A", 1000, 2, 2, 0).json()
        };
        let orders: Vec<Value> = (0..12).map(order).collect();
        for id in shop.import(&orders).await {
            // The refund of one unit is open, and the cancellation of the other one is asked for.
            let items = shop.item_lines(&id, &[1]).await;
            let canceled = json!({ "order_id": id, "reason": "Other", "items": items });
            shop.worked("cancelOrderAsAdmin", canceled).await;
            let asked = json!({ "order_id": id, "reason": "Other" });
            let done = shop
                .owner_does("requestOrderCancellation", asked, "order { number }")
                .await;
            assert_eq!(done["user_errors"], json!([]));
        }
        let query = format!(
            "query($size: Int!) {{
              cancellationRequests(first: $size) {{ items {{ request {{ status }} order {{ version order {{ ...everything }} }} }} }}
            }} {ORDER}"
        );
        for size in [3, 12] {
            let ask = shop
                .ask(&query)
                .variables(json!({ "size": size }))
                .token(shop.owner());
            let (trips, data) = round_trips(&shop, ask).await;
            let items = data["cancellationRequests"]["items"].as_array().cloned();
            let refunds = items.unwrap_or_default().into_iter();
            let refunds: Vec<_> = refunds
                .map(|item| item["order"]["order"]["refunds"][0]["state"].clone())
                .collect();
            assert_eq!(refunds, vec![json!("ON_ITS_WAY"); size]);
            assert!(trips <= 4, "{trips} round trips for {size} requests");
        }
        shop.leave_jobs();
    }
);

on_every_database!(
    a_page_of_subscriptions_does_not_take_a_round_trip_for_each_order,
    |shop| async move {
        shop.enable_cancellation().await;
        let anna = shop.customer("anna@example.com").await;
        let order = |number: usize| {
            let order = OrderJson::new(&format!("{number:09}")).by("anna@example.com");
            let order = order.line("mug", 2000, 1, 1, 0).line("magazine", 10_000, 1, 1, 0);
            let (order, id) = (order.of_type("virtual"), format!("SUB-{number}"));
            order
                .subscription(&id, "2026-01-01 00:00:00", "2027-01-01 00:00:00")
                .json()
        };
        let orders: Vec<Value> = (0..12).map(order).collect();
        for id in shop.import(&orders).await {
            // The refund of each mug is open.
            let items = shop.item_lines(&id, &[1]).await;
            let canceled = json!({ "order_id": id, "reason": "Other", "items": items });
            shop.worked("cancelOrderAsAdmin", canceled).await;
        }
        // The first request after a change also reads the changed structure of the shop.
        let mut seen = Vec::new();
        for size in [1, 3, 12] {
            let query = "query($size: Int!) {
              customer { orders(pageSize: 1) { items { refunds { state } } } subscriptions(pageSize: $size) {
                items { subscription_id order_number product_name item { product_sku } refund_at_once { value } }
              } }
            }";
            let ask = shop.ask(query).variables(json!({ "size": size })).token(&anna);
            let (trips, data) = round_trips(&shop, ask).await;
            let customer = &data["customer"];
            assert_eq!(
                customer["subscriptions"]["items"].as_array().map(Vec::len),
                Some(size)
            );
            assert_eq!(
                customer["orders"]["items"][0]["refunds"][0]["state"],
                "ON_ITS_WAY"
            );
            seen.push(trips);
        }
        assert_eq!(seen[1], seen[2], "it grows with the page: {seen:?}");
        shop.leave_jobs();
    }
);
