//! The settings of a store view that storefronts read, and the `Store` header that names a store view.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

/// Creates two store views of one group, one of another group, and one of another website.
async fn stores(shop: &TestShop) {
    let create = async |code: &str, website: &str, group: &str, sort_order: i32| {
        let input = json!({
            "code": code, "name": format!("View {code}"), "website_code": website, "group_code": group,
            "group_name": group, "locale": "nl_NL", "timezone": "Europe/Amsterdam", "currency": "EUR",
            "sort_order": sort_order
        });
        assert_eq!(
            shop.owner_does("createStore", input, "").await["user_errors"],
            json!([])
        );
    };
    shop.create_website("second").await;
    create("nl", "base", "main_website_store", 20).await;
    create("be", "base", "belgium", 10).await;
    create("se", "second", "sweden", 0).await;
}

async fn reasons(shop: &TestShop, store: &str) -> Vec<(String, String)> {
    let query = "{
      cancellationReasons { code description }
      storeConfig { order_cancellation_reasons { code description } }
    }";
    let answer = shop.ask(query).store(store).send().await;
    let listed = answer.data("/cancellationReasons");
    assert_eq!(
        listed,
        answer.data("/storeConfig/order_cancellation_reasons"),
        "one list, asked twice"
    );
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let listed = listed.as_array().expect("reasons").iter();
    listed
        .map(|it| (text(&it["code"]), text(&it["description"])))
        .collect()
}

fn pair(code: &str, description: &str) -> (String, String) {
    (code.into(), description.into())
}

on_every_database!(each_store_view_shows_its_own_reasons, |shop| async move {
    stores(&shop).await;
    assert_eq!(reasons(&shop, "nl").await.len(), 5);
    let in_dutch = json!([{ "store_code": "nl", "description": "Per ongeluk" }]);
    let translated = json!([
        { "code": "mistake", "description": "By mistake", "translations": in_dutch },
        { "code": "other", "description": "Other" }
    ]);
    shop.configure(json!({ "scope": "WEBSITE", "code": "base", "reasons": translated }))
        .await;
    let own = json!([{ "code": "z", "description": "Z first" }, { "code": "a", "description": "A last" }]);
    shop.configure(json!({ "scope": "STORE", "code": "be", "reasons": own }))
        .await;

    assert_eq!(
        reasons(&shop, "default").await,
        [pair("mistake", "By mistake"), pair("other", "Other")]
    );
    assert_eq!(
        reasons(&shop, "nl").await,
        [pair("mistake", "Per ongeluk"), pair("other", "Anders")],
        "the locale of the store view is nl_NL"
    );
    // A store view's own list replaces the inherited one and keeps its order.
    assert_eq!(
        reasons(&shop, "be").await,
        [pair("z", "Z first"), pair("a", "A last")]
    );
    let built_in = reasons(&shop, "se").await;
    assert_eq!(built_in.len(), 5);
    assert_eq!(built_in[4], pair("other", "Anders"));
});

on_every_database!(a_store_view_shows_its_identity, |shop| async move {
    stores(&shop).await;
    let address = "https://shop.example/nl";
    shop.configure(json!({ "scope": "STORE", "code": "nl", "enabled": true, "storefront_url": address }))
        .await;
    let query = "{ storeConfig {
      store_code store_name store_sort_order is_default_store
      store_group_code store_group_name is_default_store_group website_code website_name
      id code website_id locale timezone base_currency_code default_display_currency_code
      base_url secure_base_url base_media_url order_cancellation_enabled
    } }";
    let answer = shop.ask(query).store("nl").send().await;
    let expected = json!({
        "store_code": "nl", "store_name": "View nl", "store_sort_order": 20, "is_default_store": false,
        "store_group_code": "main_website_store", "store_group_name": "Main Website Store",
        "is_default_store_group": true, "website_code": "base", "website_name": "Main Website",
        "id": 2, "code": "nl", "website_id": 1, "locale": "nl_NL", "timezone": "Europe/Amsterdam",
        "base_currency_code": "EUR", "default_display_currency_code": "EUR",
        "base_url": "https://shop.example/nl/", "secure_base_url": "https://shop.example/nl/",
        "base_media_url": "https://shop.example/nl/media/", "order_cancellation_enabled": true
    });
    assert_eq!(answer.data("/storeConfig"), &expected);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let by_get = shop.ask(query).store("nl").by_get().send().await;
    assert_eq!(by_get.body, answer.body);
    let default = shop
        .ask("{ storeConfig { is_default_store order_cancellation_enabled } }")
        .send()
        .await;
    assert_eq!(
        default.data("/storeConfig"),
        &json!({ "is_default_store": true, "order_cancellation_enabled": false })
    );
});

on_every_database!(the_store_views_of_a_website_are_listed, |shop| async move {
    stores(&shop).await;
    let listed = async |store: &str, arguments: &str| {
        let query = format!("{{ availableStores{arguments} {{ store_code }} }}");
        let answer = shop.ask(&query).store(store).send().await;
        let stores = answer.data("/availableStores").as_array().expect("stores").iter();
        stores
            .map(|it| it["store_code"].as_str().expect("a code").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        listed("default", "").await,
        ["default", "be", "nl"],
        "by position"
    );
    assert_eq!(
        listed("nl", "(useCurrentGroup: false)").await,
        ["default", "be", "nl"]
    );
    assert_eq!(listed("nl", "(useCurrentGroup: true)").await, ["default", "nl"]);
    assert_eq!(listed("be", "(useCurrentGroup: true)").await, ["be"]);
    assert_eq!(listed("se", "").await, ["se"], "another website is another shop");
});

on_every_database!(the_store_header_names_a_store_view, |shop| async move {
    stores(&shop).await;
    let query = "{ storeConfig { store_code } }";
    let spellings = [
        ("nl", "nl"),
        (" nl ", "nl"),
        ("", "default"),
        ("  ", "default"),
        ("default", "default"),
        ("DEFAULT", "default"),
        ("Default", "default"),
        ("se", "se"),
    ];
    for (header, code) in spellings {
        let answer = shop.ask(query).store(header).send().await;
        assert_eq!(answer.data("/storeConfig/store_code"), code, "{header:?}");
    }
    assert_eq!(
        shop.ask(query).send().await.data("/storeConfig/store_code"),
        "default"
    );
    let unknown = ["NL", "nl_NL", "2", "nl,be", "*", "' OR 1=1 --", "base", "belgium"];
    for header in unknown.into_iter().chain([&*"x".repeat(4000)]) {
        shop.ask(query)
            .store(header)
            .send()
            .await
            .fails("graphql-input", "Requested store is not found");
    }
});

on_every_database!(
    an_unknown_store_view_refuses_the_whole_request,
    |shop| async move {
        let customer = shop.customer("anna@example.com").await;
        let requests = [
            shop.ask("{ customer { email } }").token(&customer),
            shop.ask("mutation { revokeCustomerToken { result } }")
                .token(&customer),
            shop.cancel_order("1", "Other").token(&customer),
            shop.ask("{ cancellationConfig(scope: DEFAULT) { scope } }")
                .token(shop.owner()),
        ];
        for request in requests {
            request
                .store("nowhere")
                .send()
                .await
                .fails("graphql-input", "Requested store is not found");
        }
        let still = shop.ask("{ customer { email } }").token(&customer).send().await;
        assert_eq!(still.data("/customer/email"), "anna@example.com");
    }
);
