//! Customers sign in and out (`docs/contract.md` section 10).

mod lockout;

use chrono::TimeDelta;
use countermand_tests::{Answer, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const EMAIL: &str = "anna@example.com";
const PASSWORD: &str = "Secret-123";
const WRONG: &str = "The account sign-in was incorrect or your account is disabled temporarily. \
                     Please wait and try again later.";

async fn sign_in(shop: &TestShop, store: &str, email: &str, password: &str) -> Answer {
    let document = "mutation GetToken($email: String!, $password: String!) {
      generateCustomerToken(email: $email, password: $password) { token }
    }";
    shop.ask(document)
        .variables(json!({ "email": email, "password": password }))
        .store(store)
        .send()
        .await
}

async fn me(shop: &TestShop, token: &str) -> Answer {
    shop.ask("query Me { customer { firstname lastname email } }")
        .token(token)
        .send()
        .await
}

on_every_database!(a_customer_signs_in, |shop| async move {
    shop.customer(EMAIL).await;
    for email in [EMAIL, "Anna@Example.COM", " anna@example.com "] {
        let answer = sign_in(&shop, "default", email, PASSWORD).await;
        let token = answer
            .data("/generateCustomerToken/token")
            .as_str()
            .expect("a token");
        let me = me(&shop, token).await;
        let expected = json!({ "firstname": "Anna", "lastname": "Larsen", "email": EMAIL });
        assert_eq!(me.data("/customer"), &expected);
        assert_eq!(me.header("cache-control"), Some("no-store"));
    }
});

on_every_database!(
    a_failed_sign_in_does_not_tell_whether_an_account_exists,
    |shop| async move {
        shop.customer(EMAIL).await;
        // An account that an import created has no password yet.
        shop.import(&[OrderJson::new("1")
            .by("imported@example.com")
            .line("a", 1000, 1, 0, 0)
            .json()])
            .await;
        let wrong = [
            (EMAIL, "secret-123"),
            (EMAIL, "Secret-1234"),
            (EMAIL, " "),
            ("nobody@example.com", PASSWORD),
            ("imported@example.com", PASSWORD),
            ("imported@example.com", "x"),
            ("no address", PASSWORD),
            ("anna@example.com' --", PASSWORD),
            (EMAIL, &"x".repeat(100_000)),
        ];
        let mut answers = Vec::new();
        for (email, password) in wrong {
            let answer = sign_in(&shop, "default", email, password).await;
            answer.fails("graphql-authentication", WRONG);
            answers.push(answer.body);
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    }
);

on_every_database!(address_and_password_must_be_given, |shop| async move {
    let missing = |name: &str| format!("Specify the \"{name}\" value.");
    sign_in(&shop, "default", "", "")
        .await
        .fails("graphql-input", &missing("email"));
    sign_in(&shop, "default", EMAIL, "")
        .await
        .fails("graphql-input", &missing("password"));
});

on_every_database!(an_account_belongs_to_one_website, |shop| async move {
    shop.create_website("second").await;
    shop.create_store("there", "second", "there").await;
    shop.customer(EMAIL).await;
    sign_in(&shop, "there", EMAIL, PASSWORD)
        .await
        .fails("graphql-authentication", WRONG);
    let there = shop.customer_on("second", "there", EMAIL).await;
    let through_here = me(&shop, &there).await;
    through_here.fails("graphql-authorization", "The current customer isn't authorized.");
    let query = "{ customer { email } }";
    let through_there = shop.ask(query).token(&there).store("there").send().await;
    assert_eq!(through_there.data("/customer/email"), EMAIL);
});

on_every_database!(signing_out_ends_every_session, |shop| async move {
    let phone = shop.customer(EMAIL).await;
    let laptop = shop.sign_in("default", EMAIL, PASSWORD).await;
    let other = shop.customer("berta@example.com").await;
    let document = "mutation { revokeCustomerToken { result } }";
    let out = shop.ask(document).token(&phone).send().await;
    assert_eq!(out.data("/revokeCustomerToken"), &json!({ "result": true }));
    for token in [&phone, &laptop] {
        assert_eq!(me(&shop, token).await.category(), "graphql-authentication");
    }
    assert_eq!(
        me(&shop, &other).await.data("/customer/email"),
        "berta@example.com"
    );
    let again = shop.sign_in("default", EMAIL, PASSWORD).await;
    assert_eq!(me(&shop, &again).await.data("/customer/email"), EMAIL);
});

on_every_database!(only_a_signed_in_customer_can_sign_out, |shop| async move {
    let document = "mutation { revokeCustomerToken { result } }";
    let anonymous = shop.ask(document).send().await;
    anonymous.fails("graphql-authorization", "The current customer isn't authorized.");
    let before = shop.audit_log(1).await;
    let staff = shop.ask(document).token(shop.owner()).send().await;
    staff.fails("graphql-authorization", "The current customer isn't authorized.");
    assert_eq!(shop.audit_log(1).await, before, "the owner's token still works");
});

on_every_database!(a_session_lasts_an_hour, |shop| async move {
    let token = shop.customer(EMAIL).await;
    shop.wait(TimeDelta::seconds(3599));
    assert_eq!(me(&shop, &token).await.data("/customer/email"), EMAIL);
    shop.wait(TimeDelta::seconds(1));
    assert_eq!(me(&shop, &token).await.category(), "graphql-authentication");
    let query = "{ storeConfig { customer_access_token_lifetime } }";
    let told = shop.ask(query).send().await;
    assert_eq!(
        told.data("/storeConfig/customer_access_token_lifetime"),
        &json!(1.0)
    );
});

on_every_database!(guests_and_staff_are_no_customers, |shop| async move {
    for query in [
        "{ customer { firstname } }",
        "{ customer { orders { total_count } } }",
    ] {
        let anonymous = shop.ask(query).send().await;
        anonymous.fails("graphql-authorization", "The current customer isn't authorized.");
        let staff = shop.ask(query).token(shop.owner()).send().await;
        staff.fails("graphql-authorization", "The current customer isn't authorized.");
    }
});

// Storefronts send the header without a token while no customer is signed in.
on_every_database!(an_empty_authorization_header_means_a_guest, |shop| async move {
    for header in ["", "Bearer", "Bearer ", "  "] {
        let answer = shop
            .ask("{ storeConfig { store_code } }")
            .header("Authorization", header)
            .send()
            .await;
        assert_eq!(answer.data("/storeConfig/store_code"), "default", "{header:?}");
    }
    let token = shop.customer(EMAIL).await;
    for header in [format!("bearer {token}"), format!("BEARER   {token} ")] {
        let answer = shop
            .ask("{ customer { email } }")
            .header("Authorization", &header)
            .send()
            .await;
        assert_eq!(answer.data("/customer/email"), EMAIL, "{header:?}");
    }
});

on_every_database!(
    a_password_is_in_no_audit_log_entry_and_no_mail,
    |shop| async move {
        shop.customer(EMAIL).await;
        let seen = format!(
            "{:?} {}",
            shop.audit_log(10).await,
            Value::from(shop.mail().mails())
        );
        assert!(
            seen.contains("createCustomer") && !seen.contains(PASSWORD),
            "{seen}"
        );
    }
);

on_every_database!(an_expired_sign_in_is_deleted_a_day_later, |shop| async move {
    let _token = shop.customer(EMAIL).await;
    // It expires after one hour. Other replicas, whose clocks may differ, may still need it for a while.
    shop.wait(TimeDelta::hours(24) + TimeDelta::minutes(59));
    // This deletes what no longer counts of other kinds, and not the token.
    shop.app().tidy().await.expect("tidied");
    shop.wait(TimeDelta::minutes(1));
    assert_eq!(shop.app().tidy().await.expect("tidied"), 1);
    assert_eq!(shop.app().tidy().await.expect("tidied"), 0);
});
