//! A guest finds an order by its number, e-mail address and name, or by its token (`docs/contract.md` section 7).

use chrono::TimeDelta;
use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

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

/// A document that looks the order up with each of `postcodes`, and its variables.
fn guesses(shop: &TestShop, number: &str, email: &str, postcodes: std::ops::Range<u32>) -> Ask {
    let fields = postcodes.map(|it| {
        format!(
            "a{it}: guestOrder(input: {{ number: \"{number}\", email: \"{email}\", postcode: \"{it:05}\" }}) {{ token }} "
        )
    });
    shop.ask(&format!("{{ {} }}", fields.collect::<String>()))
}

/// The code of the first error in an answer.
fn code(answer: &Answer) -> &Value {
    &answer.body["errors"][0]["extensions"]["code"]
}

on_every_database!(
    a_postcode_cannot_be_guessed_with_aliases_on_several_servers,
    |shop| async move {
        sell(&shop, order()).await;
        let replica = shop.replica().await;
        // Thirty guesses are taken, and each alias is one; the right postcode is 62701.
        for first in [0, 10, 20] {
            let server = [&shop, &replica][first as usize % 20 / 10];
            let answer = guesses(server, "000000001", GUEST, first..first + 10)
                .send()
                .await;
            assert_eq!(code(&answer), "ORDER_NOT_FOUND", "{:#}", answer.body);
        }
        for server in [&shop, &replica] {
            let answer = guesses(server, "000000001", GUEST, 62_690..62_720).send().await;
            assert_eq!(code(&answer), "RATE_LIMITED", "{:#}", answer.body);
            assert_eq!(answer.body["data"], Value::Null);
        }
        // The buyer, who asks from another network, finds the order.
        let buyer = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        let found = buyer.header("X-Forwarded-For", "198.51.100.7").send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
        shop.wait(TimeDelta::hours(1));
        let found = guesses(&shop, "000000001", GUEST, 62_701..62_702).send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
    }
);

on_every_database!(
    many_networks_together_cannot_guess_for_an_order_or_an_address,
    |shop| async move {
        sell(&shop, order()).await;
        let from = |network: u32, ask: Ask| {
            let address = format!("198.51.100.{network}");
            ask.header("X-Forwarded-For", &address).send()
        };
        // Sixty guesses for one order with other addresses, and sixty for one address with other orders.
        for network in 0..6 {
            let first = network * 10;
            let answer = guesses(&shop, "000000001", "other@example.com", first..first + 10);
            assert_eq!(code(&from(network, answer).await), "ORDER_NOT_FOUND");
        }
        let right = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        assert_eq!(code(&from(7, right).await), "RATE_LIMITED");
        shop.wait(TimeDelta::hours(1));
        for network in 0..6 {
            let first = network * 10;
            let answer = guesses(&shop, "000000002", GUEST, first..first + 10);
            assert_eq!(code(&from(network, answer).await), "ORDER_NOT_FOUND");
        }
        let right = guesses(&shop, "000000001", GUEST, 62_701..62_702);
        assert_eq!(code(&from(7, right).await), "RATE_LIMITED");
        // The order's token, which a mail holds, still opens the order.
        let id = shop.order_id("000000001", 1).await;
        let token = shop.order_token(&id).await;
        let found = by_token(&shop, "default", &token).await;
        assert_eq!(found.data("/guestOrderByToken/number"), "000000001");
    }
);

on_every_database!(look_ups_that_find_the_order_do_not_count, |shop| async move {
    sell(&shop, order()).await;
    for _ in 0..70 {
        let found = guesses(&shop, "000000001", GUEST, 62_701..62_702).send().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
    }
});

on_every_database!(
    right_look_ups_at_the_same_moment_lock_no_network_out,
    |shop| async move {
        sell(&shop, order()).await;
        let look_up = || guesses(&shop, "000000001", GUEST, 62_701..62_702).send();
        let mut at_once = JoinSet::new();
        for _ in 0..100 {
            at_once.spawn(look_up());
        }
        while let Some(answer) = at_once.join_next().await {
            let answer = answer.expect("an answer");
            let is_found = answer.body["data"]["a62701"]["token"].is_string();
            assert!(is_found || code(&answer) == "RATE_LIMITED", "{:#}", answer.body);
        }
        let found = look_up().await;
        assert!(found.data("/a62701/token").is_string(), "{:#}", found.body);
    }
);
