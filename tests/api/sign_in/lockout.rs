//! Failed sign-ins lock an account and an address, whether the account exists or not (`docs/contract.md` section 10).

use chrono::TimeDelta;
use countermand_tests::{Ask, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{EMAIL, PASSWORD, WRONG, me, sign_in};

/// Fails to sign in this many times.
async fn fail(shop: &TestShop, email: &str, times: usize) {
    for _ in 0..times {
        sign_in(shop, "default", email, "wrong")
            .await
            .fails("graphql-authentication", WRONG);
    }
}

async fn is_locked(shop: &TestShop, email: &str) -> bool {
    let answer = sign_in(shop, "default", email, PASSWORD).await;
    if answer.body["errors"].is_array() {
        answer.fails("graphql-authentication", WRONG);
        return true;
    }
    false
}

on_every_database!(ten_failures_lock_an_account_for_ten_minutes, |shop| async move {
    let token = shop.customer(EMAIL).await;
    shop.customer("berta@example.com").await;
    fail(&shop, EMAIL, 9).await;
    shop.wait(TimeDelta::minutes(9));
    fail(&shop, " Anna@Example.com ", 1).await;
    assert!(is_locked(&shop, EMAIL).await, "not even with the right password");
    assert!(is_locked(&shop.replica().await, EMAIL).await, "on no replica");
    assert!(
        !is_locked(&shop, "berta@example.com").await,
        "other accounts are not locked"
    );
    let session = me(&shop, &token).await;
    assert_eq!(
        session.data("/customer/email"),
        EMAIL,
        "a signed-in customer stays signed in"
    );
    shop.wait(TimeDelta::seconds(599));
    assert!(is_locked(&shop, EMAIL).await, "trying does not shorten the wait");
    shop.wait(TimeDelta::seconds(1));
    assert!(!is_locked(&shop, EMAIL).await, "nor does it lengthen it");
});

on_every_database!(a_successful_sign_in_resets_the_failures, |shop| async move {
    shop.customer(EMAIL).await;
    for _ in 0..3 {
        fail(&shop, EMAIL, 9).await;
        assert!(!is_locked(&shop, EMAIL).await);
    }
});

on_every_database!(failures_are_forgotten_after_ten_minutes, |shop| async move {
    shop.customer(EMAIL).await;
    fail(&shop, EMAIL, 9).await;
    shop.wait(TimeDelta::minutes(10));
    fail(&shop, EMAIL, 9).await;
    assert!(!is_locked(&shop, EMAIL).await);
});

// An account that is created while its address is locked is locked: unknown addresses are counted like accounts.
on_every_database!(an_unknown_address_is_locked_like_an_account, |shop| async move {
    fail(&shop, "nobody@example.com", 10).await;
    let input = json!({ "website_code": "base", "email": "nobody@example.com", "password": PASSWORD, "firstname": "No", "lastname": "Body" });
    shop.owner_does("createCustomer", input, "").await;
    assert!(is_locked(&shop, "nobody@example.com").await);
    shop.wait(TimeDelta::minutes(10));
    assert!(!is_locked(&shop, "nobody@example.com").await);
});

on_every_database!(an_account_is_locked_on_its_website_only, |shop| async move {
    shop.create_website("second").await;
    shop.create_store("there", "second", "there").await;
    shop.customer(EMAIL).await;
    shop.customer_on("second", "there", EMAIL).await;
    fail(&shop, EMAIL, 10).await;
    assert!(is_locked(&shop, EMAIL).await);
    assert!(!shop.sign_in("there", EMAIL, PASSWORD).await.is_empty());
});

// Twenty tries at once, five in each document and on two servers: no more than ten passwords are checked.
on_every_database!(simultaneous_failures_lock_an_account_too, |shop| async move {
    shop.customer(EMAIL).await;
    let replica = shop.replica().await;
    let wrong: Vec<String> = (0..5)
        .map(|it| format!("a{it}: generateCustomerToken(email: \"{EMAIL}\", password: \"{it}\") {{ token }}"))
        .collect();
    let document = format!("mutation {{ {} }}", wrong.join(" "));
    let asks = (0..4).map(|it| [&shop, &replica][it % 2].ask(&document));
    let mut running: JoinSet<_> = asks.map(Ask::send).collect();
    while let Some(answer) = running.join_next().await {
        let answer = answer.expect("an answer");
        assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(5));
    }
    assert!(is_locked(&shop, EMAIL).await);
    shop.wait(TimeDelta::minutes(10));
    assert!(!is_locked(&shop, EMAIL).await);
});

on_every_database!(
    a_network_address_with_a_hundred_failures_is_locked,
    |shop| async move {
        shop.customer(EMAIL).await;
        let from = |address: &'static str, email: &str, password: &str| {
            let document = "mutation($email: String!, $password: String!) { generateCustomerToken(email: $email, password: $password) { token } }";
            let variables = json!({ "email": email, "password": password });
            shop.ask(document)
                .variables(variables)
                .header("X-Forwarded-For", address)
        };
        // In waves, because a server hashes as many passwords at a time as it has cores.
        for wave in 0..5 {
            let mut running: JoinSet<_> = (0..20)
                .map(|it| from("198.51.100.7", &format!("{wave}-{it}@example.com"), "x").send())
                .collect();
            while let Some(answer) = running.join_next().await {
                answer.expect("an answer").fails("graphql-authentication", WRONG);
            }
        }
        let locked = from("198.51.100.7", EMAIL, PASSWORD).send().await;
        locked.fails("graphql-authentication", WRONG);
        let elsewhere = from("198.51.100.8", EMAIL, PASSWORD).send().await;
        assert_ne!(elsewhere.data("/generateCustomerToken/token"), &Value::Null);
        shop.wait(TimeDelta::minutes(10));
        let later = from("198.51.100.7", EMAIL, PASSWORD).send().await;
        assert_ne!(later.data("/generateCustomerToken/token"), &Value::Null);
        // Old entries are deleted: 100 accounts and the network. A successful sign-in left none.
        shop.wait(TimeDelta::minutes(10));
        let forgotten = shop.app().tidy().await.expect("tidied");
        assert!(forgotten >= 101, "{forgotten}");
        assert_eq!(shop.app().tidy().await.expect("tidied"), 0);
    }
);
