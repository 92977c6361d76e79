//! With seeded time, identifiers and chance the shop makes the same bytes twice: answers, tokens, keys and mails.

use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

const BUYER: &str = "anna@example.com";
const GUEST: &str = "guest@example.com";

on_every_database!(the_same_day_is_the_same_bytes, |shop| async move {
    let first = a_day_in(&shop).await;
    let again = TestShop::open(shop.database_kind())
        .await
        .expect("another database");
    let second = a_day_in(&again).await;
    again.close().await;
    assert_eq!(first.answers, second.answers);
    assert_eq!(first.mails.len(), 5, "a key, and two mails for each cancellation");
    assert_eq!(first.mails, second.mails);
});

/// The answers and mails of one run.
struct Day {
    answers: Vec<Value>,
    /// File names and bytes.
    mails: Vec<(String, String)>,
}

/// A customer and a guest cancel paid orders. The answers of both cancellations, all orders, the audit log and all
/// mails are kept.
async fn a_day_in(shop: &TestShop) -> Day {
    shop.enable_cancellation().await;
    shop.configure(json!({ "merchant_notice_email": "shop@example.com" }))
        .await;
    let of_customer = OrderJson::new("1").by(BUYER).line("A", 1000, 2, 2, 0);
    let of_guest = OrderJson::new("2").by_guest(GUEST).line("B", 999, 3, 1, 0);
    let customer = shop.customer(BUYER).await;
    // Orders of several store views are imported together.
    shop.create_store("nl", "base", "main_website_store").await;
    let elsewhere = OrderJson::new("3").in_store(2).line("C", 500, 1, 0, 0);
    let ids = shop
        .import(&[of_customer.json(), elsewhere.json(), of_guest.json()])
        .await;
    let (of_customer, of_guest) = (&ids[0], &ids[2]);

    let canceled = shop
        .cancel_order(of_customer, "Other")
        .token(&customer)
        .send()
        .await;
    canceled.works();
    let token = shop.order_token(of_guest).await;
    let key = shop.mailed_key(of_guest, "Other").await;
    let confirmed = shop.confirm_cancel(of_guest, &key).send().await;
    confirmed.works();
    shop.run_jobs().await;

    let mut answers = vec![json!([customer, token, key]), canceled.body, confirmed.body];
    for id in &ids {
        answers.push(shop.order(id).await);
    }
    answers.extend(shop.audit_log(50).await);
    Day {
        answers,
        mails: mails_of(shop),
    }
}

fn mails_of(shop: &TestShop) -> Vec<(String, String)> {
    let files = std::fs::read_dir(shop.mail().path()).expect("a folder");
    let mut mails: Vec<_> = files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (name, std::fs::read_to_string(path).expect("a mail"))
        })
        .collect();
    mails.sort();
    mails
}
