//! `GraphCommerce`: its own server sends queries by GET, decoded order ids, and the scope of the whole website.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use countermand_tests::{OrderJson, StorefrontClient, TestShop, on_every_database, on_sqlite};
use serde_json::{Value, json};

use super::habits::{answered, empty_fields, good_answer, texts};
use super::sold::{BUYER, GUEST, GUESTS, OPEN, PASSWORD, SHIPPED, Sold};

const CLIENT: StorefrontClient = StorefrontClient::GRAPHCOMMERCE;

/// An order on one of its pages.
async fn page(shop: &TestShop, customer: &str, operation: &str, number: &str) -> Value {
    let asked = CLIENT
        .ask(shop, operation)
        .variables(json!({ "orderNumber": number }));
    good_answer(asked.token(customer)).await["customer"]["orders"]["items"][0].clone()
}

/// The id as `GraphCommerce`'s page decodes it before it cancels.
fn atob(id: &Value) -> String {
    let decoded = STANDARD.decode(id.as_str().expect("an id")).expect("base64");
    String::from_utf8(decoded).expect("a text")
}

on_every_database!(a_customer_cancels_by_the_bare_number, |shop| async move {
    let sold = Sold::to(&shop).await;
    let config = answered(CLIENT, &shop, "StoreConfig").await["storeConfig"].clone();
    assert_eq!(config["order_cancellation_enabled"], true);
    let reason = texts(&config["order_cancellation_reasons"], "/description")[1].to_owned();
    let before = page(&shop, &sold.customer, "OrderDetailPage", OPEN).await;
    // The form is shown while an item has a quantity that is neither canceled nor invoiced, and no unit is shipped.
    let number = |row: &Value, quantity: &str| row[quantity].as_f64().expect("a number");
    let is_open = |row: &Value| {
        let gone = number(row, "quantity_canceled") + number(row, "quantity_invoiced");
        number(row, "quantity_ordered") > gone
    };
    assert!(before["items"].as_array().expect("rows").iter().all(is_open));
    assert_eq!(before["shipments"], json!([]));

    let asked = CLIENT.ask(&shop, "CancelOrder").token(&sold.customer);
    let variables = json!({ "orderId": atob(&before["id"]), "reason": reason });
    let canceled = good_answer(asked.variables(variables)).await["cancelOrder"].clone();
    assert_eq!(canceled["error"], Value::Null);
    let order = &canceled["order"];
    // GraphCommerce updates its cache by these fields.
    assert_eq!(order["__typename"], "CustomerOrder");
    assert_eq!(
        (&order["id"], &order["number"]),
        (&before["id"], &before["number"])
    );
    assert_eq!(order["status"], "Canceled");
    let rows = order["items"].as_array().expect("rows");
    assert!(
        rows.iter()
            .all(|row| row["quantity_canceled"] == row["quantity_ordered"])
    );
    let after = page(&shop, &sold.customer, "OrderDetailPage", OPEN).await;
    assert_eq!(after["status"], "Canceled");
    shop.run_jobs().await;
});

on_sqlite!(a_refusal_has_adobes_message, |shop| async move {
    let sold = Sold::to(&shop).await;
    let shipped = page(&shop, &sold.customer, "OrderDetailPage", SHIPPED).await;
    let asked = CLIENT.ask(&shop, "CancelOrder").token(&sold.customer);
    let variables = json!({ "orderId": atob(&shipped["id"]), "reason": "Other" });
    let refused = good_answer(asked.variables(variables)).await;
    let told = "Order already closed, complete, cancelled or on hold";
    assert_eq!(refused["cancelOrder"]["error"], told);
});

on_sqlite!(
    the_pages_of_an_order_and_its_documents_are_complete,
    |shop| async move {
        let sold = Sold::to(&shop).await;
        let shipped = |operation| page(&shop, &sold.customer, operation, SHIPPED);
        let order = shipped("OrderDetailPage").await;
        let kinds = texts(&order["items"], "/__typename");
        let expected = [
            "OrderItem",
            "ConfigurableOrderItem",
            "BundleOrderItem",
            "DownloadableOrderItem",
            "GiftCardOrderItem",
            "OrderItem",
        ];
        assert_eq!(kinds, expected);
        let not_here = [
            "items/parent_sku",
            "items/product",
            "items/product_url_key",
            "payment_methods/additional_data",
            "shipments/comments",
            "shipments/items/order_item/parent_sku",
            "shipments/items/order_item/product",
            "shipments/items/order_item/product_url_key",
        ];
        assert_eq!(empty_fields(&order), not_here);
        let invoices = shipped("InvoiceDetailPage").await["invoices"].clone();
        assert_eq!(empty_fields(&invoices), ["comments"]);
        let memos = shipped("CreditMemoDetailPage").await["credit_memos"].clone();
        assert_eq!(empty_fields(&memos), ["comments"]);
        assert_eq!(memos[0]["total"]["adjustment"]["value"], 0.5);
        let parcels = shipped("ShipmentDetailPage").await["shipments"].clone();
        assert_eq!(parcels[0]["tracking"][0]["number"], "1Z-999");
    }
);

// The store views of a website share one list of orders.
on_sqlite!(the_dashboard_lists_orders_of_all_store_views, |shop| async move {
    shop.create_store("second", "base", "second").await;
    let sold = Sold::to(&shop).await;
    let order = OrderJson::new("2000000001").by(BUYER).in_store(2);
    let order = order.line("a", 1000, 1, 0, 0).placed_at("2026-03-02 10:00:00");
    shop.import(&[order.json()]).await;
    for operation in ["AccountDashboard", "AccountDashboardOrders"] {
        let answer = good_answer(CLIENT.ask(&shop, operation).token(&sold.customer)).await;
        assert_eq!(answer["__typename"], "Query");
        let orders = &answer["customer"]["orders"];
        assert_eq!(texts(&orders["items"], "/number"), ["2000000001", OPEN, SHIPPED]);
        assert_eq!(orders["total_count"], 3);
    }
});

// GraphCommerce declares the input with its older name and sends the postcode instead of the last name.
on_sqlite!(a_guest_finds_an_order_by_postcode, |shop| async move {
    let sold = Sold::to(&shop).await;
    let asked = CLIENT.ask(&shop, "GuestOrder");
    let input = json!({ "number": GUESTS, "email": GUEST, "postcode": "62701" });
    let found = good_answer(asked.variables(json!({ "input": input }))).await;
    assert_eq!(found["guestOrder"]["id"], json!(sold.guests));
    let wrong = json!({ "number": GUESTS, "email": GUEST, "postcode": "62702" });
    let asked = CLIENT
        .ask(&shop, "GuestOrder")
        .variables(json!({ "input": wrong }));
    let answer = asked.send().await;
    assert_eq!(answer.category(), "graphql-no-such-entity");
});

on_sqlite!(
    an_expired_session_has_the_category_that_signs_out,
    |shop| async move {
        shop.customer(BUYER).await;
        let asked = CLIENT.ask(&shop, "SignIn");
        let signed_in = good_answer(asked.variables(json!({ "email": BUYER, "password": PASSWORD }))).await;
        let token = signed_in["generateCustomerToken"]["token"]
            .as_str()
            .expect("a token");
        let ask = |operation: &str| CLIENT.ask(&shop, operation).token(token);
        let customer = good_answer(ask("Customer")).await["customer"].clone();
        assert_eq!(
            (&customer["email"], &customer["is_subscribed"]),
            (&json!(BUYER), &json!(false))
        );
        good_answer(ask("UseCustomerValidateToken")).await;
        shop.wait(TimeDelta::hours(2));
        let expired = ask("UseCustomerValidateToken").send().await;
        assert_eq!(expired.category(), "graphql-authentication");
        let signed_in = shop.sign_in("default", BUYER, PASSWORD).await;
        let out = good_answer(CLIENT.ask(&shop, "SignOutForm").token(&signed_in)).await;
        assert_eq!(out["revokeCustomerToken"]["result"], true);
    }
);

on_sqlite!(the_store_switcher_lists_the_store_views, |shop| async move {
    shop.create_store("second", "base", "second").await;
    let stores = answered(CLIENT, &shop, "StoreSwitcherList").await["availableStores"].clone();
    assert_eq!(texts(&stores, "/store_code"), ["default", "second"]);
    assert_eq!(texts(&stores, "/__typename"), ["StoreConfig"; 2]);
});

on_sqlite!(forms_get_their_fields_and_countries, |shop| async move {
    let form = answered(CLIENT, &shop, "AttributesForm").await["attributesForm"].clone();
    assert!(texts(&form["items"], "/code").contains(&"firstname"));
    let countries = answered(CLIENT, &shop, "CountryRegions").await["countries"].clone();
    assert!(texts(&countries, "/three_letter_abbreviation").contains(&"USA"));
});

on_sqlite!(the_account_forms_are_answered, |shop| async move {
    shop.customer(BUYER).await;
    let free = answered(CLIENT, &shop, "IsEmailAvailable").await;
    assert_eq!(free["isEmailAvailable"]["is_email_available"], true);
    let mailed = answered(CLIENT, &shop, "ForgotPassword").await;
    assert_eq!(mailed["requestPasswordResetEmail"], true);
    shop.run_jobs().await;
    for operation in ["ResetPassword", "ConfirmEmail"] {
        let forged = CLIENT.ask(&shop, operation).send().await;
        assert!(!forged.error().is_empty(), "{operation}");
    }
});
