//! A server dies after the change of a mutation and before its answer: a repetition at another server changes nothing
//! and gets what the first attempt would have answered.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_domain::StaffRole;
use countermand_integrations::channels::amazon::CancelBy;
use countermand_tests::smtp_sink::{Fault, SmtpSink};
use countermand_tests::{Answer, Ask, OrderJson, TestShop, on_every_database};
use serde_json::{Value, json};

use super::every_mutation::mutations;
use super::{BUYER, KEY, code, count, on_database, sell};
use crate::admin_rights::jobs::job;
use crate::admin_rights::rows::{Row, rows};
use crate::channels::amazon_seller::{adapter, one_channel};
use crate::mail::{GUEST, SERVER, mailer, requested};
use crate::password_reset::{forgot, mailed_token, reset};

/// The mutation whose repetition runs again and goes on where the first attempt stopped.
const GOES_ON: &str = "importOrders";
/// What an answer shows of an endpoint.
const ENDPOINT: &str =
    "webhook_endpoint { id address event_kinds state problem old_secret_until created_at }";
/// What an answer shows of an endpoint with a new secret.
const ENDPOINT_WITH_SECRET: &str =
    "secret webhook_endpoint { id address event_kinds state problem old_secret_until created_at }";
/// What an answer shows of a job.
const JOB: &str = "job { id kind state order_id order_number attempts last_error created_at next_try_at }";
/// The mutations of buyers, which a test of their own repeats.
const OF_BUYERS: [&str; 5] = [
    "cancelOrder",
    "confirmCancelOrder",
    "requestGuestOrderCancel",
    "requestPasswordResetEmail",
    "resetPassword",
];

/// Sends a request with a key to the first server, and leaves the database as if that server had died after the change;
/// then sends it to the second one, when the lease is over. Gives both answers.
async fn after_crash(
    shop: &TestShop,
    servers: [&TestShop; 2],
    key: &str,
    ask: impl Fn(&TestShop) -> Ask,
) -> (Answer, Answer) {
    let [first, second] = servers;
    let undisturbed = ask(first).header(KEY, key).send().await;
    let before = written(shop).await;
    crash(shop).await;
    let again = ask(second).header(KEY, key).send().await;
    assert_eq!(written(shop).await, before, "{key}: nothing is changed twice");
    assert_eq!(ask(first).header(KEY, key).send().await.text, again.text, "{key}");
    (undisturbed, again)
}

/// Leaves the database as if the servers had died after all changes and before their answers.
async fn crash(shop: &TestShop) {
    let lose = "UPDATE idempotency_keys SET answer = NULL, lease_until = 0";
    on_database(shop, &[lose]).await;
}

/// The number of rows that tell of changes. An import notes each of its runs.
async fn written(shop: &TestShop) -> i64 {
    let query = "SELECT (SELECT COUNT(*) FROM audit_entries WHERE action <> 'importOrders')
      + (SELECT COUNT(*) FROM obligations) + (SELECT COUNT(*) FROM order_events)
      + (SELECT COUNT(*) FROM channel_order_versions) + (SELECT COUNT(*) FROM bulk_cancellations) AS kept";
    count(shop, query).await
}

on_every_database!(
    every_mutation_of_staff_is_answered_after_a_crash,
    |shop| async move {
        shop.create_website("other").await;
        shop.create_store("elsewhere", "other", "elsewhere").await;
        shop.enable_cancellation().await;
        shop.leave_jobs();
        let pay =
            json!({ "name": "pay", "adapter": "HTTP", "address": "https://pay.example", "secret": "key" });
        shop.owner_does("connectPaymentProvider", pay, "").await;
        // Each order of the channel is written by the test, so nothing needs to answer at this address.
        let nowhere = "http://127.0.0.1:9/";
        let channels = || one_channel(adapter(nowhere, nowhere, CancelBy::Feed, &shop.clock()));
        let first = shop.with_channels(channels()).await;
        let second = shop.with_channels(channels()).await;

        let keyed = mutations(&shop).await.into_iter();
        let keyed: BTreeSet<String> = keyed
            .filter_map(|(name, takes_key)| takes_key.then_some(name))
            .collect();
        let mut played: BTreeSet<String> = OF_BUYERS.iter().map(|name| (*name).to_owned()).collect();
        for (line, row) in rows().enumerate().filter(|(_, row)| keyed.contains(row.field)) {
            played.insert(row.field.to_owned());
            let name = format!("p{line}");
            let order = shop.import(&[row.situation.order(&name)]).await.remove(0);
            let job = job(&first, row, &order).await;
            let orders = row.situation.order(&format!("{name}n")).to_string();
            let email = format!("{name}@example.com");
            let variables =
                json!({ "order": order, "name": name, "email": email, "orders": orders, "job": job });
            let document = document(row);
            let ask = |shop: &TestShop| {
                let asked = shop.ask(&document).variables(variables.clone());
                asked.token(shop.owner())
            };
            let (undisturbed, again) = after_crash(&shop, [&first, &second], &name, ask).await;
            let payload = undisturbed.data(&format!("/{}", row.field));
            assert_eq!(payload["user_errors"], json!([]), "{document}");
            if row.field == GOES_ON {
                assert_eq!(
                    (&payload["imported"], &payload["skipped"]),
                    (&json!(1), &json!(0))
                );
                assert_eq!(again.data("/importOrders/skipped"), 1);
            } else {
                assert_eq!(again.text, undisturbed.text, "{document}");
            }
        }
        assert_eq!(played, keyed);
    }
);

/// The document of a row with one mutation, whose answer shows what it changed. A request with a key has one mutation, but
/// some rows have another one before it, which makes what it changes; and the row of `bulkCancelOrders` changes nothing.
fn document(row: &Row) -> String {
    let document = match row.field {
        "bulkCancelOrders" => {
            r#"mutation($order: ID!, $name: String!) {
              bulkCancelOrders(input: { order_ids: [$order], reason: "other", idempotency_key: $name }) { user_errors { code } }
            }"#
        }
        "changePaymentProvider" => {
            r#"mutation { changePaymentProvider(input: { name: "pay", is_paused: true }) { user_errors { code } } }"#
        }
        "removeCancellationReason" => {
            r#"mutation {
              removeCancellationReason(input: { scope: STORE, code: "default", reason_code: "too_slow" }) { user_errors { code } }
            }"#
        }
        _ => row.document,
    };
    document.replace("user_errors {", &format!("{} user_errors {{", shown(row.field)))
}

/// What the payload of a mutation shows beside its refusals.
fn shown(mutation: &str) -> &'static str {
    match mutation {
        "abandonObligation" | "retryObligation" | "settleObligation" => {
            "obligation { id state problem settled_at settlement_reference order { version } }"
        }
        "addCancellationReason"
        | "moveCancellationReason"
        | "removeCancellationReason"
        | "resetCancellationConfig"
        | "updateCancellationConfig"
        | "updateCancellationReason" => {
            "config { scope reorder_allowed { value } guest_key_lifetime_hours { value } reasons { value { code description } } }"
        }
        "bulkCancelOrders" | "resumeBulkCancellation" | "stopBulkCancellation" => {
            "bulk_cancellation { id state total waiting created_at }"
        }
        "cancelChannelOrder" | "declineChannelRequest" | "watchChannelOrder" => {
            "order { number version status has_request can_cancel updated_at }"
        }
        "cancelOrdersAsAdmin" => "results { refund_total { value } }",
        "changePaymentProvider" | "connectPaymentProvider" => {
            "payment_provider { name address is_paused created_at }"
        }
        "changeWebhookEndpoint" | "deleteWebhookEndpoint" => ENDPOINT,
        "createWebhookEndpoint" | "rotateWebhookSecret" => ENDPOINT_WITH_SECRET,
        "createCustomer" => "link_sent customer { id email firstname }",
        "createStore" => "store { store_code store_name locale timezone }",
        "createWebsite" => "website_code",
        "disableStore" | "enableStore" | "updateStore" => {
            "store { code name group_name is_active storefront_url }"
        }
        "endSubscription" | "resumeSubscription" => {
            "subscription { subscription_id status ends_at can_resume }"
        }
        "eraseCustomer" => "erased_orders",
        "importOrders" => "skipped",
        "replayWebhooks" => "count next",
        "requestOrderCancellation" | "withdrawCancellationRequest" => "order { number status }",
        "resetCancellationReasonMapping" | "setCancellationReasonMapping" => {
            "mappings { channel channel_code built_in }"
        }
        "retryJob" => JOB,
        "sendTestEvent" => "event_id",
        "setStatusLabel" => "status_label { status label store_code }",
        "syncSalesChannel" => "channel { read_at next_reading_at problem }",
        "updateSettings" => "settings { key value source { scope code } }",
        "updateWebsite" => "website { code name }",
        _ => "order { version status_code order { status } events { kind } }",
    }
}

on_every_database!(
    every_mutation_of_buyers_is_answered_after_a_crash,
    |shop| async move {
        let (_, id) = sell(&shop).await;
        shop.configure(json!({ "storefront_url": "https://shop.example/" }))
            .await;
        let servers = [&shop, &shop.replica().await];
        let forgotten = made_again(servers, "forgotten", |shop| forgot(shop, BUYER)).await;
        assert_eq!(forgotten.data("/requestPasswordResetEmail"), true);
        assert!(!shop.run_jobs().await.is_empty(), "a mail with a link");
        let token = mailed_token(&shop, BUYER).await;
        let set = made_again(servers, "set", |shop| reset(shop, BUYER, &token, "Another-456")).await;
        assert_eq!(set.data("/resetPassword"), true);
        let anna = shop.sign_in("default", BUYER, "Another-456").await;
        let cancel = |shop: &TestShop| shop.cancel_order(&id, "Other").token(&anna);
        made_again(servers, "canceled", cancel).await.works();

        let order = OrderJson::new("2").by_guest("guest@example.com");
        let order = order.line("A", 1000, 1, 1, 0).json();
        let id = shop.import(&[order]).await.remove(0);
        let token = shop.order_token(&id).await;
        let request = |shop: &TestShop| shop.request_guest_cancel(&token, "Other");
        made_again(servers, "requested", request).await.works();
        assert!(!shop.run_jobs().await.is_empty(), "a mail with a key");
        let key = shop.mailed_key(&id, "Other").await;
        let confirm = |shop: &TestShop| shop.confirm_cancel(&id, &key);
        made_again(servers, "confirmed", confirm).await.works();
    }
);

/// The answer to a request, which a repetition after a crash gets, too.
async fn made_again(servers: [&TestShop; 2], key: &str, ask: impl Fn(&TestShop) -> Ask) -> Answer {
    let (undisturbed, again) = after_crash(servers[0], servers, key, ask).await;
    assert!(
        undisturbed.body.get("errors").is_none(),
        "{key}: {:#}",
        undisturbed.body
    );
    assert_eq!(again.text, undisturbed.text, "{key}");
    undisturbed
}

on_every_database!(a_link_to_a_first_password_is_sent_once, |shop| async move {
    shop.leave_jobs();
    let order = OrderJson::new("1").by(BUYER).line("A", 1000, 1, 1, 0).json();
    shop.import(&[order]).await;
    let input = json!({ "website_code": "base", "email": BUYER, "password": "Secret-123", "firstname": "A", "lastname": "B" });
    let ask = |shop: &TestShop| {
        let asked = shop.staff_asks("createCustomer", &input, "link_sent customer { email }");
        asked.token(shop.owner())
    };
    let replica = shop.replica().await;
    let made = made_again([&shop, &replica], "k", ask).await;
    assert_eq!(made.data("/createCustomer/link_sent"), true);
    let marks = "SELECT COUNT(*) AS kept FROM idempotent_changes WHERE target LIKE '%example.com%'";
    assert_eq!(count(&shop, marks).await, 0, "no mark names a person");
});

on_every_database!(a_repetition_without_the_right_is_refused, |shop| async move {
    let owner = shop.staff(StaffRole::Owner, Some(1)).await;
    let input = json!({ "code": "default", "storefront_url": "https://shop.example/" });
    let ask = |shop: &TestShop| {
        let asked = shop.staff_asks("updateStore", &input, "store { storefront_url }");
        asked.token(&owner).header(KEY, "k")
    };
    let done = ask(&shop).send().await;
    assert_eq!(done.data("/updateStore/user_errors"), &json!([]));
    crash(&shop).await;
    // The address now leads the customers of another store view, too.
    shop.create_store("nl", "base", "main_website_store").await;
    assert_eq!(code(&ask(&shop).send().await), "FORBIDDEN");
});

on_every_database!(
    an_endpoint_is_shown_as_at_first_although_it_was_changed_and_deleted,
    |shop| async move {
        let replica = shop.replica().await;
        let ask = |shop: &TestShop, mutation: &str, input: &Value| {
            let shown = if mutation == "deleteWebhookEndpoint" {
                ENDPOINT
            } else {
                ENDPOINT_WITH_SECRET
            };
            let asked = shop.staff_asks(mutation, input, shown).token(shop.owner());
            asked.header(KEY, "k").send()
        };
        // The longest address and many kinds of events need many marks.
        let address = format!("https://hooks.example/{}", "a".repeat(1_000));
        let kinds = [
            "order.canceled",
            "order.note_added",
            "order.settled",
            "order.shipped",
        ];
        let made = json!({ "address": address, "event_kinds": kinds });
        let created = ask(&shop, "createWebhookEndpoint", &made).await;
        let id = created.data("/createWebhookEndpoint/webhook_endpoint/id").clone();
        let named = json!({ "id": id });
        let rotated = ask(&shop, "rotateWebhookSecret", &named).await;
        let other =
            json!({ "id": id, "address": "https://other.example", "event_kinds": [], "is_paused": true });
        let changed = shop.owner_does("changeWebhookEndpoint", other, "").await;
        assert_eq!(changed["user_errors"], json!([]));
        crash(&shop).await;
        let with_secret = [
            ("createWebhookEndpoint", &made, &created),
            ("rotateWebhookSecret", &named, &rotated),
        ];
        for (mutation, input, first) in with_secret {
            assert!(first.data(&format!("/{mutation}/secret")).is_string());
            assert_eq!(
                ask(&replica, mutation, input).await.text,
                first.text,
                "{mutation}"
            );
        }

        let deleted = ask(&shop, "deleteWebhookEndpoint", &named).await;
        let endpoint = deleted.data("/deleteWebhookEndpoint/webhook_endpoint");
        assert_eq!(
            (&endpoint["id"], &endpoint["state"]),
            (&id, &json!("PAUSED")),
            "{endpoint}"
        );
        shop.wait(TimeDelta::minutes(2));
        crash(&shop).await;
        let again = ask(&replica, "deleteWebhookEndpoint", &named).await;
        assert_eq!(again.text, deleted.text);
        for (mutation, input, _) in with_secret {
            let again = ask(&replica, mutation, input).await;
            assert_eq!(code(&again), "IDEMPOTENCY_KEY_ANSWER_LOST", "{mutation}");
        }
    }
);

on_every_database!(a_job_that_has_ended_is_shown_as_at_first, |shop| async move {
    let sink = SmtpSink::open(SERVER).await;
    requested(&shop).await;
    sink.fails(Fault::Answer("RCPT", "550 no such mailbox"));
    let outcomes = shop.run_jobs_with(&mailer(&sink)).await;
    assert!(
        matches!(outcomes.as_slice(), [Settlement::NeedsAttention(_)]),
        "{outcomes:?}"
    );
    let job = shop.jobs("FAILED").await.remove(0);
    let input = json!({ "id": job["id"] });
    let ask = |shop: &TestShop| {
        let asked = shop.staff_asks("retryJob", &input, JOB);
        asked.token(shop.owner()).header(KEY, "k").send()
    };
    let first = ask(&shop).await;
    assert_eq!(first.data("/retryJob/job/state"), "WAITING");
    assert_eq!(first.data("/retryJob/job/last_error"), &job["last_error"]);
    sink.fails(Fault::None);
    assert_eq!(shop.run_jobs_with(&mailer(&sink)).await, [Settlement::Met]);
    shop.wait(TimeDelta::minutes(2));
    crash(&shop).await;
    assert_eq!(ask(&shop.replica().await).await.text, first.text);

    // The error may name the person, so it is erased with the person.
    let person = json!({ "website_code": "base", "email": GUEST, "include_guest_orders": true });
    let erased = shop.owner_does("eraseCustomer", person, "is_complete").await;
    assert_eq!(erased["is_complete"], true);
    let left = "SELECT COUNT(*) AS kept FROM idempotent_changes WHERE target LIKE 'sealed %'";
    assert_eq!(count(&shop, left).await, 0);
    assert_eq!(code(&ask(&shop).await), "IDEMPOTENCY_KEY_ANSWER_LOST");
});
