//! Effects outside the database: each happens once, even if workers die and clocks are wrong, and no row holds a key in
//! clear text.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use countermand_app::obligations::{Attempted, ObligationKind, Ports, Settlement};
use countermand_app::{App, AppSettings};
use countermand_integrations::mail::{FileMailer, MailTemplates, SmtpMailer};
use countermand_persistence::{ConnectOptions, Database};
use countermand_tests::fixed_clock::FixedClock;
use countermand_tests::seeded_env::seeded_env;
use countermand_tests::smtp_sink::{Fault, Offer, SmtpSink};
use countermand_tests::time_limit::until;
use countermand_tests::{DatabaseKind, OrderJson, TestShop, on_every_database};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const FROM: &str = "Shop <shop@example.com>";
const GUEST: &str = "guest@example.com";

on_every_database!(many_workers_meet_each_obligation_once, |shop| async move {
    shop.enable_cancellation().await;
    let order = |number| {
        OrderJson::new(&format!("{number:09}"))
            .line("A", 1000, 1, 1, 0)
            .json()
    };
    let orders: Vec<Value> = (0..40).map(order).collect();
    for id in shop.import(&orders).await {
        cancel(&shop, &id).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        let (shop, folder) = (shop.replica().await, shop.mail().path().to_owned());
        workers.spawn(async move {
            let mailer = FileMailer::new(&folder, FROM, MailTemplates::built_in());
            shop.meet_obligations(&mailer.expect("a mailer")).await
        });
    }
    let mut met: Vec<Attempted> = workers.join_all().await.into_iter().flatten().collect();
    // A worker that found nothing for a moment has gone home.
    met.extend(shop.meet_obligations(&file_mailer(&shop)).await);
    let of = |kind| met.iter().filter(|it| it.kind == kind).collect::<Vec<_>>();
    let (mails, refunds) = (of(ObligationKind::Mail), of(ObligationKind::Refund));
    // The refunds wait for staff, because no payment provider is connected.
    assert_eq!((mails.len(), refunds.len()), (40, 0));
    assert!(
        mails.iter().all(|it| it.settlement == Settlement::Met),
        "{mails:?}"
    );
    assert_eq!(shop.mail().mails().len(), 40);
});

on_every_database!(
    workers_whose_clocks_are_ten_minutes_apart_leave_each_other_alone,
    |shop| async move {
        let mut sink = SmtpSink::open(Offer {
            starttls: true,
            login: Some(("shop", "secret")),
            eight_bit: true,
        })
        .await;
        let id = request_guest_cancellation(&shop).await;
        // From here on the database's own clock counts.
        let ahead = worker_with_clock(&shop, 2, TimeDelta::minutes(10)).await;
        let behind = worker_with_clock(&shop, 3, TimeDelta::minutes(-10)).await;
        sink.fails(Fault::Slow(Duration::from_secs(2)));
        let slow = Arc::new(smtp_mailer(&sink));
        let mut running = tokio::spawn({
            let (ahead, slow) = (ahead.clone(), Arc::clone(&slow));
            async move { meet(&ahead, slow.as_ref()).await }
        });
        let held = "SELECT id FROM obligations WHERE lease_until > 0";
        until("a worker holds it", async || !texts(&shop, held).await.is_empty()).await;
        for app in [&behind, &ahead] {
            assert_eq!(meet(app, slow.as_ref()).await, [], "the first worker holds it");
        }
        let early = tokio::time::timeout(Duration::from_millis(1), &mut running).await;
        assert!(early.is_err(), "the first worker is still busy");
        sink.fails(Fault::None);
        let met = running.await.expect("a worker");
        assert_eq!(met.len(), 1);
        assert_eq!(met[0].settlement, Settlement::Met);
        assert_eq!(sink.accepted().len(), 1);

        // A clock jumped back since the mail was caused: it is sent at once.
        let sent = shop
            .owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        assert_eq!(sent["user_errors"], json!([]));
        let met = meet(&behind, slow.as_ref()).await;
        assert_eq!(met.len(), 1, "not later");
        sink.stop().await;
    }
);

on_every_database!(no_payload_holds_a_key_in_clear, |shop| async move {
    request_guest_cancellation(&shop).await;
    shop.customer("anna@example.com").await;
    let forgot = "mutation { requestPasswordResetEmail(email: \"anna@example.com\") }";
    let _ = shop.ask(forgot).send().await.data("/requestPasswordResetEmail");
    let before = texts(&shop, "SELECT payload FROM obligations").await;
    assert_eq!(before.len(), 2);
    shop.run_jobs().await;
    let mails = shop.mail().mails();
    let key = shop.mail().newest_key().expect("a key");
    assert_eq!(mails.len(), 2);
    let after = texts(&shop, "SELECT payload FROM obligations").await;
    assert_eq!(after, ["{}", "{}", "{}"], "what is met carries nothing any more");
    for payload in before {
        for secret in [
            key.as_str(),
            "confirmation_key",
            "token",
            GUEST,
            "anna@example.com",
        ] {
            assert!(!payload.contains(secret), "{secret} in {payload}");
        }
    }
});

on_every_database!(a_mail_of_the_version_before_is_sent, |shop| async move {
    let id = "01890000-0000-7000-8000-000000000001";
    let mail = json!({
        "id": id,
        "to": GUEST,
        "to_name": "Anna Larsen",
        "locale": "en_US",
        "store_name": "Default Store View",
        "message": { "template": "confirm_cancellation", "order_number": "000000042", "link": "https://shop.example/?confirmation_key=abc" },
    });
    let insert = format!(
        "INSERT INTO obligations (id, kind, unique_key, state, payload, attempts, due_at, lease_until, fence, \
         last_error, receipt, created_at) VALUES ('{id}', 'mail', '{id}', 'pending', '{mail}', 3, 5, 0, 3, '', '', 7)"
    );
    execute(&shop, &insert).await;
    assert_eq!(shop.run_jobs().await, [Settlement::Met]);
    assert_eq!(shop.mail().newest_key().as_deref(), Some("abc"));
});

on_every_database!(a_refund_waits_for_staff_and_is_no_job, |shop| async move {
    shop.enable_cancellation().await;
    let order = OrderJson::new("1").line("A", 1000, 2, 2, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    cancel(&shop, &id).await;
    let shown = shop.order(&id).await["reversals"].clone();
    let met = shop.meet_obligations(&file_mailer(&shop)).await;
    assert!(met.iter().all(|it| it.kind != ObligationKind::Refund), "{met:?}");
    assert_eq!(shop.order(&id).await["reversals"], shown);
    assert_eq!(
        (&shown[0]["kind"], &shown[0]["state"]),
        (&json!("REFUND"), &json!("requested"))
    );
    assert_eq!(shop.jobs("FAILED").await, Vec::<Value>::new());
    let query = "{ needsAttention { items { id reasons } } }";
    let answer = shop.ask(query).token(shop.owner()).send().await;
    let refund = answer.data("/needsAttention/items/0").clone();
    assert_eq!(refund["reasons"], json!(["REFUND_BY_HAND"]));
    let refused = shop.refused("retryJob", json!({ "id": refund["id"] })).await;
    assert_eq!(refused, ("NOT_FOUND".into(), "id".into()));
    shop.wait(TimeDelta::days(1));
    assert_eq!(shop.meet_obligations(&file_mailer(&shop)).await, []);
});

on_every_database!(a_job_that_failed_for_good_is_abandoned, |shop| async move {
    request_guest_cancellation(&shop).await;
    let job = shop.jobs("WAITING").await.remove(0)["id"].clone();
    let input = json!({ "id": job, "note": "no such mailbox" });
    let refused = shop.refused("abandonObligation", input.clone()).await;
    assert_eq!(refused, ("INVALID".into(), "id".into()), "it is still tried");
    // As after the last attempt.
    execute(
        &shop,
        "UPDATE obligations SET state = 'needs_attention' WHERE kind = 'mail'",
    )
    .await;
    let query = "{ needsAttention { items { id kind reasons actions } } }";
    let listed = shop.ask(query).token(shop.owner()).send().await;
    let expected =
        json!([{ "id": job, "kind": null, "reasons": ["JOB_FAILED"], "actions": ["RETRY_JOB", "ABANDON"] }]);
    assert_eq!(listed.data("/needsAttention/items"), &expected);
    let done = shop.owner_does("abandonObligation", input.clone(), "").await;
    assert_eq!(done["user_errors"], json!([]));
    let log = &shop.audit_log(1).await[0];
    assert_eq!(
        (&log["action"], &log["details"]),
        (&json!("abandonObligation"), &json!("mail: no such mailbox"))
    );
    let answer = shop.ask("{ needsAttention { items { id } } }");
    let answer = answer.token(shop.owner()).send().await;
    assert_eq!(answer.data("/needsAttention/items"), &json!([]));
    assert_eq!(shop.jobs("FAILED").await, Vec::<Value>::new());
    let again = shop.refused("abandonObligation", input).await;
    assert_eq!(again.0, "ALREADY_SETTLED");
    let retried = shop.refused("retryJob", json!({ "id": job })).await;
    assert_eq!(retried.0, "NOT_FOUND");
    let kept = "SELECT payload FROM obligations WHERE state = 'abandoned'";
    assert_eq!(texts(&shop, kept).await, ["{}"], "it carries nothing any more");
    shop.wait(TimeDelta::days(30));
    shop.app().tidy().await.expect("tidied");
    assert!(texts(&shop, kept).await.is_empty());
});

on_every_database!(done_jobs_are_forgotten_after_thirty_days, |shop| async move {
    shop.enable_cancellation().await;
    let order = OrderJson::new("1").line("A", 1000, 2, 2, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    cancel(&shop, &id).await;
    shop.run_jobs().await;
    shop.wait(TimeDelta::days(29));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(done(&shop).await, 1);
    shop.wait(TimeDelta::days(1));
    shop.app().tidy().await.expect("tidied");
    assert_eq!(done(&shop).await, 0);
    let order = shop.order(&id).await;
    assert_eq!(
        order["reversals"].as_array().map(Vec::len),
        Some(1),
        "money is never forgotten"
    );
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_installation_says_how_long_done_jobs_are_kept() {
    let settings = AppSettings {
        met_jobs_kept: TimeDelta::days(2),
        ..AppSettings::default()
    };
    let shop = TestShop::open_with(DatabaseKind::Sqlite, settings).await;
    let shop = shop.expect("SQLite is always there");
    request_guest_cancellation(&shop).await;
    shop.run_jobs().await;
    for (day, left) in [(1, 1), (2, 0)] {
        shop.wait(TimeDelta::days(1));
        shop.app().tidy().await.expect("tidied");
        assert_eq!(done(&shop).await, left, "after {day} days");
    }
    shop.close().await;
}

on_every_database!(
    a_worker_that_is_stopped_leaves_the_rest_to_others,
    |shop| async move {
        let id = request_guest_cancellation(&shop).await;
        for _ in 0..2 {
            shop.owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
                .await;
        }
        let mailer = file_mailer(&shop);
        let ports = Ports { mailer: &mailer };
        // It is stopped once a mail has been sent.
        let mails = shop.mail().clone();
        let is_stopped = || !mails.mails().is_empty();
        let met = shop.app().meet_due_obligations(&ports, &is_stopped).await;
        assert_eq!(met.expect("mails").len(), 1);
        assert_eq!(shop.run_jobs().await, [Settlement::Met, Settlement::Met]);
    }
);

/// Cancels an order as staff.
async fn cancel(shop: &TestShop, id: &str) {
    let input = json!({ "order_id": id, "reason": "Other" });
    shop.worked("cancelOrderAsAdmin", input).await;
}

/// A guest's order whose cancellation was asked for: the mail with the key waits. Gives the order's id.
async fn request_guest_cancellation(shop: &TestShop) -> String {
    shop.enable_cancellation().await;
    let order = OrderJson::new("000000042")
        .by_guest(GUEST)
        .line("A", 1000, 1, 0, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    let token = shop.order_token(&id).await;
    shop.request_guest_cancel(&token, "Other").send().await.works();
    id
}

/// A program over the shop's database whose clock is wrong by `skew`; the database's clock is its own. Two programs on
/// one database need different seeds, because equal seeds make equal identifiers.
async fn worker_with_clock(shop: &TestShop, seed: u64, skew: TimeDelta) -> App {
    let options = ConnectOptions::new(shop.database_url());
    let database = Database::connect(&options).await.expect("the shop's database");
    let clock = Arc::new(FixedClock::at(shop.now() + skew));
    App::new(database, seeded_env(seed, clock), AppSettings::default())
        .await
        .expect("an app")
}

/// What a worker does in one round.
async fn meet(app: &App, mailer: &SmtpMailer) -> Vec<Attempted> {
    let ports = Ports { mailer };
    let met = app.meet_due_obligations(&ports, &|| false).await;
    met.expect("obligations were met")
}

fn file_mailer(shop: &TestShop) -> FileMailer {
    FileMailer::new(shop.mail().path(), FROM, MailTemplates::built_in()).expect("a mailer")
}

fn smtp_mailer(sink: &SmtpSink) -> SmtpMailer {
    let url = sink.url("shop:secret", "?tls=required");
    let authority = sink.certificate();
    SmtpMailer::trusting(authority.as_bytes(), &url, FROM, MailTemplates::built_in()).expect("a mailer")
}

/// How many jobs are met and still kept.
async fn done(shop: &TestShop) -> usize {
    let query = "SELECT id FROM obligations WHERE state = 'met' AND kind IN ('mail', 'password_reset')";
    texts(shop, query).await.len()
}

/// The first column of each row.
async fn texts(shop: &TestShop, query: &str) -> Vec<String> {
    let database = raw(shop).await;
    let query = Statement::from_string(database.get_database_backend(), query);
    let rows = database.query_all_raw(query).await.expect("rows");
    let texts = rows.iter().map(|row| row.try_get_by_index(0).expect("a text"));
    let texts = texts.collect();
    database.close().await.expect("closed");
    texts
}

async fn execute(shop: &TestShop, statement: &str) {
    let database = raw(shop).await;
    database.execute_unprepared(statement).await.expect("done");
    database.close().await.expect("closed");
}

/// The shop's database, for what the program never shows.
async fn raw(shop: &TestShop) -> sea_orm::DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new(shop.database_url());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.expect("connected")
}
