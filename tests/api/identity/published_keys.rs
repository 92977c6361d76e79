//! The published keys of an identity service: they change, and sometimes they cannot be read.

use std::time::Instant;

use chrono::TimeDelta;
use countermand_tests::identity_service::{IdentityService, SigningKey};
use countermand_tests::{DatabaseKind, TestShop};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{EMAIL, by_published_keys, claims, is_anna, is_refused, me};

async fn shop_of_anna() -> TestShop {
    let shop = TestShop::open(DatabaseKind::Sqlite).await;
    let shop = shop.expect("a shop on the embedded database");
    shop.customer(EMAIL).await;
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn rsa_and_elliptic_keys_are_read_from_an_address() {
    let shop = shop_of_anna().await;
    let (rsa, elliptic) = (SigningKey::rsa("r"), SigningKey::elliptic("e"));
    let service = IdentityService::start(&[&rsa, &elliptic]).await;
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    for key in [&rsa, &elliptic] {
        is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    }
    // A token without a key id may be signed with any of the keys.
    let nameless = rsa.token_with(&json!({ "alg": "RS256" }), &claims(&shop));
    is_anna(&shop, &server, &nameless).await;
    assert_eq!(service.asked(), 1, "keys are kept");

    // A token that is signed with a public key as its secret is refused.
    let public = rsa.published();
    let modulus = public["n"].as_str().expect("a modulus");
    let confused = SigningKey::secret(modulus.as_bytes());
    let header = json!({ "alg": "HS256", "kid": "r" });
    is_refused(&shop, &server, &confused.token_with(&header, &claims(&shop))).await;
    let swapped = elliptic.token_with(&json!({ "alg": "ES256", "kid": "r" }), &claims(&shop));
    is_refused(&shop, &server, &swapped).await;
    let stranger = SigningKey::rsa("r");
    is_refused(&shop, &server, &stranger.token(&claims(&shop))).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_read_from_a_file_and_entries_of_other_kinds_are_ignored() {
    let shop = shop_of_anna().await;
    let key = SigningKey::elliptic("e");
    let mut encrypting = SigningKey::rsa("enc").published();
    encrypting["use"] = json!("enc");
    let odd = [
        json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3JldA" }),
        json!({ "kty": "future", "kid": "f" }),
        json!("no key"),
        encrypting,
    ];
    let keys: Vec<Value> = odd.into_iter().chain([key.published()]).collect();
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), json!({ "keys": keys }).to_string()).expect("written");
    let place = file.path().to_str().expect("a path");
    let server = shop.serve_identities(by_published_keys(place)).await;
    is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    let shared = SigningKey::secret(b"secret secret secret secret secret");
    let shared = shared.token_with(&json!({ "alg": "HS256", "kid": "s" }), &claims(&shop));
    is_refused(&shop, &server, &shared).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_accepted_while_others_send_keys_that_do_not_exist() {
    let shop = shop_of_anna().await;
    let (first, second) = (SigningKey::rsa("1"), SigningKey::elliptic("2"));
    let service = IdentityService::start(&[&first]).await;
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    let token = |key: &SigningKey| key.token(&claims(&shop));
    let begun = Instant::now();
    // One read, and one more for each two seconds: on a busy machine the tokens come over a longer time.
    let most = || usize::try_from(begun.elapsed().as_secs() / 2).expect("a short time") + 2;
    is_anna(&shop, &server, &token(&first)).await;

    let junk = async |round: u32| {
        let mut asking = JoinSet::new();
        for it in 0..30 {
            let token = token(&SigningKey::elliptic(&format!("junk {round} {it}")));
            let (shop, server) = (shop.clone(), server.clone());
            asking.spawn(async move { is_refused(&shop, &server, &token).await });
        }
        while let Some(asked) = asking.join_next().await {
            asked.expect("a refusal");
        }
    };
    junk(1).await;
    assert!(service.asked() <= most(), "{} reads", service.asked());
    service.publish(&[&first, &second]);
    is_anna(&shop, &server, &token(&second)).await;
    tokio::join!(junk(2), async {
        is_anna(&shop, &server, &token(&first)).await;
        is_anna(&shop, &server, &token(&second)).await;
    });
    assert!(service.asked() <= most(), "{} reads", service.asked());

    // A token that no key can make valid does not lead to a read.
    let asked = service.asked();
    for (claim, value) in [("exp", json!(1)), ("iss", json!("https://other.example.com/"))] {
        let mut claims = claims(&shop);
        claims[claim] = value;
        is_refused(&shop, &server, &SigningKey::elliptic("junk").token(&claims)).await;
    }
    assert_eq!(service.asked(), asked);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_key_stays_valid_for_ten_minutes_at_most() {
    let shop = shop_of_anna().await;
    let (first, second) = (SigningKey::rsa("1"), SigningKey::elliptic("2"));
    let service = IdentityService::start(&[&first, &second]).await;
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    let token = |key: &SigningKey| key.token(&claims(&shop));
    is_anna(&shop, &server, &token(&first)).await;
    service.publish(&[&second]);
    shop.wait(TimeDelta::minutes(9));
    is_anna(&shop, &server, &token(&first)).await;
    assert_eq!(service.asked(), 1);
    shop.wait(TimeDelta::minutes(1));
    is_refused(&shop, &server, &token(&first)).await;
    is_anna(&shop, &server, &token(&second)).await;
    assert_eq!(service.asked(), 2);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_behind_a_redirect_are_not_read() {
    let shop = shop_of_anna().await;
    let key = SigningKey::elliptic("1");
    let other = IdentityService::start(&[&key]).await;
    let service = IdentityService::start(&[]).await;
    service.redirect_to(&other.url);
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    let answer = me(&shop, &server, &key.token(&claims(&shop))).await;
    answer.fails("internal", "Internal server error");
    assert_eq!((service.asked(), other.asked()), (1, 0));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn known_keys_stay_valid_while_the_service_is_away() {
    let shop = shop_of_anna().await;
    let (key, next) = (SigningKey::elliptic("1"), SigningKey::elliptic("2"));
    let service = IdentityService::start(&[&key]).await;
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    for broken in ["", "no JSON", "{}", &"x".repeat(1024 * 1024)] {
        service.publish_text(broken);
        shop.wait(TimeDelta::hours(1));
        is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    }
    service.fail();
    shop.wait(TimeDelta::hours(1));
    is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    assert_eq!(service.asked(), 6, "once a minute at most while it fails");
    service.publish(&[&next]);
    shop.wait(TimeDelta::minutes(1));
    is_anna(&shop, &server, &next.token(&claims(&shop))).await;
    is_refused(&shop, &server, &key.token(&claims(&shop))).await;
    shop.close().await;
}

// The customer stays signed in: that the keys cannot be read is an internal error, and a later request may succeed.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_answered_with_an_internal_error_before_any_key_was_read() {
    let shop = shop_of_anna().await;
    let key = SigningKey::elliptic("1");
    let service = IdentityService::start(&[&key]).await;
    service.fail();
    let server = shop.serve_identities(by_published_keys(&service.url)).await;
    for _ in 0..3 {
        let answer = me(&shop, &server, &key.token(&claims(&shop))).await;
        answer.fails("internal", "Internal server error");
    }
    assert_eq!(service.asked(), 1);
    service.publish(&[&key]);
    shop.wait(TimeDelta::minutes(1));
    is_anna(&shop, &server, &key.token(&claims(&shop))).await;
    shop.close().await;
}
