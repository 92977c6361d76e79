//! What storefronts read: settings, actions and orders.

use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const NOT_A_CUSTOMER: &str = "The current customer isn't authorized.";
const NOT_LOCATED: &str = "We couldn't locate an order with the information provided.";

on_every_database!(store_config_shows_the_switch, |shop| async move {
    shop.enable_cancellation().await;
    let answer = shop
        .ask("{ storeConfig { order_cancellation_enabled } }")
        .send()
        .await;
    assert_eq!(
        answer.data("/storeConfig"),
        &json!({ "order_cancellation_enabled": true })
    );
});

on_every_database!(a_new_shop_offers_the_five_built_in_reasons, |shop| async move {
    let answer = shop
        .ask("{ storeConfig { order_cancellation_reasons { description } } }")
        .send()
        .await;
    let expected = [
        "The item(s) are no longer needed",
        "The order was placed by mistake",
        "Item(s) not arriving within the expected timeframe",
        "Found a better price elsewhere",
        "Other",
    ];
    let expected: Vec<_> = expected.iter().map(|it| json!({ "description": it })).collect();
    assert_eq!(
        answer.data("/storeConfig/order_cancellation_reasons"),
        &json!(expected)
    );
});

on_every_database!(an_unknown_store_view_is_refused, |shop| async move {
    let asked = shop.ask("{ storeConfig { store_code } }").store("no_such_store");
    asked
        .send()
        .await
        .fails("graphql-input", "Requested store is not found");
});

/// Makes one test for each row and database: the settings, the state of the unpaid order, the available actions.
macro_rules! actions {
    ($($name:ident: $switches:expr, $state:expr => $actions:expr;)+) => {
        $(on_every_database!($name, |shop| async move {
            shop.configure($switches).await;
            let order = OrderJson::new("000000001").by(BUYER).line("a", 1000, 1, 0, 0);
            let (state, status) = $state;
            shop.import(&[order.in_state(state, status).json()]).await;
            let customer = shop.customer(BUYER).await;
            let query = "{ customer { orders { items { available_actions } } } }";
            let answer = shop.ask(query).token(&customer).send().await;
            assert_eq!(answer.data("/customer/orders/items"), &json!([{ "available_actions": $actions }]));
        });)+
    };
}

actions! {
    a_new_order_can_be_canceled_or_reordered:
        json!({ "enabled": true }), ("new", "pending") => ["REORDER", "CANCEL"];
    a_canceled_order_can_be_reordered:
        json!({ "enabled": true }), ("canceled", "canceled") => ["REORDER"];
    the_cancel_action_is_absent_where_the_switch_is_off:
        json!({ "enabled": false }), ("new", "pending") => ["REORDER"];
    no_action_is_available_where_both_settings_are_off:
        json!({ "enabled": false, "reorder_allowed": false }), ("new", "pending") => Vec::<Value>::new();
}

on_every_database!(the_older_list_of_orders_needs_a_customer, |shop| async move {
    let answer = shop
        .ask("{ customerOrders { items { increment_id grand_total } } }")
        .send()
        .await;
    answer.fails("graphql-authorization", NOT_A_CUSTOMER);
});

on_every_database!(the_page_zero_is_invalid, |shop| async move {
    let customer = shop.customer(BUYER).await;
    let asked = shop
        .ask("{ customer { orders(currentPage: 0) { total_count } } }")
        .token(&customer);
    asked
        .send()
        .await
        .fails("graphql-input", "currentPage value must be greater than 0.");
});

const FOUND: &str = "{ number email billing_address { firstname lastname } token }";

async fn sell_to_a_guest(shop: &TestShop) {
    shop.import(&[OrderJson::new("000000001")
        .by_guest("guest@example.com")
        .line("a", 1000, 1, 0, 0)
        .json()])
        .await;
}

async fn look_up(shop: &TestShop, email: &str) -> Answer {
    let query = format!("query($input: GuestOrderInformationInput!) {{ guestOrder(input: $input) {FOUND} }}");
    let input = json!({ "number": "000000001", "email": email, "lastname": "Larsen" });
    shop.ask(&query).variables(json!({ "input": input })).send().await
}

async fn look_up_by_token(shop: &TestShop, token: &str) -> Answer {
    let query = format!("query($token: String!) {{ guestOrderByToken(input: {{ token: $token }}) {FOUND} }}");
    shop.ask(&query).variables(json!({ "token": token })).send().await
}

fn is_the_order(order: &Value) {
    assert_eq!(order["number"], "000000001");
    assert_eq!(order["email"], "guest@example.com");
    assert_eq!(
        order["billing_address"],
        json!({ "firstname": "Anna", "lastname": "Larsen" })
    );
}

on_every_database!(
    a_guest_finds_an_order_by_number_email_and_last_name,
    |shop| async move {
        sell_to_a_guest(&shop).await;
        is_the_order(look_up(&shop, "guest@example.com").await.data("/guestOrder"));
    }
);

on_every_database!(a_wrong_address_finds_no_order, |shop| async move {
    sell_to_a_guest(&shop).await;
    look_up(&shop, "incorrectguest@example.com")
        .await
        .fails("graphql-no-such-entity", NOT_LOCATED);
});

on_every_database!(a_guest_finds_an_order_by_its_token, |shop| async move {
    sell_to_a_guest(&shop).await;
    let found = look_up(&shop, "guest@example.com").await;
    let token = found.data("/guestOrder/token").as_str().expect("a token");
    is_the_order(look_up_by_token(&shop, token).await.data("/guestOrderByToken"));
});

on_every_database!(a_wrong_token_finds_no_order, |shop| async move {
    sell_to_a_guest(&shop).await;
    look_up_by_token(&shop, "incorrect")
        .await
        .fails("graphql-no-such-entity", NOT_LOCATED);
});

/// Creates a second website with two store views in one group, an account on it, and an order in each store view.
async fn second_website(shop: &TestShop) -> String {
    shop.create_website("website2").await;
    shop.create_store("store2", "website2", "group2").await;
    shop.create_store("store3", "website2", "group2").await;
    let order = |number: &str, store| {
        OrderJson::new(number)
            .by(BUYER)
            .in_store(store)
            .line("a", 1000, 1, 0, 0)
            .json()
    };
    shop.import(&[order("200000001", 2), order("300000001", 3)]).await;
    shop.customer_on("website2", "store2", BUYER).await
}

async fn count(shop: &TestShop, customer: &str, scope: &str, store: &str) -> Answer {
    let query = format!("{{ customer {{ orders(scope: {scope}) {{ total_count }} }} }}");
    shop.ask(&query).token(customer).store(store).send().await
}

on_every_database!(
    the_scope_store_covers_the_store_views_of_the_group,
    |shop| async move {
        let customer = second_website(&shop).await;
        let answer = count(&shop, &customer, "STORE", "store2").await;
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(2));
    }
);

on_every_database!(
    the_scope_website_covers_all_store_views_of_the_website,
    |shop| async move {
        let customer = second_website(&shop).await;
        let answer = count(&shop, &customer, "WEBSITE", "store2").await;
        assert_eq!(answer.data("/customer/orders/total_count"), &json!(2));
    }
);

on_every_database!(
    an_account_of_another_website_has_no_orders_here,
    |shop| async move {
        let customer = second_website(&shop).await;
        count(&shop, &customer, "STORE", "default")
            .await
            .fails("graphql-authorization", NOT_A_CUSTOMER);
    }
);

on_every_database!(
    the_scope_global_does_not_reach_another_website,
    |shop| async move {
        let customer = second_website(&shop).await;
        count(&shop, &customer, "GLOBAL", "default")
            .await
            .fails("graphql-authorization", NOT_A_CUSTOMER);
    }
);

async fn find_by_number(shop: &TestShop, number: &str) -> Value {
    shop.create_store("second", "base", "second").await;
    let order = |number: &str, store| {
        OrderJson::new(number)
            .by(BUYER)
            .in_store(store)
            .line("a", 1000, 1, 0, 0)
            .json()
    };
    shop.import(&[order("100000001", 1), order("100000002", 2)]).await;
    let customer = shop.customer(BUYER).await;
    let query = "query($number: String!) {
      customer { orders(filter: { number: { eq: $number } }) { total_count items { number } } }
    }";
    let asked = shop
        .ask(query)
        .variables(json!({ "number": number }))
        .token(&customer)
        .store("default");
    asked.send().await.data("/customer/orders").clone()
}

on_every_database!(an_order_is_found_by_number_in_its_store_view, |shop| async move {
    let found = find_by_number(&shop, "100000001").await;
    assert_eq!(
        found,
        json!({ "total_count": 1, "items": [{ "number": "100000001" }] })
    );
});

on_every_database!(
    an_order_is_not_found_by_number_in_another_store_view,
    |shop| async move {
        let found = find_by_number(&shop, "100000002").await;
        assert_eq!(found, json!({ "total_count": 0, "items": [] }));
    }
);
