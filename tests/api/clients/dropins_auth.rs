//! Adobe's drop-in component for signing in, and the tools that all drop-ins share.

use chrono::TimeDelta;
use countermand_tests::{Answer, StorefrontClient, TestShop, on_every_database, on_sqlite};
use serde_json::json;

use super::habits::{answered, good_answer, texts};
use super::sold::{BUYER, PASSWORD};

const CLIENT: StorefrontClient = StorefrontClient::DROPINS_AUTH;

/// The token of a new account, by the sign-in form.
async fn signed_in(shop: &TestShop) -> String {
    shop.customer(BUYER).await;
    let asked = CLIENT.ask(shop, "GET_CUSTOMER_TOKEN");
    let answer = good_answer(asked.variables(json!({ "email": BUYER, "password": PASSWORD }))).await;
    let token = answer["generateCustomerToken"]["token"].as_str();
    token.expect("a token").to_owned()
}

/// The first request of every page with a token. It is a query that is sent by POST.
async fn validate(shop: &TestShop, token: &str) -> Answer {
    let asked = CLIENT.ask(shop, "VALIDATE_TOKEN").by_post();
    asked.token(token).send().await
}

on_every_database!(a_customer_signs_in_and_out, |shop| async move {
    let token = signed_in(&shop).await;
    let ask = |operation: &str| good_answer(CLIENT.ask(&shop, operation).token(&token));
    let customer = ask("GET_CUSTOMER_DATA").await["customer"].clone();
    assert_eq!(
        (&customer["firstname"], &customer["email"]),
        (&json!("Anna"), &json!(BUYER))
    );
    assert_eq!(customer["group"]["uid"], "MQ==");
    let config = ask("GET_STORE_CONFIG").await["storeConfig"].clone();
    assert_eq!(config["website_code"], "base");
    assert_eq!(config["customer_access_token_lifetime"], 1.0, "in hours");
    assert_eq!(validate(&shop, &token).await.data("/customer/firstname"), "Anna");
    let out = ask("REVOKE_CUSTOMER_TOKEN").await;
    assert_eq!(out["revokeCustomerToken"]["result"], true);
    let left = validate(&shop, &token).await;
    assert_eq!(left.category(), "graphql-authentication");
});

// On every other category the drop-in treats the shopper as signed in.
on_sqlite!(
    an_expired_or_forged_token_signs_the_customer_out,
    |shop| async move {
        let token = signed_in(&shop).await;
        shop.wait(TimeDelta::hours(2));
        for token in [token.as_str(), "cmc_0123456789abcdef0123456789abcdef", "forged"] {
            let answer = validate(&shop, token).await;
            assert_eq!(answer.category(), "graphql-authentication", "{token}");
            assert_eq!(answer.status, 200);
            assert!(answer.body["data"].is_null());
        }
    }
);

// The token is kept in a cookie, and the drop-in takes a token of three parts with dots for a session of staff.
on_sqlite!(the_token_fits_a_cookie, |shop| async move {
    let token = signed_in(&shop).await;
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    assert!(token.bytes().all(is_safe), "{token}");
});

on_sqlite!(
    a_wrong_password_is_answered_with_adobes_message,
    |shop| async move {
        shop.customer(BUYER).await;
        let wrong = "The account sign-in was incorrect or your account is disabled temporarily. \
                 Please wait and try again later.";
        let asked = CLIENT.ask(&shop, "GET_CUSTOMER_TOKEN");
        let asked = asked.variables(json!({ "email": BUYER, "password": "Wrong-123" }));
        asked.send().await.fails("graphql-authentication", wrong);
    }
);

on_sqlite!(the_account_form_has_its_fields, |shop| async move {
    let form = answered(CLIENT, &shop, "GET_ATTRIBUTES_FORM").await["attributesForm"].clone();
    let codes = texts(&form["items"], "/code");
    for code in ["firstname", "lastname", "email"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
});

on_sqlite!(captchas_are_switched_off, |shop| async move {
    let config = answered(CLIENT, &shop, "RECAPTCHA_CONFIG").await["recaptchaV3Config"].clone();
    assert_eq!(config["is_enabled"], false);
});

on_sqlite!(a_forgotten_password_can_be_reset, |shop| async move {
    shop.customer(BUYER).await;
    for email in [BUYER, "nobody@example.com"] {
        let asked = CLIENT.ask(&shop, "REQUEST_PASSWORD_RESET_EMAIL");
        let answer = good_answer(asked.variables(json!({ "email": email }))).await;
        assert_eq!(
            answer["requestPasswordResetEmail"], true,
            "the answer does not tell whether an account exists"
        );
    }
    shop.run_jobs().await;
    let asked = CLIENT.ask(&shop, "RESET_PASSWORD");
    let forged = asked.send().await;
    assert!(
        forged.body["errors"].is_array(),
        "a made-up token: {:#}",
        forged.body
    );
    assert_eq!(forged.status, 200);
});

// Staff creates the accounts, and they need no confirmation: the forms get an error that they can show.
on_sqlite!(
    the_forms_for_confirming_an_address_get_an_error,
    |shop| async move {
        shop.customer(BUYER).await;
        for operation in ["CONFIRM_EMAIL", "RESEND_CONFIRMATION_EMAIL"] {
            let answer = CLIENT.ask(&shop, operation).send().await;
            assert_eq!(answer.status, 200, "{operation}");
            assert!(!answer.error().is_empty() || answer.body["data"].is_object());
        }
    }
);
