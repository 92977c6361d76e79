//! PWA Studio (peregrine and venia-ui): queries by GET, an empty `authorization` header while no customer is signed
//! in. PWA Studio lists orders and cannot cancel them.

use countermand_tests::{OrderJson, StorefrontClient, TestShop, on_sqlite};
use serde_json::{Value, json};

use super::habits::{answered, empty_fields, good_answer, texts};
use super::sold::{BUYER, OPEN, PASSWORD, SHIPPED, Sold};

const CLIENT: StorefrontClient = StorefrontClient::PWA_STUDIO;

/// The first `page_size` orders of the history whose number contains `part`.
async fn history(shop: &TestShop, customer: &str, part: &str, page_size: i32) -> Value {
    let variables = json!({ "filter": { "number": { "match": part } }, "pageSize": page_size });
    let asked = CLIENT.ask(shop, "GetCustomerOrders").variables(variables);
    good_answer(asked.token(customer)).await["customer"]["orders"].clone()
}

on_sqlite!(the_app_starts_without_a_customer, |shop| async move {
    let config = answered(CLIENT, &shop, "getStoreConfigData").await["storeConfig"].clone();
    assert_eq!(config["__typename"], "StoreConfig");
    assert_eq!(config["store_code"], "default");
    assert_eq!(config["default_display_currency_code"], "USD");
    assert_eq!(config["customer_access_token_lifetime"], 1.0, "in hours");
    let stores = answered(CLIENT, &shop, "getAvailableStoresData").await["availableStores"].clone();
    assert_eq!(texts(&stores, "/store_code"), ["default"]);
    let one_setting = [
        ("getLocale", "locale", "en_US"),
        ("getStoreName", "store_name", "Default Store View"),
        ("GetProductURLSuffix", "product_url_suffix", ".html"),
        (
            "getConfigurableThumbnailSource",
            "configurable_thumbnail_source",
            "parent",
        ),
    ];
    for (operation, setting, value) in one_setting {
        let answer = answered(CLIENT, &shop, operation).await;
        assert_eq!(answer["storeConfig"][setting], value, "{operation}");
    }
});

on_sqlite!(a_customer_signs_in_and_out, |shop| async move {
    shop.customer(BUYER).await;
    for sign_out in ["SignOutFromMenu", "SignOutFromModal"] {
        let asked = CLIENT.ask(&shop, "SignIn");
        let signed_in = good_answer(asked.variables(json!({ "email": BUYER, "password": PASSWORD }))).await;
        let token = signed_in["generateCustomerToken"]["token"]
            .as_str()
            .expect("a token");
        let ask = |operation: &str| good_answer(CLIENT.ask(&shop, operation).token(token));
        for operation in [
            "GetCustomerAfterSignIn",
            "GetCustomerInformation",
            "accountChipQuery",
        ] {
            assert_eq!(
                ask(operation).await["customer"]["firstname"],
                "Anna",
                "{operation}"
            );
        }
        assert_eq!(ask(sign_out).await["revokeCustomerToken"]["result"], true);
        let gone = CLIENT.ask(&shop, "accountChipQuery").token(token).send().await;
        assert_eq!(gone.category(), "graphql-authentication");
    }
});

// Apollo drops the message of an answer with any other status, and sends a mutation five times.
on_sqlite!(a_wrong_password_is_answered_with_200, |shop| async move {
    shop.customer(BUYER).await;
    let asked = CLIENT.ask(&shop, "SignIn");
    let answer = asked
        .variables(json!({ "email": BUYER, "password": "Wrong-123" }))
        .send()
        .await;
    assert_eq!(answer.status, 200);
    assert!(answer.error().contains("sign-in was incorrect"));
});

// The page breaks on a null in any of these fields.
on_sqlite!(
    an_order_in_the_history_has_all_the_fields_it_shows,
    |shop| async move {
        let sold = Sold::to(&shop).await;
        let listed = history(&shop, &sold.customer, "", 10).await;
        assert_eq!(texts(&listed["items"], "/number"), [OPEN, SHIPPED]);
        assert_eq!(texts(&listed["items"], "/state"), ["new", "complete"]);
        for order in listed["items"].as_array().expect("orders") {
            assert!(order["total"].is_object() && order["shipments"].is_array());
            for row in order["items"].as_array().expect("rows") {
                assert!(row["selected_options"].is_array(), "{row}");
                assert!(row["product_sale_price"]["value"].is_number(), "{row}");
            }
        }
        let not_here = [
            "items/items/parent_sku",
            "items/items/product",
            "items/items/product_url_key",
            "items/payment_methods/additional_data",
        ];
        assert_eq!(empty_fields(&listed), not_here);
    }
);

on_sqlite!(the_history_grows_with_the_page_size, |shop| async move {
    let order = |number: i32| {
        OrderJson::new(&format!("{number:09}"))
            .by(BUYER)
            .line("a", 1000, 1, 0, 0)
    };
    let orders: Vec<Value> = (1..=12).map(|number| order(number).json()).collect();
    shop.import(&orders).await;
    let customer = shop.customer(BUYER).await;
    for (page_size, shown, pages) in [(10, 10, 2), (20, 12, 1)] {
        let listed = history(&shop, &customer, "", page_size).await;
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(shown));
        assert_eq!(listed["total_count"], 12);
        assert_eq!(listed["page_info"]["total_pages"], pages);
    }
    let found = history(&shop, &customer, "0012", 10).await;
    assert_eq!(texts(&found["items"], "/number"), ["000000012"]);
});

on_sqlite!(a_canceled_order_is_listed, |shop| async move {
    let sold = Sold::to(&shop).await;
    let canceled = shop.cancel_order(&sold.open, "Other").token(&sold.customer);
    canceled.send().await.works();
    let listed = history(&shop, &sold.customer, OPEN, 10).await;
    assert_eq!(texts(&listed["items"], "/status"), ["Canceled"]);
    assert_eq!(texts(&listed["items"], "/state"), ["canceled"]);
    shop.run_jobs().await;
});

// PWA Studio sends the text `null` until it got an id.
on_sqlite!(the_app_gets_a_cache_id, |shop| async move {
    let answer = CLIENT.ask(&shop, "getLocale").send().await;
    let given = answer
        .header("x-magento-cache-id")
        .expect("a cache id")
        .to_owned();
    assert!(given != "null" && !given.is_empty());
    let again = CLIENT
        .ask(&shop, "getLocale")
        .header("x-magento-cache-id", &given);
    assert_eq!(
        again.send().await.header("x-magento-cache-id"),
        Some(given.as_str())
    );
});

on_sqlite!(currency_countries_and_captcha_are_answered, |shop| async move {
    let currency = answered(CLIENT, &shop, "getCurrencyData").await["currency"].clone();
    assert_eq!(currency["default_display_currency_code"], "USD");
    assert_eq!(currency["available_currency_codes"], json!(["USD"]));
    let countries = answered(CLIENT, &shop, "GetCountries").await["countries"].clone();
    assert!(texts(&countries, "/two_letter_abbreviation").contains(&"US"));
    let regions = answered(CLIENT, &shop, "GetRegions").await["country"]["available_regions"].clone();
    assert!(texts(&regions, "/name").contains(&"Texas"));
    let captcha = answered(CLIENT, &shop, "GetReCaptchaV3Config").await;
    assert!(captcha["recaptchaV3Config"].is_object());
});

on_sqlite!(the_account_forms_are_answered, |shop| async move {
    shop.customer(BUYER).await;
    let free = answered(CLIENT, &shop, "GetIsEmailAvailable").await;
    assert_eq!(free["isEmailAvailable"]["is_email_available"], true);
    let mailed = answered(CLIENT, &shop, "requestPasswordResetEmail").await;
    assert_eq!(mailed["requestPasswordResetEmail"], true);
    shop.run_jobs().await;
    let forged = CLIENT.ask(&shop, "resetPassword").send().await;
    assert_eq!(forged.status, 200);
    assert!(!forged.error().is_empty());
});
