//! The built-in reasons: in the language of the store view for buyers, and further ones for staff.

use countermand_tests::refusal::Refusal;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";

/// Creates a store view of the first website.
async fn create_store(shop: &TestShop, code: &str, locale: &str) {
    let input = json!({
        "code": code, "name": code, "website_code": "base", "group_code": "main_website_store",
        "group_name": "Main Website Store", "locale": locale, "timezone": "Europe/Amsterdam", "currency": "USD",
    });
    let payload = shop.owner_does("createStore", input, "").await;
    assert_eq!(payload["user_errors"], json!([]));
}

/// An unpaid order of Anna in the store view with this number.
fn order(number: &str, store: i32) -> Value {
    let order = OrderJson::new(number).by(BUYER).in_store(store);
    order.line("tea", 1000, 1, 0, 0).json()
}

/// What storefronts of a store view show.
async fn shown(shop: &TestShop, store: &str) -> Vec<String> {
    let query = "{ storeConfig { order_cancellation_reasons { description } } }";
    let answer = shop.ask(query).store(store).send().await;
    let reasons = answer.data("/storeConfig/order_cancellation_reasons").as_array();
    let reasons = reasons.expect("reasons").iter();
    reasons
        .map(|it| it["description"].as_str().expect("a text").to_owned())
        .collect()
}

/// The texts in the history of the order, for staff.
async fn history(shop: &TestShop, id: &str) -> Vec<Value> {
    let order = shop.order(id).await;
    let lines = order["comments"].as_array().expect("a history").iter();
    lines.map(|line| line["message"].clone()).collect()
}

on_every_database!(
    a_store_view_shows_the_reasons_in_its_language_and_takes_adobes_english_ones_too,
    |shop| async move {
        create_store(&shop, "nl", "nl_NL").await;
        create_store(&shop, "sv", "sv_SE").await;
        create_store(&shop, "de", "de_DE").await;
        let dutch = [
            "Ik heb de artikelen niet meer nodig",
            "De bestelling is per ongeluk geplaatst",
            "De levering duurt langer dan verwacht",
            "Ergens anders goedkoper gevonden",
            "Anders",
        ];
        assert_eq!(shown(&shop, "nl").await, dutch);
        assert_eq!(shown(&shop, "sv").await[4], "Annat");
        let english = shown(&shop, "default").await;
        assert_eq!((english.len(), english[4].as_str()), (5, "Other"));
        assert_eq!(shown(&shop, "de").await, english);

        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let ids = shop
            .import(&[order("1", 2), order("2", 2), order("3", 2), order("4", 1)])
            .await;
        for (id, sent, told) in [
            (&ids[0], dutch[1], dutch[1]),
            (&ids[1], english[1].as_str(), english[1].as_str()),
            (&ids[2], "placed_by_mistake", dutch[1]),
        ] {
            let asked = shop.cancel_order(id, sent).token(&anna).store("nl");
            asked.send().await.works();
            assert!(history(&shop, id).await.contains(&json!(told)), "{sent}");
        }
        let answer = shop.cancel_order(&ids[3], dutch[1]).token(&anna).send().await;
        answer.is_refused(Refusal::REASON);
        shop.leave_jobs();
    }
);

on_every_database!(
    what_staff_writes_replaces_the_built_in_text_and_the_history_stays,
    |shop| async move {
        create_store(&shop, "nl", "nl_NL").await;
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let id = shop.import(&[order("1", 2)]).await.remove(0);
        shop.cancel_order(&id, "anders")
            .token(&anna)
            .store("nl")
            .send()
            .await
            .works();
        let change = json!({ "scope": "DEFAULT", "reason_code": "other", "description": "Something else" });
        shop.owner_does("updateCancellationReason", change, "").await;
        assert_eq!(shown(&shop, "nl").await[4], "Something else");
        assert_eq!(shown(&shop, "nl").await[3], "Ergens anders goedkoper gevonden");
        let own = json!([{ "store_code": "nl", "description": "Iets anders" }]);
        let change = json!({ "scope": "DEFAULT", "reason_code": "other", "translations": own });
        shop.owner_does("updateCancellationReason", change, "").await;
        assert_eq!(shown(&shop, "nl").await[4], "Iets anders");
        assert_eq!(shown(&shop, "default").await[4], "Something else");
        assert!(history(&shop, &id).await.contains(&json!("anders")));
        shop.leave_jobs();
    }
);

on_every_database!(
    staff_chooses_from_reasons_that_no_buyer_is_offered_until_staff_says_so,
    |shop| async move {
        create_store(&shop, "nl", "nl_NL").await;
        shop.enable_cancellation().await;
        let anna = shop.customer(BUYER).await;
        let ids = shop.import(&[order("1", 1), order("2", 2), order("3", 1)]).await;
        let english = "The order was placed twice";
        for reason in [english, "ordered_twice"] {
            let answer = shop.cancel_order(&ids[0], reason).token(&anna).send().await;
            answer.is_refused(Refusal::REASON);
        }
        let dutch = "De bestelling is twee keer geplaatst";
        for (id, sent, told) in [(&ids[0], english, english), (&ids[1], "ordered_twice", dutch)] {
            let canceled = json!({ "order_id": id, "reason": sent });
            shop.worked("cancelOrderAsAdmin", canceled).await;
            assert!(history(&shop, id).await.contains(&json!(told)), "{sent}");
        }
        let audience = json!({ "audience": ["CUSTOMER", "GUEST", "MERCHANT"] });
        let change = json!({ "scope": "DEFAULT", "reason_code": "ordered_twice", "rules": audience });
        shop.owner_does("updateCancellationReason", change, "").await;
        assert_eq!(shown(&shop, "default").await[4..], [english, "Other"]);
        shop.cancel_order(&ids[2], english)
            .token(&anna)
            .send()
            .await
            .works();
        shop.leave_jobs();
    }
);
