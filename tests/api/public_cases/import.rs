//! Orders that machines wrote enter, and are shown as they were meant.

use countermand_tests::on_every_database;
use serde_json::json;

use super::{shown, sold, text_of};

on_every_database!(
    a_payment_is_shown_by_its_title_and_not_by_a_value_of_the_gateway,
    |shop| async move {
        let Some(id) = sold(&shop, "d1-payment-name-is-an-internal-value").await else {
            return;
        };
        let order = shown(&shop, &id).await;
        assert_eq!(order["payment_methods"], json!([{ "name": "Card" }]));
    }
);

on_every_database!(a_bundle_with_a_sku_of_77_characters_enters, |shop| async move {
    let Some(id) = sold(&shop, "e1-long-bundle-sku").await else {
        return;
    };
    let order = shown(&shop, &id).await;
    let sku = "24-WG080-24-WG081-blue-24-WG082-blue-24-WG083-blue-24-WG084-24-WG085-24-WG088";
    assert_eq!(order["items"][0]["product_sku"], sku);
});

on_every_database!(
    a_bundle_without_names_of_its_options_shows_its_products,
    |shop| async move {
        let Some(id) = sold(&shop, "d2-bundle-without-contents").await else {
            return;
        };
        let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) { items {
            ... on BundleOrderItem { bundle_options { label values { product_name } } } } } }";
        let token = shop.order_token(&id).await;
        let answer = shop.ask(query).variables(json!({ "token": token })).send().await;
        assert_eq!(
            answer.data("/guestOrderByToken/items"),
            &json!([{ "bundle_options": [
                { "label": "Kit", "values": [{ "product_name": "Ball" }, { "product_name": "Brick" }] },
            ] }])
        );
    }
);

on_every_database!(
    amounts_written_with_17_digits_enter_as_they_were_meant,
    |shop| async move {
        // The text is sent as it is, because its digits matter.
        let Some(text) = text_of("e2-floats-with-17-digits.input") else {
            return;
        };
        let summary = shop
            .owner_does(
                "importOrders",
                json!({ "orders": text }),
                "imported refused { field message }",
            )
            .await;
        assert_eq!(
            summary,
            json!({ "imported": 1, "refused": [], "user_errors": [] })
        );
        let order = shown(&shop, &shop.order_id("900002021", 1).await).await;
        let total = &order["total"];
        assert_eq!(total["subtotal_excl_tax"]["value"], 75.65);
        assert_eq!(total["total_tax"]["value"], 15.89);
        assert_eq!(total["grand_total"]["value"], 91.54);
    }
);

on_every_database!(
    an_order_that_a_gateway_canceled_after_its_payment_is_shown_to_its_buyer,
    |shop| async move {
        let Some(id) = sold(&shop, "e4-canceled-by-a-gateway").await else {
            return;
        };
        let order = shown(&shop, &id).await;
        assert_eq!(order["status"], "Canceled");
        assert_eq!(order["items"][0]["quantity_invoiced"], 1.0);
        assert_eq!(order["credit_memos"], json!([]));
    }
);

on_every_database!(
    an_order_with_a_number_of_21_characters_enters,
    |shop| async move {
        let Some(id) = sold(&shop, "e6-number-of-more-than-20").await else {
            return;
        };
        assert_eq!(shown(&shop, &id).await["number"], "EBAY-12-34567-89012-3");
    }
);

on_every_database!(
    a_status_that_the_shop_made_keeps_its_code_and_has_the_label_that_the_merchant_gives,
    |shop| async move {
        let nl = json!({
            "code": "nl", "name": "Winkel", "website_code": "base", "currency": "EUR", "locale": "nl_NL"
        });
        shop.owner_does("createStore", nl, "").await;
        let Some(text) = text_of("d3-status-labels") else {
            return;
        };
        let case: serde_json::Value = serde_json::from_str(&text).expect("a case");
        let orders = case["import"].to_string();
        let input = json!({ "orders": orders, "store_code": "nl" });
        let summary = shop
            .owner_does("importOrders", input, "imported notes refused { field message }")
            .await;
        let expected = json!({ "imported": 1, "notes": [], "refused": [], "user_errors": [] });
        assert_eq!(summary, expected);
        let id = shop.order_id("900002019", 2).await;
        let labels = [("packing_now", "Wordt ingepakt"), ("pending", "In behandeling")];
        for (status, label) in labels {
            let input = json!({ "status": status, "store_code": "nl", "label": label });
            let set = shop.owner_does("setStatusLabel", input, "").await;
            assert_eq!(set["user_errors"], json!([]));
        }
        let order = shop.order(&id).await;
        assert_eq!(order["status_code"], "packing_now");
        assert_eq!(order["order"]["status"], "Wordt ingepakt");
    }
);
