//! Alokai: the middleware sends everything by POST from its own server, lists orders, and cancels with documents that
//! a shop writes itself.

use chrono::TimeDelta;
use countermand_tests::{StorefrontClient, on_sqlite};
use serde_json::json;

use super::habits::{answered, empty_fields, good_answer, texts};
use super::sold::{BUYER, OPEN, PASSWORD, SHIPPED, Sold};

const CLIENT: StorefrontClient = StorefrontClient::ALOKAI;

on_sqlite!(the_list_of_orders_is_complete, |shop| async move {
    let sold = Sold::to(&shop).await;
    // The request has no filter: the document's default is an empty one.
    let answer = good_answer(CLIENT.ask(&shop, "customerOrders").token(&sold.customer)).await;
    let orders = &answer["customer"]["orders"];
    assert_eq!(texts(&orders["items"], "/number"), [OPEN, SHIPPED]);
    assert_eq!(orders["items"][0]["created_at"], orders["items"][0]["order_date"]);
    let not_here = [
        "invoices/comments",
        "items/parent_sku",
        "items/product_url_key",
        "payment_methods/additional_data",
        "shipments/comments",
    ];
    assert_eq!(empty_fields(&orders["items"]), not_here);
});

on_sqlite!(a_filter_is_applied, |shop| async move {
    let sold = Sold::to(&shop).await;
    let asked = CLIENT.ask(&shop, "customerOrders").token(&sold.customer);
    let filter = json!({ "number": { "eq": SHIPPED }, "grand_total": { "from": "10", "to": "200" } });
    let answer = good_answer(asked.variables(json!({ "filter": filter, "pageSize": 5 }))).await;
    let orders = &answer["customer"]["orders"];
    assert_eq!(texts(&orders["items"], "/number"), [SHIPPED]);
    assert_eq!(orders["page_info"]["page_size"], 5);
});

on_sqlite!(the_settings_of_the_store_view_are_answered, |shop| async move {
    let config = answered(CLIENT, &shop, "storeConfig").await["storeConfig"].clone();
    assert_eq!(config["store_code"], "default");
    let stores = answered(CLIENT, &shop, "availableStores").await["availableStores"].clone();
    assert_eq!(stores, json!([config]));
});

on_sqlite!(a_customer_signs_in_and_out, |shop| async move {
    shop.customer(BUYER).await;
    let asked = CLIENT.ask(&shop, "generateCustomerToken");
    let signed_in = good_answer(asked.variables(json!({ "email": BUYER, "password": PASSWORD }))).await;
    let token = signed_in["generateCustomerToken"]["token"]
        .as_str()
        .expect("a token");
    let customer = good_answer(CLIENT.ask(&shop, "customer").token(token)).await["customer"].clone();
    assert_eq!(customer["email"], BUYER);
    let out = good_answer(CLIENT.ask(&shop, "revokeCustomerToken").token(token)).await;
    assert_eq!(out["revokeCustomerToken"]["result"], true);
    let gone = CLIENT.ask(&shop, "customerOrders").token(token).send().await;
    assert_eq!(gone.category(), "graphql-authentication");
    assert_eq!(gone.status, 200, "its middleware throws the message");
});

on_sqlite!(
    an_expired_session_has_another_category_than_no_session,
    |shop| async move {
        let token = shop.customer(BUYER).await;
        shop.wait(TimeDelta::hours(2));
        let expired = CLIENT.ask(&shop, "customer").token(&token).send().await;
        assert_eq!(expired.category(), "graphql-authentication");
        let anonymous = CLIENT.ask(&shop, "customer").send().await;
        anonymous.fails("graphql-authorization", "The current customer isn't authorized.");
    }
);

on_sqlite!(countries_and_currency_are_answered, |shop| async move {
    let countries = answered(CLIENT, &shop, "countries").await["countries"].clone();
    assert!(texts(&countries, "/full_name_english").contains(&"Netherlands"));
    let country = answered(CLIENT, &shop, "country").await["country"].clone();
    assert!(texts(&country["available_regions"], "/code").contains(&"TX"));
    let currency = answered(CLIENT, &shop, "currency").await["currency"].clone();
    assert_eq!(currency["base_currency_code"], "USD");
    assert_eq!(currency["default_display_currecy_code"], "USD");
    assert_eq!(currency["exchange_rates"][0]["rate"], 1.0);
});

on_sqlite!(a_forgotten_password_can_be_reset, |shop| async move {
    shop.customer(BUYER).await;
    let mailed = answered(CLIENT, &shop, "requestPasswordResetEmail").await;
    assert_eq!(mailed["requestPasswordResetEmail"], true);
    shop.run_jobs().await;
    let forged = CLIENT.ask(&shop, "resetPassword").send().await;
    assert!(!forged.error().is_empty());
});
