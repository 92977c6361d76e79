//! A customer who forgot the password chooses a new one with the link in a mail.

use chrono::TimeDelta;
use countermand_app::AppSettings;
use countermand_tests::{Answer, Ask, DatabaseKind, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const EMAIL: &str = "anna@example.com";
const NEW: &str = "Another-456";
const INPUT: &str = "graphql-input";
const NOT_RESET: &str = "Cannot set the customer's password";

pub(crate) fn forgot(shop: &TestShop, email: &str) -> Ask {
    let document = "mutation($email: String!) { requestPasswordResetEmail(email: $email) }";
    shop.ask(document).variables(json!({ "email": email }))
}

pub(crate) fn reset(shop: &TestShop, email: &str, token: &str, password: &str) -> Ask {
    let document = "mutation($email: String!, $token: String!, $password: String!) {
      resetPassword(email: $email, resetPasswordToken: $token, newPassword: $password)
    }";
    shop.ask(document)
        .variables(json!({ "email": email, "token": token, "password": password }))
}

async fn me(shop: &TestShop, token: &str) -> Answer {
    shop.ask("{ customer { email } }").token(token).send().await
}

/// The link in the newest mail.
fn link(shop: &TestShop) -> String {
    let mails = shop.mail().mails();
    let mail = mails.last().expect("a mail");
    let start = mail.find("http").expect("a link");
    mail[start..]
        .split_whitespace()
        .next()
        .expect("a link")
        .to_owned()
}

/// Asks for a link, and gives the token in it.
pub(crate) async fn mailed_token(shop: &TestShop, email: &str) -> String {
    assert_eq!(
        forgot(shop, email)
            .send()
            .await
            .data("/requestPasswordResetEmail"),
        true
    );
    shop.run_jobs().await;
    let link = link(shop);
    link.split_once("token=").expect("a token").1.to_owned()
}

on_every_database!(a_customer_replaces_a_forgotten_password, |shop| async move {
    shop.configure(json!({ "storefront_url": "https://shop.example/nl/" }))
        .await;
    let session = shop.customer(EMAIL).await;
    let token = mailed_token(&shop, " Anna@Example.com ").await;
    let mails = shop.mail().mails();
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(
        mail.contains("Choose a New Password for Default Store View"),
        "{mail}"
    );
    let expected =
        format!("https://shop.example/nl/customer/create-password?email=anna%40example.com&token={token}");
    assert_eq!(link(&shop), expected);
    assert_eq!(
        me(&shop, &session).await.data("/customer/email"),
        EMAIL,
        "nothing has happened yet"
    );

    let done = reset(&shop, EMAIL, &token, NEW).send().await;
    assert_eq!(done.data("/resetPassword"), true);
    assert_eq!(me(&shop, &session).await.category(), "graphql-authentication");
    assert!(!shop.sign_in("default", EMAIL, NEW).await.is_empty());
    let old =
        "mutation { generateCustomerToken(email: \"anna@example.com\", password: \"Secret-123\") { token } }";
    assert_eq!(shop.ask(old).send().await.category(), "graphql-authentication");
    // The link works once.
    reset(&shop, EMAIL, &token, "Stolen-789")
        .send()
        .await
        .fails(INPUT, NOT_RESET);
    assert!(!shop.sign_in("default", EMAIL, NEW).await.is_empty());
});

on_every_database!(an_imported_customer_gets_a_first_password, |shop| async move {
    let order = OrderJson::new("1")
        .by("imported@example.com")
        .line("a", 1000, 1, 0, 0);
    shop.import(&[order.json()]).await;
    let token = mailed_token(&shop, "imported@example.com").await;
    let done = reset(&shop, "imported@example.com", &token, NEW).send().await;
    assert_eq!(done.data("/resetPassword"), true);
    let session = shop.sign_in("default", "imported@example.com", NEW).await;
    assert_eq!(
        me(&shop, &session).await.data("/customer/email"),
        "imported@example.com"
    );
});

on_every_database!(
    a_request_for_a_link_does_not_tell_whether_an_account_exists,
    |shop| async move {
        shop.create_website("second").await;
        shop.create_store("there", "second", "there").await;
        shop.customer(EMAIL).await;
        let mut trips = Vec::new();
        let mut answers = Vec::new();
        for email in [EMAIL, "nobody@example.com"] {
            let before = shop.database().round_trips();
            answers.push(forgot(&shop, email).send().await.body);
            trips.push(shop.database().round_trips() - before);
        }
        answers.push(forgot(&shop, EMAIL).store("there").send().await.body);
        assert!(
            answers
                .iter()
                .all(|it| *it == json!({ "data": { "requestPasswordResetEmail": true } }))
        );
        assert_eq!(trips[0], trips[1]);
        shop.run_jobs().await;
        assert_eq!(shop.mail().mails().len(), 1, "one account on one website");

        let token = "A".repeat(32);
        let known = reset(&shop, EMAIL, &token, NEW).send().await;
        let unknown = reset(&shop, "nobody@example.com", &token, NEW).send().await;
        known.fails(INPUT, NOT_RESET);
        assert_eq!(known.body, unknown.body);
    }
);

on_every_database!(the_newest_link_works_for_two_hours, |shop| async move {
    shop.customer(EMAIL).await;
    shop.customer("berta@example.com").await;
    let first = mailed_token(&shop, EMAIL).await;
    let second = mailed_token(&shop, EMAIL).await;
    reset(&shop, EMAIL, &first, NEW)
        .send()
        .await
        .fails(INPUT, NOT_RESET);
    let of_berta = reset(&shop, "berta@example.com", &second, NEW).send().await;
    of_berta.fails(INPUT, NOT_RESET);
    shop.wait(TimeDelta::minutes(119));
    assert_eq!(
        reset(&shop, EMAIL, &second, NEW)
            .send()
            .await
            .data("/resetPassword"),
        true
    );
    let third = mailed_token(&shop, EMAIL).await;
    shop.wait(TimeDelta::minutes(120));
    reset(&shop, EMAIL, &third, NEW)
        .send()
        .await
        .fails(INPUT, NOT_RESET);
    shop.app().tidy().await.expect("tidied");
    reset(&shop, EMAIL, &third, NEW)
        .send()
        .await
        .fails(INPUT, NOT_RESET);
});

on_every_database!(one_of_several_simultaneous_resets_succeeds, |shop| async move {
    shop.customer(EMAIL).await;
    let token = mailed_token(&shop, EMAIL).await;
    let replica = shop.replica().await;
    let passwords: Vec<String> = (0..8).map(|it| format!("Password-{it}")).collect();
    let mut running: JoinSet<(bool, String)> = passwords
        .into_iter()
        .enumerate()
        .map(|(it, password)| {
            let ask = reset([&shop, &replica][it % 2], EMAIL, &token, &password);
            async move { (ask.send().await.body["data"]["resetPassword"] == true, password) }
        })
        .collect();
    let mut winners = Vec::new();
    while let Some(outcome) = running.join_next().await {
        let (won, password) = outcome.expect("an answer");
        winners.extend(won.then_some(password));
    }
    let [password] = winners.as_slice() else {
        panic!("{winners:?}")
    };
    assert!(!shop.sign_in("default", EMAIL, password).await.is_empty());
});

const LIMITED: &str = "Too many requests. Try again in 3600 seconds.";

on_every_database!(mails_are_limited_per_account, |shop| async move {
    shop.customer(EMAIL).await;
    let token = mailed_token(&shop, EMAIL).await;
    for email in [
        EMAIL,
        "nobody@example.com",
        EMAIL,
        "nobody@example.com",
        "nobody@example.com",
    ] {
        assert_eq!(
            forgot(&shop, email)
                .send()
                .await
                .data("/requestPasswordResetEmail"),
            true
        );
    }
    for email in [EMAIL, "nobody@example.com"] {
        forgot(&shop, email)
            .send()
            .await
            .fails("graphql-rate-limit", LIMITED);
    }
    shop.run_jobs().await;
    assert_eq!(shop.mail().mails().len(), 3);
    assert_ne!(link(&shop).split_once("token=").expect("a token").1, token);
});

on_every_database!(
    wrong_tokens_count_for_the_network_that_sends_them_and_never_lock_the_customer_out,
    |shop| async move {
        shop.customer(EMAIL).await;
        let token = mailed_token(&shop, EMAIL).await;
        let replica = shop.replica().await;
        let wrong = |server: &TestShop, email: &str| reset(server, email, "wrong", NEW);
        // An address without an account is answered and counted alike.
        for index in 0..100 {
            let email = [EMAIL, "nobody@example.com"][index % 2];
            let answer = wrong([&shop, &replica][index % 2], email).send().await;
            answer.fails(INPUT, NOT_RESET);
        }
        for email in [EMAIL, "nobody@example.com"] {
            let refused = wrong(&shop, email).send().await;
            refused.fails("graphql-rate-limit", LIMITED);
        }
        let elsewhere = wrong(&shop, EMAIL).header("X-Forwarded-For", "198.51.100.7");
        elsewhere.send().await.fails(INPUT, NOT_RESET);
        let done = reset(&shop, EMAIL, &token, NEW).send().await;
        assert_eq!(done.data("/resetPassword"), true);
        reset(&shop, EMAIL, &token, NEW)
            .send()
            .await
            .fails("graphql-rate-limit", LIMITED);
        shop.wait(TimeDelta::hours(1));
        wrong(&shop, EMAIL).send().await.fails(INPUT, NOT_RESET);
    }
);

on_every_database!(
    invalid_values_are_refused_with_adobes_messages,
    |shop| async move {
        let no_address = "You must specify an email address.";
        let bad_address = "The email address has an invalid format.";
        for (email, message) in [
            ("", no_address),
            ("0", no_address),
            ("anna", bad_address),
            ("a@b@c", bad_address),
        ] {
            forgot(&shop, email).send().await.fails(INPUT, message);
            reset(&shop, email, "", "").send().await.fails(INPUT, message);
        }
        let cases = [
            ("", "", "resetPasswordToken must be specified"),
            ("x", "", "newPassword must be specified"),
            (
                "x",
                "Short-1",
                "The password needs at least 8 characters. Create a new password and try again.",
            ),
            (
                "x",
                " Padded-123",
                "The password can't begin or end with a space. Verify the password and try again.",
            ),
            (
                "x",
                "onlylowercase1",
                "Minimum of different classes of characters in password is 3. Classes of characters: Lower Case, Upper Case, Digits, Special Characters.",
            ),
            (
                "x",
                &"Long-1".repeat(50),
                "Please enter a password with at most 256 characters.",
            ),
        ];
        for (token, password, message) in cases {
            reset(&shop, EMAIL, token, password)
                .send()
                .await
                .fails(INPUT, message);
        }
        let told = shop.ask("{ storeConfig { minimum_password_length required_character_classes_number } }");
        let expected = json!({ "minimum_password_length": "8", "required_character_classes_number": "3" });
        assert_eq!(told.send().await.data("/storeConfig"), &expected);
    }
);

on_every_database!(accounts_need_no_confirmation, |shop| async move {
    shop.customer(EMAIL).await;
    let confirm = "mutation($email: String!) { confirmEmail(input: { email: $email, confirmation_key: \"x\" }) { customer { email } } }";
    let resend = "mutation($email: String!) { resendConfirmationEmail(email: $email) }";
    for email in [EMAIL, "nobody@example.com"] {
        let with = json!({ "email": email });
        let confirmed = shop.ask(confirm).variables(with.clone()).send().await;
        confirmed.fails(INPUT, "The account is already active.");
        let resent = shop.ask(resend).variables(with).send().await;
        resent.fails(INPUT, "Confirmation isn't needed.");
    }
    let malformed = shop
        .ask(resend)
        .variables(json!({ "email": "anna" }))
        .send()
        .await;
    malformed.fails(INPUT, "Email is invalid");
});

async fn is_available(shop: &TestShop, email: &str) -> Value {
    let document = "query($email: String!) { isEmailAvailable(email: $email) { is_email_available } }";
    let answer = shop
        .ask(document)
        .variables(json!({ "email": email }))
        .by_get()
        .send()
        .await;
    answer.data("/isEmailAvailable/is_email_available").clone()
}

on_every_database!(a_form_can_ask_whether_an_address_is_free, |shop| async move {
    shop.customer(EMAIL).await;
    assert_eq!(is_available(&shop, " Anna@example.com").await, false);
    assert_eq!(is_available(&shop, "nobody@example.com").await, true);
    let none = shop
        .ask("{ isEmailAvailable(email: \"\") { is_email_available } }")
        .send()
        .await;
    none.fails(INPUT, "Email must be specified");
});

#[tokio::test(flavor = "multi_thread")]
async fn every_address_is_free_where_accounts_are_hidden() {
    let settings = AppSettings {
        hides_accounts: true,
        ..AppSettings::default()
    };
    let shop = TestShop::open_with(DatabaseKind::Sqlite, settings).await;
    let shop = shop.expect("a shop on the embedded database");
    shop.customer(EMAIL).await;
    assert_eq!(is_available(&shop, EMAIL).await, true);
    shop.close().await;
}
