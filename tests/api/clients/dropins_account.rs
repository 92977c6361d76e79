//! Adobe's drop-in component for the account: the list of orders, the profile and addresses.

use countermand_tests::{StorefrontClient, TestShop, on_sqlite};
use serde_json::{Value, json};

use super::habits::{answered, empty_fields, good_answer, texts};
use super::sold::{BUYER, OPEN, SHIPPED, Sold};

const CLIENT: StorefrontClient = StorefrontClient::DROPINS_ACCOUNT;

/// The selected fields that are empty, because the shop has no catalog and no shopping assistance.
const NOT_HERE: &[&str] = &[
    "orders/items/admin_assisted_order",
    "orders/items/items/parent_sku",
    "orders/items/items/product",
    "orders/items/items/product_url_key",
    "returns/items",
];

/// A page of the list with `filter`.
async fn list(shop: &TestShop, customer: &str, filter: Value) -> Value {
    let sort = json!({ "sort_direction": "DESC", "sort_field": "CREATED_AT" });
    let variables = json!({ "currentPage": 1, "pageSize": 10, "filter": filter, "sort": sort });
    let asked = CLIENT.ask(shop, "GET_CUSTOMER_ORDERS_LIST");
    good_answer(asked.variables(variables).token(customer)).await["customer"].clone()
}

fn numbers(list: &Value) -> Vec<&str> {
    texts(&list["orders"]["items"], "/number")
}

on_sqlite!(six_months_of_orders_are_listed_newest_first, |shop| async move {
    let sold = Sold::to(&shop).await;
    let half_a_year = json!({ "order_date": { "from": "2025-09-07", "to": "2026-03-07 23:59:59" } });
    let listed = list(&shop, &sold.customer, half_a_year).await;
    assert_eq!(numbers(&listed), [OPEN, SHIPPED]);
    assert_eq!(listed["orders"]["date_of_first_order"], "2026-02-27 08:30:00");
    assert_eq!(empty_fields(&listed), NOT_HERE);
    let earlier = json!({ "order_date": { "from": "2025-03-01", "to": "2026-02-28 23:59:59" } });
    assert_eq!(numbers(&list(&shop, &sold.customer, earlier).await), [SHIPPED]);
    assert_eq!(
        numbers(&list(&shop, &sold.customer, json!({})).await),
        [OPEN, SHIPPED],
        "an empty filter leaves nothing out"
    );
});

on_sqlite!(a_search_finds_orders_by_their_number, |shop| async move {
    let sold = Sold::to(&shop).await;
    let dates = json!({ "from": "2025-09-07", "to": "2026-03-07 23:59:59" });
    let search = |words: &str| json!({ "search": words, "order_date": dates });
    let found = list(&shop, &sold.customer, search("0003")).await;
    assert_eq!(numbers(&found), [SHIPPED]);
    let nothing = list(&shop, &sold.customer, search("no such order")).await;
    assert_eq!(nothing["orders"]["items"], json!([]));
});

on_sqlite!(the_profile_page_is_complete, |shop| async move {
    let sold = Sold::to(&shop).await;
    let ask = |operation: &str| good_answer(CLIENT.ask(&shop, operation).token(&sold.customer));
    let customer = ask("GET_CUSTOMER").await["customer"].clone();
    assert_eq!(
        (&customer["firstname"], &customer["email"]),
        (&json!("Anna"), &json!(BUYER))
    );
    assert_eq!(customer["allow_remote_shopping_assistance"], false);
    let addresses = ask("GET_CUSTOMER_ADDRESS").await["customer"]["addresses"].clone();
    assert_eq!(addresses, json!([]), "addresses are kept with orders only");
    let config = ask("GET_STORE_CONFIG").await["storeConfig"].clone();
    for digits in ["minimum_password_length", "required_character_classes_number"] {
        let text = config[digits].as_str().unwrap_or_default();
        assert!(text.parse::<u8>().is_ok(), "{digits}: {text}");
    }
    assert_eq!(config["mediaUrl"], config["base_media_url"]);
});

on_sqlite!(the_profile_forms_have_their_fields, |shop| async move {
    for operation in ["GET_ATTRIBUTES_FORM", "GET_ATTRIBUTES_FORM_SHORT"] {
        let form = answered(CLIENT, &shop, operation).await["attributesForm"].clone();
        let codes = texts(&form["items"], "/code");
        assert!(
            codes.contains(&"firstname") && codes.contains(&"lastname"),
            "{codes:?}"
        );
        assert_eq!(form["errors"], json!([]));
    }
});

on_sqlite!(
    countries_and_regions_of_addresses_are_answered,
    |shop| async move {
        let countries = answered(CLIENT, &shop, "GET_COUNTRIES_QUERY").await["countries"].clone();
        let codes = texts(&countries, "/id");
        assert!(codes.contains(&"US") && codes.contains(&"NL"), "{codes:?}");
        assert_eq!(texts(&countries, "/full_name_locale").len(), codes.len());
        let states = answered(CLIENT, &shop, "GET_REGIONS").await["country"]["available_regions"].clone();
        let states = texts(&states, "/code");
        assert!(states.contains(&"IL") && states.contains(&"TX"), "{states:?}");
    }
);
