//! Adobe's drop-in component for orders: queries by GET with a JSON content type, mutations by POST.

use countermand_tests::{Answer, StorefrontClient, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::habits::{answered, empty_fields, good_answer, texts};
use super::sold::{BUYER, GUEST, GUESTS, OPEN, SHIPPED, Sold};

pub(super) const CLIENT: StorefrontClient = StorefrontClient::DROPINS_ORDER;

/// The selected fields that are empty, because the shop has no gifts, no returns and no catalog.
const NOT_HERE: &[&str] = &[
    "admin_assisted_order",
    "applied_gift_cards",
    "gift_message",
    "gift_wrapping",
    "items/free_gift_label",
    "items/gift_message",
    "items/gift_wrapping",
    "items/parent_sku",
    "items/product",
    "items/product_url_key",
    "items_eligible_for_return",
    "returns/items",
    "shipments/comments",
    "total/gift_options",
];

/// The page of an order of the signed-in customer.
pub(super) async fn order_page(shop: &TestShop, customer: &str, number: &str) -> Value {
    let asked = CLIENT.ask(shop, "ORDER_BY_NUMBER");
    let asked = asked.variables(json!({ "orderNumber": number })).token(customer);
    good_answer(asked).await["customer"]["orders"]["items"][0].clone()
}

/// The page of a guest's order, as the link in a mail or the search form opens it.
pub(super) async fn guest_page(shop: &TestShop, token: &str) -> Value {
    let asked = CLIENT.ask(shop, "ORDER_BY_TOKEN");
    let asked = asked.variables(json!({ "token": token }));
    good_answer(asked).await["guestOrderByToken"].clone()
}

pub(super) async fn cancel(shop: &TestShop, customer: &str, order_id: &Value, reason: &str) -> Value {
    let asked = CLIENT.ask(shop, "CANCEL_ORDER_MUTATION");
    let variables = json!({ "orderId": order_id, "reason": reason });
    good_answer(asked.variables(variables).token(customer)).await["cancelOrder"].clone()
}

pub(super) async fn confirm(shop: &TestShop, order_id: &str, key: &str) -> Value {
    let asked = CLIENT.ask(shop, "CONFIRM_CANCEL_ORDER_MUTATION");
    let variables = json!({ "orderId": order_id, "confirmationKey": key });
    good_answer(asked.variables(variables)).await["confirmCancelOrder"].clone()
}

on_sqlite!(the_order_page_is_complete, |shop| async move {
    let sold = Sold::to(&shop).await;
    let mut pages = Vec::new();
    for number in [OPEN, SHIPPED] {
        pages.push(order_page(&shop, &sold.customer, number).await);
    }
    assert_eq!(empty_fields(&json!(pages)), NOT_HERE);
    let kinds = texts(&pages[0]["items"], "/status");
    assert_eq!(kinds, ["Ordered"; 6]);
    assert_eq!(pages[0]["total"]["grand_total"]["value"], 109.0);
    assert_eq!(pages[1]["shipments"][0]["tracking"][0]["number"], "1Z-999");
});

// The drop-in sends the guest's mutation for every id of more than twenty characters.
on_sqlite!(order_ids_are_shorter_than_guests_tokens, |shop| async move {
    let sold = Sold::to(&shop).await;
    let page = order_page(&shop, &sold.customer, OPEN).await;
    let length = |field: &str| page[field].as_str().map_or(0, str::len);
    assert!(length("id") <= 20 && length("number") <= 20, "{page:#}");
    assert!(length("token") > 20, "{page:#}");
});

on_every_database!(a_customer_cancels_on_the_order_page, |shop| async move {
    let sold = Sold::to(&shop).await;
    let config = answered(CLIENT, &shop, "STORE_CONFIG_QUERY").await["storeConfig"].clone();
    assert_eq!(config["order_cancellation_enabled"], true);
    let reason = texts(&config["reasons"], "/description")[0].to_owned();
    let page = order_page(&shop, &sold.customer, OPEN).await;
    assert_eq!(page["available_actions"], json!(["REORDER", "CANCEL"]));

    let canceled = cancel(&shop, &sold.customer, &page["id"], &reason).await;
    assert_eq!(canceled["error"], Value::Null);
    let order = &canceled["order"];
    assert_eq!(order["status"], "Canceled");
    assert_eq!(
        order["available_actions"],
        json!(["REORDER"]),
        "the dialog closes"
    );
    let rows = order["items"].as_array().expect("rows");
    assert!(
        rows.iter()
            .all(|row| row["quantity_canceled"] == row["quantity_ordered"])
    );
    let reloaded = order_page(&shop, &sold.customer, OPEN).await;
    assert_eq!(
        (&reloaded["status"], &reloaded["id"]),
        (&json!("Canceled"), &page["id"])
    );
    shop.run_jobs().await;
});

// The browser's tab keeps the settings, so a reason that is no longer offered may be sent.
on_sqlite!(
    a_reason_that_is_no_longer_offered_is_refused_in_the_data,
    |shop| async move {
        let sold = Sold::to(&shop).await;
        let id = json!(sold.open);
        let refused = cancel(&shop, &sold.customer, &id, "A reason of last week").await;
        assert_eq!(refused["error"], "Order cancellation reason is invalid.");
        let page = order_page(&shop, &sold.customer, OPEN).await;
        assert_eq!(page["available_actions"], json!(["REORDER", "CANCEL"]));
    }
);

on_sqlite!(a_shipped_order_has_no_cancel_button, |shop| async move {
    let sold = Sold::to(&shop).await;
    let page = order_page(&shop, &sold.customer, SHIPPED).await;
    assert_eq!(page["available_actions"], json!(["REORDER"]));
});

on_sqlite!(the_status_has_the_label_of_the_store_view, |shop| async move {
    shop.create_store("nl", "base", "main_website_store").await;
    let sold = Sold::to(&shop).await;
    let dutch = json!({ "status": "pending", "store_code": "default", "label": "In afwachting" });
    let set = shop.owner_does("setStatusLabel", dutch, "").await;
    assert_eq!(set["user_errors"], json!([]));
    assert_eq!(
        order_page(&shop, &sold.customer, OPEN).await["status"],
        "In afwachting"
    );
});

on_every_database!(a_guest_searches_requests_and_confirms, |shop| async move {
    let sold = Sold::to(&shop).await;
    let typed = json!({ "number": GUESTS, "email": "Guest@Example.com ", "lastname": " larsen" });
    let asked = CLIENT.ask(&shop, "GET_GUEST_ORDER");
    let found = good_answer(asked.variables(json!({ "input": typed }))).await;
    let token = found["guestOrder"]["token"].as_str().expect("a token").to_owned();
    let page = guest_page(&shop, &token).await;
    assert_eq!(page["available_actions"], json!(["REORDER", "CANCEL"]));

    let asked = CLIENT.ask(&shop, "REQUEST_GUEST_ORDER_CANCEL_MUTATION");
    let asked = asked.variables(json!({ "token": token, "reason": "Other" }));
    let requested = good_answer(asked).await["requestGuestOrderCancel"].clone();
    assert_eq!(requested["error"], Value::Null);
    assert_eq!(
        requested["order"]["status"], "Pending",
        "the page itself says what was requested"
    );
    shop.run_jobs().await;
    let key = shop.mail().newest_key().expect("a key in the mail");

    let confirmed = confirm(&shop, &sold.guests, &key).await;
    assert_eq!(confirmed["errorV2"], Value::Null);
    assert_eq!(confirmed["order"]["status"], "Canceled");
    assert_eq!(confirmed["order"]["available_actions"], json!(["REORDER"]));
    // The page's address holds the key, so reloading the page sends the key again.
    let again = confirm(&shop, &sold.guests, &key).await;
    assert_eq!(again["errorV2"]["code"], "INVALID_ORDER_STATUS");
    assert_eq!(
        again["errorV2"]["message"],
        "Order already closed, complete, cancelled or on hold"
    );
    shop.run_jobs().await;
});

// The drop-in compares this message literally and then shows the sign-in form.
on_sqlite!(
    a_guest_search_for_the_order_of_an_account_leads_to_sign_in,
    |shop| async move {
        let sold = Sold::to(&shop).await;
        let page = order_page(&shop, &sold.customer, OPEN).await;
        let input = json!({ "number": OPEN, "email": BUYER, "lastname": "Larsen" });
        let by_search = CLIENT.ask(&shop, "GET_GUEST_ORDER");
        let by_token = CLIENT.ask(&shop, "ORDER_BY_TOKEN");
        for asked in [
            by_search.variables(json!({ "input": input })),
            by_token.variables(json!({ "token": page["token"] })),
        ] {
            asked
                .send()
                .await
                .fails("graphql-authorization", "Please login to view the order.");
        }
    }
);

on_sqlite!(a_guest_search_without_a_match_has_no_data, |shop| async move {
    Sold::to(&shop).await;
    let input = json!({ "number": GUESTS, "email": GUEST, "lastname": "Jansen" });
    let asked = CLIENT.ask(&shop, "GET_GUEST_ORDER");
    let answer: Answer = asked.variables(json!({ "input": input })).send().await;
    assert_eq!((answer.status, &answer.body["data"]), (200, &Value::Null));
    let nothing_fits = "We couldn't locate an order with the information provided.";
    assert_eq!(answer.error(), nothing_fits);
});

on_sqlite!(
    customer_and_returns_beside_the_order_are_answered,
    |shop| async move {
        let sold = Sold::to(&shop).await;
        let ask = |operation: &str| good_answer(CLIENT.ask(&shop, operation).token(&sold.customer));
        let customer = json!({ "customer": { "firstname": "Anna", "lastname": "Larsen", "email": BUYER } });
        assert_eq!(ask("GET_CUSTOMER").await, customer);
        let returns = ask("GET_CUSTOMER_ORDERS_RETURN").await;
        assert_eq!(returns["customer"]["returns"]["items"], json!([]));
    }
);

// Without the labels of the form, addresses stay blank. The short document is sent with a variable that it does not
// declare.
on_sqlite!(
    the_address_form_gives_the_labels_of_addresses,
    |shop| async move {
        for operation in ["GET_ATTRIBUTES_FORM", "GET_ATTRIBUTES_FORM_SHORT"] {
            let form = answered(CLIENT, &shop, operation).await["attributesForm"].clone();
            let codes = texts(&form["items"], "/code");
            for code in [
                "firstname",
                "lastname",
                "street",
                "city",
                "country_id",
                "postcode",
            ] {
                assert!(codes.contains(&code), "{operation}: {codes:?}");
            }
            assert_eq!(texts(&form["items"], "/label").len(), codes.len());
            assert_eq!(form["errors"], json!([]));
        }
        let list = answered(CLIENT, &shop, "GET_ATTRIBUTES_LIST").await;
        assert_eq!(
            list["attributesList"]["items"],
            json!([]),
            "nothing can be returned"
        );
    }
);
