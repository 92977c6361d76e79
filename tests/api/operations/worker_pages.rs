//! The pages that a worker has for the operator: health checks, and metrics of what the worker did.

use std::sync::Mutex;

use countermand_tests::mail_folder::MailFolder;
use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::{until, until_or};
use countermand_tests::{OrderJson, on_every_database};

use super::measured::value;
use super::{cancel, sign_in};
use crate::program::PROGRAM;

const BUYER: &str = "anna@example.com";
/// The mails that wait for a worker of any process.
const MAILS_OWED: &str = r#"countermand_obligations{kind="mail",state="pending"}"#;
/// The mails that this process sent.
const MAILS_SENT: &str = r#"countermand_obligation_attempts_total{kind="mail",outcome="met"}"#;

/// The metrics of `process` once `series` is `expected`. The counts of the database are up to five seconds old.
async fn metrics_when(process: &ServerProcess, series: &str, expected: f64) -> String {
    let last = Mutex::new(String::new());
    let looks = async || {
        let (_, text) = process.page("/metrics").await;
        let is_so = value(&text, series) == Some(expected);
        *last.lock().expect("the page") = text;
        is_so
    };
    let page = || last.lock().expect("the page").clone();
    until_or(&format!("{series} is {expected}"), looks, page).await;
    page()
}

on_every_database!(
    a_worker_shows_what_it_did_and_that_it_is_ready,
    |shop| async move {
        shop.enable_cancellation().await;
        shop.customer(BUYER).await;
        shop.leave_jobs();
        let order = OrderJson::new("1").by(BUYER).line("A", 1000, 1, 0, 0);
        let id = shop.import(&[order.json()]).await.remove(0);
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
        let token = sign_in(&server, BUYER, "Secret-123").await.expect("a token");
        let done = cancel(server.ask(CANCEL_ORDER), &token, &id, "Other")
            .send()
            .await;
        assert!(done.data("/cancelOrder/errorV2").is_null(), "{:#}", done.body);
        let text = metrics_when(&server, MAILS_OWED, 1.0).await;
        assert_eq!(
            value(&text, MAILS_SENT),
            None,
            "a server without a worker sends nothing"
        );

        let worker = ServerProcess::worker(PROGRAM, shop.database_url()).await;
        metrics_when(&worker, MAILS_SENT, 1.0).await;
        let text = metrics_when(&worker, MAILS_OWED, 0.0).await;
        assert_eq!(value(&text, MAILS_SENT), Some(1.0), "the mail is sent once");
        metrics_when(&worker, "countermand_database_up", 1.0).await;
        assert!(text.contains("countermand_build_info{"), "{text}");
        assert_eq!(MailFolder::new(&worker.folder().join("mail")).mails().len(), 1);
        assert_eq!(worker.page("/healthz").await, (200, "ok\n".to_owned()));
        until("the worker is ready", async || {
            worker.page("/readyz").await == (200, "ready\n".to_owned())
        })
        .await;
        for path in ["/", "/graphql", "/graphiql"] {
            assert_eq!(worker.page(path).await.0, 404, "a worker has no {path}");
        }

        worker.signal("TERM");
        assert_eq!(worker.ended().await, 0);
        let text = metrics_when(&server, MAILS_OWED, 0.0).await;
        assert_eq!(
            value(&text, MAILS_SENT),
            None,
            "each process counts its own attempts"
        );
        server.kill().await;
    }
);
