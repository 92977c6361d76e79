//! A mail server that is away for ten minutes: few mails try it, and once it is back, all that waited is sent within a
//! minute, each mail once.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countermand_app::obligations::Settlement;
use countermand_integrations::mail::SmtpMailer;
use countermand_tests::smtp_sink::SmtpSink;
use countermand_tests::{TestShop, on_every_database};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{SERVER, mailer, requested};
use crate::event_stream::raw;

const MAILS: usize = 24;
/// From one mail that tries whether the server is back to the next one.
const PROBING: TimeDelta = TimeDelta::seconds(30);
/// How many mails fail until only one at a time tries.
const MOST_FAILURES: usize = 3;

on_every_database!(
    a_backlog_is_sent_within_a_minute_after_the_server_is_back,
    |shop| async move {
        let mut sink = SmtpSink::open(SERVER).await;
        let mailer = mailer(&sink);
        owe(&shop).await;
        sink.stop().await;
        assert_eq!(postponed(&shop, &mailer).await, MOST_FAILURES);
        for _ in 0..20 {
            shop.wait(PROBING - TimeDelta::seconds(1));
            assert_eq!(postponed(&shop, &mailer).await, 0, "too early");
            shop.wait(TimeDelta::seconds(1));
            assert_eq!(postponed(&shop, &mailer).await, 1);
        }

        sink.start().await;
        let back = shop.now();
        let mut sent = Vec::new();
        while shop.now() - back < TimeDelta::minutes(1) {
            shop.wait(TimeDelta::seconds(5));
            sent.extend(shop.run_jobs_with(&mailer).await);
        }
        assert_eq!(sent, vec![Settlement::Met; MAILS]);
        judge(&shop, &sink).await;
    }
);

on_every_database!(
    a_worker_that_knew_of_no_failure_sends_the_backlog_and_lets_the_rest_be_tried,
    |shop| async move {
        let mut sink = SmtpSink::open(SERVER).await;
        owe(&shop).await;
        sink.stop().await;
        assert_eq!(postponed(&shop, &mailer(&sink)).await, MOST_FAILURES);

        sink.start().await;
        let other = shop.replica().await;
        let mailer = mailer(&sink);
        let never_tried = vec![Settlement::Met; MAILS - MOST_FAILURES];
        assert_eq!(other.run_jobs_with(&mailer).await, never_tried);
        shop.wait(PROBING);
        assert_eq!(other.run_jobs_with(&mailer).await, [Settlement::Met]);
        shop.wait(TimeDelta::seconds(5));
        let woken = vec![Settlement::Met; MOST_FAILURES - 1];
        assert_eq!(other.run_jobs_with(&mailer).await, woken);
        judge(&shop, &sink).await;
    }
);

/// Owes mails that have failed before for reasons of their own, so that another failure makes them wait for most of an
/// hour.
async fn owe(shop: &TestShop) {
    let id = requested(shop).await;
    for _ in 1..MAILS {
        let sent = shop
            .owner_does("sendOrderConfirmation", json!({ "order_id": id }), "")
            .await;
        assert_eq!(sent["user_errors"], json!([]));
    }
    let database = raw(shop).await;
    let failed = "UPDATE obligations SET attempts = 9 WHERE kind = 'mail'";
    database.execute_unprepared(failed).await.expect("written");
    database.close().await.expect("closed");
}

/// Runs what is due, and gives how many mails are tried again later.
async fn postponed(shop: &TestShop, mailer: &SmtpMailer) -> usize {
    let tried = shop.run_jobs_with(mailer).await;
    let all_wait = tried.iter().all(|it| matches!(it, Settlement::Postponed(_)));
    assert!(all_wait, "{tried:?}");
    tried.len()
}

/// Checks that each mail arrived once and none waits.
async fn judge(shop: &TestShop, sink: &SmtpSink) {
    let accepted = sink.accepted();
    let ids: BTreeSet<_> = accepted.iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!((accepted.len(), ids.len()), (MAILS, MAILS));
    assert_eq!(shop.jobs("WAITING").await, Vec::<Value>::new());
}
