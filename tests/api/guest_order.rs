//! A guest finds an order by its number, e-mail address and name, or by its token (`docs/contract.md` section 7).

mod limits;

use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const NOT_LOCATED: &str = "We couldn't locate an order with the information provided.";
const GUEST: &str = "Guest.Larsen@example.com";

async fn sell(shop: &TestShop, order: OrderJson) -> String {
    shop.import(&[order.json()]).await.remove(0)
}

fn order() -> OrderJson {
    OrderJson::new("000000001")
        .by_guest(GUEST)
        .line("a", 1000, 1, 0, 0)
}

async fn look_up(shop: &TestShop, input: Value) -> Answer {
    let query = "query($input: GuestOrderInformationInput!) { guestOrder(input: $input) { number token } }";
    shop.ask(query).variables(json!({ "input": input })).send().await
}

async fn by_token(shop: &TestShop, store: &str, token: &str) -> Answer {
    let query = "query($token: String!) { guestOrderByToken(input: { token: $token }) { number } }";
    shop.ask(query)
        .variables(json!({ "token": token }))
        .store(store)
        .send()
        .await
}

fn is_not_located(answer: &Answer) {
    answer.fails("graphql-no-such-entity", NOT_LOCATED);
}

on_every_database!(
    case_and_spaces_in_what_a_guest_types_do_not_matter,
    |shop| async move {
        sell(&shop, order()).await;
        let typed = [
            json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen" }),
            json!({ "number": " 000000001 ", "email": "guest.larsen@EXAMPLE.com", "lastname": "LARSEN" }),
            json!({ "number": "000000001", "email": " Guest.Larsen@example.com\t", "lastname": "  larsen " }),
            json!({ "number": "000000001", "email": GUEST, "postcode": "62701" }),
            json!({ "number": "000000001", "email": GUEST, "postcode": " 62701 ", "lastname": "larsen" }),
        ];
        for input in typed {
            let answer = look_up(&shop, input.clone()).await;
            assert_eq!(answer.data("/guestOrder/number"), "000000001", "{input}");
        }
    }
);

on_every_database!(everything_that_a_guest_types_must_match, |shop| async move {
    sell(&shop, order()).await;
    let typed = [
        json!({ "number": "1", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "000000002", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "guest.larsen@example.com", "email": "guest.larsen@example.com", "lastname": "Larsen" }),
        json!({ "number": "000000001' OR '1'='1", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "%", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "000000001\u{0}", "email": GUEST, "lastname": "Larsen" }),
        json!({ "number": "000000001", "email": "other@example.com", "lastname": "Larsen" }),
        json!({ "number": "000000001", "email": "", "lastname": "Larsen" }),
        json!({ "number": "000000001", "email": GUEST, "lastname": "Lars" }),
        json!({ "number": "000000001", "email": GUEST, "lastname": "%" }),
        json!({ "number": "000000001", "email": GUEST, "postcode": "62702" }),
        json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen", "postcode": "62702" }),
        json!({ "number": "000000001", "email": GUEST, "lastname": "Larson", "postcode": "62701" }),
    ];
    for input in typed {
        is_not_located(&look_up(&shop, input).await);
    }
});

on_every_database!(a_guest_must_give_a_last_name_or_postcode, |shop| async move {
    sell(&shop, order()).await;
    let missing = r#"Required parameter "lastname" is missing or incorrect."#;
    let nothing = json!({ "number": "000000001", "email": GUEST });
    look_up(&shop, nothing).await.fails("graphql-input", missing);
    let blank = json!({ "number": "000000001", "email": GUEST, "lastname": " ", "postcode": "" });
    look_up(&shop, blank).await.fails("graphql-input", missing);
    let null = json!({ "number": "000000001", "email": GUEST, "lastname": null, "postcode": null });
    look_up(&shop, null).await.fails("graphql-input", missing);
});

on_every_database!(an_order_is_found_in_its_store_view_only, |shop| async move {
    shop.create_store("second", "base", "second").await;
    let here = order().json();
    let there = OrderJson::new("000000001")
        .by_guest(GUEST)
        .in_store(2)
        .line("b", 2000, 1, 0, 0)
        .json();
    let ids = shop.import(&[here, there]).await;
    let query = "query($input: GuestOrderInformationInput!) { guestOrder(input: $input) { id } }";
    let input = json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen" });
    for (store, id) in ["default", "second"].iter().zip(&ids) {
        let asked = shop.ask(query).variables(json!({ "input": input })).store(store);
        assert_eq!(
            asked.send().await.data("/guestOrder/id"),
            &json!(id),
            "the same number in two store views"
        );
    }
    let token = shop.order_token(&ids[1]).await;
    assert_eq!(
        by_token(&shop, "second", &token)
            .await
            .data("/guestOrderByToken/number"),
        "000000001"
    );
    is_not_located(&by_token(&shop, "default", &token).await);
});

on_every_database!(
    the_order_of_an_account_is_shown_after_signing_in_only,
    |shop| async move {
        let id = sell(&shop, order().by(GUEST)).await;
        let answers = [
            look_up(
                &shop,
                json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen" }),
            )
            .await,
            by_token(&shop, "default", &shop.order_token(&id).await).await,
        ];
        for answer in answers {
            answer.fails("graphql-authorization", "Please login to view the order.");
        }
        // A caller learns that the order has an account only after all values match.
        is_not_located(
            &look_up(
                &shop,
                json!({ "number": "000000001", "email": GUEST, "lastname": "X" }),
            )
            .await,
        );
        // A signed-in customer gets the same answer here: accounts see their orders in `customer`.
        let query = r#"{
      guestOrder(input: { number: "000000001", email: "guest.larsen@example.com", lastname: "Larsen" }) { id }
    }"#;
        let customer = shop.customer(GUEST).await;
        let answer = shop.ask(query).token(&customer).send().await;
        answer.fails("graphql-authorization", "Please login to view the order.");
    }
);

on_every_database!(
    a_token_differs_at_every_read_and_cannot_be_forged,
    |shop| async move {
        let id = sell(&shop, order()).await;
        let input = json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen" });
        let first = look_up(&shop, input.clone())
            .await
            .data("/guestOrder/token")
            .as_str()
            .expect("a token")
            .to_owned();
        let second = look_up(&shop, input)
            .await
            .data("/guestOrder/token")
            .as_str()
            .expect("a token")
            .to_owned();
        assert_ne!(first, second);
        for token in [&first, &second] {
            assert!(
                token.len() > 20,
                "storefronts take shorter ones for order numbers"
            );
            assert!(
                token
                    .bytes()
                    .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_')),
                "fit for a link"
            );
            assert_eq!(
                by_token(&shop, "default", token)
                    .await
                    .data("/guestOrderByToken/number"),
                "000000001"
            );
        }
        let mut turned = first.clone().into_bytes();
        turned[40] = if turned[40] == b'A' { b'B' } else { b'A' };
        let turned = String::from_utf8(turned).expect("text");
        let made_up = [
            &turned,
            &first[1..],
            &format!("{first}A"),
            "TestToken",
            "",
            "0",
            &id,
            "💥",
            &"A".repeat(64),
            "A\u{0}",
        ];
        for token in made_up {
            is_not_located(&by_token(&shop, "default", token).await);
        }
    }
);

// Storefronts of three generations use two types for the same input and fill it in three ways.
on_every_database!(older_storefronts_name_the_input_differently, |shop| async move {
    sell(&shop, order()).await;
    let inputs = [
        json!({ "number": "000000001", "email": GUEST, "postcode": "62701" }),
        json!({ "number": "000000001", "email": GUEST, "lastname": "Larsen" }),
    ];
    let documents = [
        "query GuestOrder($input: OrderInformationInput!) { guestOrder(input: $input) { number } }",
        "query GuestOrder($input: GuestOrderInformationInput!) { guestOrder(input: $input) { number } }",
        "query($input:OrderInformationInput!){ # OrderInformationInput\nguestOrder(input:$input){number} }",
    ];
    for document in documents {
        for input in &inputs {
            let asked = || shop.ask(document).variables(json!({ "input": input }));
            assert_eq!(
                asked().send().await.data("/guestOrder/number"),
                "000000001",
                "{document}"
            );
            assert_eq!(
                asked().by_get().send().await.data("/guestOrder/number"),
                "000000001",
                "{document}"
            );
        }
    }
    let text = r#"{
      guestOrder(input: { number: "OrderInformationInput", email: "a@example.com", lastname: "X" }) { number }
    }"#;
    is_not_located(&shop.ask(text).send().await);
});

on_every_database!(
    a_guest_sees_whether_the_order_can_be_canceled,
    |shop| async move {
        sell(&shop, order()).await;
        let ask = async || {
            let query = r#"{ guestOrder(input: {
            number: "000000001", email: "guest.larsen@example.com", lastname: "Larsen"
        }) {
            available_actions customer_info { firstname lastname } email
            cancellation_terms { action refusal { code } refund_total { value } }
        } }"#;
            shop.ask(query).send().await.data("/guestOrder").clone()
        };
        let off = ask().await;
        assert_eq!(off["available_actions"], json!(["REORDER"]));
        assert_eq!(off["cancellation_terms"]["refusal"]["code"], "DISABLED");
        shop.enable_cancellation().await;
        let on = ask().await;
        assert_eq!(on["available_actions"], json!(["REORDER", "CANCEL"]));
        assert_eq!(on["cancellation_terms"]["action"], "CANCEL");
        assert_eq!(
            on["customer_info"],
            json!({ "firstname": "Anna", "lastname": "Larsen" })
        );
        assert_eq!(on["email"], GUEST);
    }
);
