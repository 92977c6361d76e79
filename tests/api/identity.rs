//! Tokens of the shop's own identity service: the customer that they name, and the tokens that are refused.

mod published_keys;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use countermand_integrations::identity::{
    CustomerClaim, IdentitySettings, JwtVerifier, KeySource, TokenKeys,
};
use countermand_tests::identity_service::SigningKey;
use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const EMAIL: &str = "anna@example.com";
const ISSUER: &str = "https://id.example.com/";
const AUDIENCE: &str = "shop";
const SECRET: &str = "a secret that both of them know, 32 bytes and more";
const REFUSED: &str = "The bearer token is expired, revoked or unknown.";

fn verifier(claim: CustomerClaim, keys: TokenKeys) -> JwtVerifier {
    let settings = IdentitySettings {
        issuer: ISSUER.into(),
        audience: AUDIENCE.into(),
        claim,
        keys,
    };
    JwtVerifier::new(settings).expect("a verifier")
}

fn by_secret(claim: CustomerClaim) -> JwtVerifier {
    verifier(claim, TokenKeys::Secret(SECRET.into()))
}

fn by_published_keys(place: &str) -> JwtVerifier {
    let source = KeySource::parse(place).expect("a place");
    verifier(CustomerClaim::Email, TokenKeys::Published(source))
}

/// The claims of a valid token for Anna, at the shop's time.
fn claims(shop: &TestShop) -> Value {
    let now = shop.now().timestamp();
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "4711", "iat": now, "exp": now + 300, "email": EMAIL })
}

fn ask(shop: &TestShop, server: &str, query: &str, token: &str) -> Ask {
    Ask::new(shop.client(), server, query).token(token)
}

async fn me(shop: &TestShop, server: &str, token: &str) -> Answer {
    ask(shop, server, "{ customer { email } }", token).send().await
}

async fn is_anna(shop: &TestShop, server: &str, token: &str) {
    assert_eq!(me(shop, server, token).await.data("/customer/email"), EMAIL);
}

/// Checks the category on which storefronts sign out. They sign out on no other category.
async fn is_refused(shop: &TestShop, server: &str, token: &str) {
    me(shop, server, token)
        .await
        .fails("graphql-authentication", REFUSED);
}

on_every_database!(a_token_names_its_customer_by_email_address, |shop| async move {
    let own = shop.customer(EMAIL).await;
    shop.create_website("second").await;
    shop.create_store("there", "second", "there").await;
    shop.customer_on("second", "there", "berta@example.com").await;
    shop.enable_cancellation().await;
    let order = OrderJson::new("1").by(EMAIL).line("A", 1000, 1, 0, 0);
    let ids = shop.import(&[order.json()]).await;

    let server = shop.serve_identities(by_secret(CustomerClaim::Email)).await;
    let key = SigningKey::secret(SECRET.as_bytes());
    let mut shouted = claims(&shop);
    shouted["email"] = json!(" Anna@Example.COM ");
    for claims in [claims(&shop), shouted] {
        is_anna(&shop, &server, &key.token(&claims)).await;
    }
    is_anna(&shop, &server, &own).await;
    // An account belongs to one website, so neither customer has an account on the other's website.
    let token = key.token(&claims(&shop));
    let there = ask(&shop, &server, "{ customer { email } }", &token).store("there");
    there.send().await.fails("graphql-authentication", REFUSED);
    let mut of_berta = claims(&shop);
    of_berta["email"] = json!("berta@example.com");
    is_refused(&shop, &server, &key.token(&of_berta)).await;
    let berta = ask(&shop, &server, "{ customer { email } }", &key.token(&of_berta)).store("there");
    assert_eq!(berta.send().await.data("/customer/email"), "berta@example.com");
    let nowhere = ask(&shop, &server, "{ customer { email } }", &token).store("nowhere");
    nowhere
        .send()
        .await
        .fails("graphql-input", "Requested store is not found");

    let cancel =
        "mutation($input: CancelOrderInput!) { cancelOrder(input: $input) { error order { status } } }";
    let input = json!({ "input": { "order_id": ids[0], "reason": "Other" } });
    let done = ask(&shop, &server, cancel, &token).variables(input).send().await;
    assert_eq!(
        done.data("/cancelOrder"),
        &json!({ "error": null, "order": { "status": "Canceled" } })
    );
    shop.run_jobs().await;
});

on_every_database!(
    an_address_with_a_letter_that_looks_alike_is_another_customers,
    |shop| async move {
        shop.customer("kate@example.com").await;
        let server = shop.serve_identities(by_secret(CustomerClaim::Email)).await;
        let key = SigningKey::secret(SECRET.as_bytes());
        let mut claims = claims(&shop);
        // The KELVIN SIGN, whose lower case is `k` in Unicode.
        claims["email"] = json!("\u{212A}ate@example.com");
        is_refused(&shop, &server, &key.token(&claims)).await;
        claims["email"] = json!("Kate@example.com");
        let kate = me(&shop, &server, &key.token(&claims)).await;
        assert_eq!(kate.data("/customer/email"), "kate@example.com");
    }
);

on_every_database!(
    a_setting_demands_that_the_address_is_verified,
    |shop| async move {
        shop.customer(EMAIL).await;
        let server = shop
            .serve_identities(by_secret(CustomerClaim::VerifiedEmail))
            .await;
        let key = SigningKey::secret(SECRET.as_bytes());
        let with = |verified: Value| {
            let mut claims = claims(&shop);
            claims["email_verified"] = verified;
            key.token(&claims)
        };
        for verified in [json!(true), json!("true")] {
            is_anna(&shop, &server, &with(verified)).await;
        }
        for other in [json!(false), json!("false"), json!("yes"), json!(1), Value::Null] {
            is_refused(&shop, &server, &with(other)).await;
        }
        is_refused(&shop, &server, &key.token(&claims(&shop))).await;
    }
);

on_every_database!(a_token_names_its_customer_by_number, |shop| async move {
    let own = shop.customer(EMAIL).await;
    let id = shop.ask("{ customer { id } }").token(&own).send().await;
    let id = STANDARD.decode(id.data("/customer/id").as_str().expect("an id"));
    let id = String::from_utf8(id.expect("base64")).expect("digits");
    let server = shop.serve_identities(by_secret(CustomerClaim::CustomerId)).await;
    let key = SigningKey::secret(SECRET.as_bytes());
    let number: i64 = id.parse().expect("a number");
    for told in [json!(number), json!(id)] {
        let mut claims = claims(&shop);
        claims["customer_id"] = told;
        is_anna(&shop, &server, &key.token(&claims)).await;
    }
    for wrong in [
        json!(number + 1),
        json!(-1),
        json!("x"),
        json!(1.5),
        json!([number]),
        Value::Null,
    ] {
        let mut claims = claims(&shop);
        claims["customer_id"] = wrong;
        is_refused(&shop, &server, &key.token(&claims)).await;
    }
    is_refused(&shop, &server, &key.token(&claims(&shop))).await;
});

on_every_database!(an_invalid_token_is_refused, |shop| async move {
    shop.customer(EMAIL).await;
    let server = shop.serve_identities(by_secret(CustomerClaim::Email)).await;
    let key = SigningKey::secret(SECRET.as_bytes());
    let now = shop.now().timestamp();
    let with = |claim: &str, value: Value| {
        let mut claims = claims(&shop);
        claims[claim] = value;
        key.token(&claims)
    };
    let good = key.token(&claims(&shop));
    is_anna(&shop, &server, &good).await;
    is_anna(&shop, &server, &with("aud", json!(["other", AUDIENCE]))).await;
    is_anna(&shop, &server, &with("email_verified", json!(true))).await;
    is_anna(&shop, &server, &with("exp", json!(now - 59))).await;
    is_anna(&shop, &server, &with("nbf", json!(now + 60))).await;
    let claims_that_are_wrong = [
        ("exp", json!(now - 60)),
        ("exp", json!("never")),
        ("exp", Value::Null),
        ("nbf", json!(now + 61)),
        ("iss", json!("https://id.example.com")),
        ("iss", Value::Null),
        ("iss", json!([ISSUER])),
        ("aud", json!("other")),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("email", json!("nobody@example.com")),
        ("email", json!("")),
        ("email", json!(7)),
        ("email_verified", json!(false)),
        ("email_verified", json!("false")),
    ];
    for (claim, value) in claims_that_are_wrong {
        is_refused(&shop, &server, &with(claim, value)).await;
    }

    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let (header, payload) = signed.split_once('.').expect("three parts");
    let none = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"none"}"#);
    let other_secret = SigningKey::secret(b"another secret that the shop does not know");
    let critical = json!({ "alg": "HS256", "crit": ["exp"] });
    let tokens = [
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{}.{signature}", &payload[..payload.len() - 2]),
        format!("{header}.{payload}.{}", &signature[1..]),
        "..".into(),
        "a.b.c".into(),
        format!("{good}."),
        other_secret.token(&claims(&shop)),
        key.token_with(&json!({ "alg": "HS512" }), &claims(&shop)),
        key.token_with(&json!({ "alg": "RS256" }), &claims(&shop)),
        key.token_with(&critical, &claims(&shop)),
        with("padding", json!("x".repeat(8 * 1024))),
    ];
    for token in tokens {
        is_refused(&shop, &server, &token).await;
    }
    // The shop's clock decides, not the clock of the machine.
    shop.wait(TimeDelta::seconds(359));
    is_anna(&shop, &server, &good).await;
    shop.wait(TimeDelta::seconds(1));
    is_refused(&shop, &server, &good).await;
});

on_every_database!(
    a_token_of_the_identity_service_gives_no_rights_of_staff,
    |shop| async move {
        shop.customer(EMAIL).await;
        let server = shop.serve_identities(by_secret(CustomerClaim::Email)).await;
        let key = SigningKey::secret(SECRET.as_bytes());
        let mut claims = claims(&shop);
        for claim in ["role", "roles", "scope", "kind"] {
            claims[claim] = json!("owner");
        }
        claims["admin_id"] = json!(1);
        let token = key.token(&claims);
        is_anna(&shop, &server, &token).await;
        let staff = ask(&shop, &server, "{ orders { items { version } } }", &token);
        assert_eq!(staff.send().await.category(), "graphql-authorization");
        // A server without an identity service accepts none of its tokens.
        is_refused(&shop, shop.address(), &token).await;
    }
);
