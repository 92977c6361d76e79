//! What the pages around an order select: forms, countries, the currency, captchas.

use countermand_tests::{TestShop, on_every_database};
use serde_json::{Value, json};

/// The document of Adobe's account and order drop-ins.
const FORM: &str = "query GET_ATTRIBUTES_FORM($formCode: String!) {
  attributesForm(formCode: $formCode) {
    items {
      code default_value entity_type frontend_class frontend_input is_required is_unique label
      options { is_default label value }
      ... on CustomerAttributeMetadata { multiline_count sort_order validate_rules { name value } }
    }
    errors { type message }
  }
}";
/// The request of the order page, with a variable that its document does not declare.
const SHORT_FORM: &str = r#"query GET_ATTRIBUTES_FORM_SHORT {
  attributesForm(formCode: "customer_register_address") {
    items { frontend_input label code ... on CustomerAttributeMetadata { multiline_count sort_order } }
  }
}"#;

/// Creates a Dutch and a Swedish store view beside the English one.
async fn stores(shop: &TestShop) {
    for (code, locale, currency) in [("nl", "nl_NL", "EUR"), ("se", "sv_SE", "SEK")] {
        let input = json!({
            "code": code, "name": code, "website_code": "base", "group_code": code, "group_name": code,
            "locale": locale, "timezone": "Europe/Amsterdam", "currency": currency
        });
        let created = shop.owner_does("createStore", input, "").await;
        assert_eq!(created["user_errors"], json!([]));
    }
}

async fn form(shop: &TestShop, store: &str, code: &str) -> Value {
    let asked = shop.ask(FORM).variables(json!({ "formCode": code }));
    let answer = asked.store(store).by_get().send().await;
    answer.data("/attributesForm").clone()
}

/// The value of `field` in each object of `list`.
fn all<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|it| it[field].as_str().expect("a text")).collect()
}

fn item<'a>(form: &'a Value, code: &str) -> &'a Value {
    let items = form["items"].as_array().expect("items").iter();
    let mut items = items.filter(|it| it["code"] == code);
    items.next().expect("an attribute")
}

on_every_database!(an_address_form_describes_each_field, |shop| async move {
    stores(&shop).await;
    for code in ["customer_register_address", "customer_address_edit"] {
        let form = form(&shop, "default", code).await;
        assert_eq!(form["errors"], json!([]));
        let codes = all(&form["items"], "code");
        assert_eq!(
            codes.join(" "),
            "prefix firstname middlename lastname suffix company street city country_id region region_id postcode \
             telephone fax vat_id"
        );
        assert_eq!(
            *item(&form, "street"),
            json!({
                "code": "street", "label": "Street Address", "entity_type": "CUSTOMER_ADDRESS",
                "frontend_input": "MULTILINE", "frontend_class": null, "default_value": null,
                "is_required": true, "is_unique": false, "options": [], "multiline_count": 2, "sort_order": 70,
                "validate_rules": [
                    { "name": "MAX_TEXT_LENGTH", "value": "255" }, { "name": "MIN_TEXT_LENGTH", "value": "1" }
                ]
            })
        );
        assert_eq!(item(&form, "region_id")["frontend_input"], "HIDDEN");
    }
    let dutch = form(&shop, "nl", "customer_address_edit").await;
    assert_eq!(item(&dutch, "street")["label"], "Straat en huisnummer");
    assert_eq!(item(&dutch, "country_id")["label"], "Land");
});

on_every_database!(
    an_account_form_is_in_the_language_of_the_store_view,
    |shop| async move {
        stores(&shop).await;
        let label = async |store: &str, code: &str| {
            let form = form(&shop, store, "customer_account_edit").await;
            item(&form, code)["label"].clone()
        };
        assert_eq!(label("default", "firstname").await, "First Name");
        assert_eq!(label("nl", "firstname").await, "Voornaam");
        assert_eq!(label("se", "firstname").await, "Förnamn");

        let form = form(&shop, "se", "customer_account_create").await;
        assert_eq!(
            item(&form, "email")["validate_rules"],
            json!([{ "name": "INPUT_VALIDATION", "value": "EMAIL" }])
        );
        assert_eq!(
            item(&form, "gender")["options"],
            json!([
                { "is_default": false, "label": "Man", "value": "1" },
                { "is_default": false, "label": "Kvinna", "value": "2" },
                { "is_default": false, "label": "Ej angivet", "value": "3" }
            ])
        );
    }
);

on_every_database!(
    an_order_page_with_an_undeclared_variable_gets_its_labels,
    |shop| async move {
        let stray = json!({ "formCode": "customer_register_address" });
        let answer = shop.ask(SHORT_FORM).variables(stray).by_get().send().await;
        let labels = all(answer.data("/attributesForm/items"), "label");
        assert!(
            labels.contains(&"City") && labels.contains(&"Phone Number"),
            "{labels:?}"
        );
    }
);

on_every_database!(
    an_unknown_form_is_answered_with_an_error_in_the_data,
    |shop| async move {
        for code in ["nothing", "adminhtml_customer"] {
            assert_eq!(
                form(&shop, "default", code).await,
                json!({
                    "items": [],
                    "errors": [
                        { "type": "ENTITY_NOT_FOUND", "message": format!("Form \"{code}\" could not be found.") }
                    ]
                })
            );
        }
        let answer = shop.ask(FORM).variables(json!({ "formCode": "" })).send().await;
        assert_eq!(answer.error(), "Required parameter \"formCode\" of type string.");
        assert_eq!(answer.category(), "graphql-input");
    }
);

on_every_database!(
    customers_have_attributes_and_returns_have_none,
    |shop| async move {
        let query = "query GET_ATTRIBUTES_LIST($entityType: AttributeEntityTypeEnum!) {
      attributesList(entityType: $entityType) {
        items {
          code label ... on CustomerAttributeMetadata { sort_order } ... on ReturnItemAttributeMetadata { sort_order }
        }
        errors { type message }
      }
    }";
        let list = async |entity: &str| {
            let asked = shop.ask(query).variables(json!({ "entityType": entity }));
            asked.by_get().send().await.data("/attributesList").clone()
        };
        assert_eq!(list("RMA_ITEM").await, json!({ "items": [], "errors": [] }));
        assert_eq!(
            list("CATALOG_PRODUCT").await,
            json!({ "items": [], "errors": [] })
        );
        assert_eq!(all(&list("CUSTOMER").await["items"], "code").len(), 9);
    }
);

on_every_database!(
    countries_are_sorted_by_name_in_the_language_of_the_store_view,
    |shop| async move {
        stores(&shop).await;
        let query = "query GET_COUNTRIES_QUERY { countries {
      id two_letter_abbreviation three_letter_abbreviation full_name_locale full_name_english
      available_regions { id code name }
    } }";
        let countries = async |store: &str| {
            let answer = shop.ask(query).store(store).by_get().send().await;
            answer.data("/countries").clone()
        };
        let swedish = countries("se").await;
        let names = all(&swedish, "full_name_locale");
        assert_eq!(names.len(), 249);
        assert_eq!([names[0], names[248]], ["Afghanistan", "Östtimor"]);
        let dutch = countries("nl").await;
        let here = dutch.as_array().expect("countries").iter();
        let here: Vec<_> = here.filter(|it| it["id"] == "NL").collect();
        assert_eq!(here[0]["full_name_locale"], "Nederland");
        assert_eq!(here[0]["full_name_english"], "Netherlands");
        assert_eq!(here[0]["three_letter_abbreviation"], "NLD");
        let provinces = all(&here[0]["available_regions"], "name");
        assert!(
            provinces.contains(&"Noord-Holland") && !provinces.contains(&"Aruba"),
            "{provinces:?}"
        );
    }
);

on_every_database!(a_country_has_its_regions, |shop| async move {
    let query = "query GET_REGIONS($countryCode: String!) {
      country(id: $countryCode) { id available_regions { id code name } }
    }";
    let regions = async |code: &str| {
        let asked = shop.ask(query).variables(json!({ "countryCode": code }));
        asked
            .by_get()
            .send()
            .await
            .data("/country/available_regions")
            .clone()
    };
    let states = regions("US").await;
    assert_eq!(all(&states, "name")[..3], ["Alabama", "Alaska", "American Samoa"]);
    let california = states.as_array().expect("states").iter();
    let california: Vec<_> = california.filter(|it| it["code"] == "CA").collect();
    assert_eq!(california[0]["name"], "California");
    let id = california[0]["id"].as_i64().expect("an id");
    assert_eq!(regions("US").await, states, "the same ids each time");
    let provinces = regions("CA").await;
    assert_eq!(all(&provinces, "code").len(), 13);
    assert!(
        provinces
            .as_array()
            .expect("provinces")
            .iter()
            .all(|it| it["id"] != id)
    );
    assert_eq!(all(&regions("AU").await, "code").len(), 8);
    assert_eq!(regions("MC").await.as_array().map(Vec::is_empty), Some(false));
    assert_eq!(regions("HK").await, Value::Null);
});

on_every_database!(
    an_unknown_country_is_refused_with_adobes_message,
    |shop| async move {
        let refused = async |query: &str| {
            let answer = shop.ask(query).send().await;
            assert_eq!(answer.body["data"], json!({ "country": null }));
            [answer.error().to_owned(), answer.category().to_owned()]
        };
        for missing in ["{ country { id } }", r#"{ country(id: "") { id } }"#] {
            assert_eq!(
                refused(missing).await,
                ["Country \"id\" value should be specified", "graphql-input"]
            );
        }
        for unknown in ["ZZ", "us", "USA"] {
            assert_eq!(
                refused(&format!("{{ country(id: \"{unknown}\") {{ id }} }}")).await,
                ["The country isn't available.", "graphql-no-such-entity"]
            );
        }
    }
);

on_every_database!(a_store_view_shows_its_currency, |shop| async move {
    stores(&shop).await;
    let query = "query getCurrencyData { currency {
      base_currency_code base_currency_symbol default_display_currecy_code default_display_currecy_symbol
      default_display_currency_code default_display_currency_symbol available_currency_codes
      exchange_rates { currency_to rate }
    } }";
    let answer = shop.ask(query).store("nl").by_get().send().await;
    assert_eq!(
        *answer.data("/currency"),
        json!({
            "base_currency_code": "EUR", "base_currency_symbol": "€",
            "default_display_currecy_code": "EUR", "default_display_currecy_symbol": "€",
            "default_display_currency_code": "EUR", "default_display_currency_symbol": "€",
            "available_currency_codes": ["EUR"], "exchange_rates": [{ "currency_to": "EUR", "rate": 1.0 }]
        })
    );
    let answer = shop.ask(query).store("se").send().await;
    assert_eq!(answer.data("/currency/base_currency_code"), "SEK");
});

on_every_database!(captchas_are_switched_off, |shop| async move {
    let query = "query { recaptchaV3Config {
      website_key minimum_score badge_position language_code failure_message forms theme is_enabled
    } }";
    let answer = shop.ask(query).by_get().send().await;
    assert_eq!(answer.data("/recaptchaV3Config/is_enabled"), false);
    assert_eq!(answer.data("/recaptchaV3Config/forms"), &json!([]));
});
