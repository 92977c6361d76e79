//! The log: one line for each thing that happened, with ids and codes, and nothing that names a person.

use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, on_every_database};
use serde_json::{Value, json};

use super::{cancel, sign_in};
use crate::program::PROGRAM;

const BUYER: &str = "anna.larsen@example.com";

/// The lines of a log in JSON, each with its message beside its fields.
fn lines(log: &str) -> Vec<Value> {
    let line = |text| serde_json::from_str::<Value>(text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    log.lines().map(|text| line(text)["fields"].clone()).collect()
}

/// The only line with this message.
fn only<'a>(lines: &'a [Value], message: &str) -> &'a Value {
    let found: Vec<_> = lines.iter().filter(|line| line["message"] == message).collect();
    assert_eq!(found.len(), 1, "{message}: {lines:#?}");
    found[0]
}

on_every_database!(each_thing_that_happens_is_one_line, |shop| async move {
    shop.enable_cancellation().await;
    shop.customer(BUYER).await;
    let order = OrderJson::new("100000042").by(BUYER).line("A", 1000, 2, 2, 0);
    let id = shop.import(&[order.json()]).await.remove(0);
    shop.leave_jobs();
    let staff = shop.owner().to_owned();
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--log-format", "json"]).await;

    sign_in(&server, BUYER, "Wrong-123").await;
    sign_in(&server, "stranger@example.com", "Wrong-123").await;
    let token = sign_in(&server, BUYER, "Secret-123").await.expect("a token");
    for _ in 0..2 {
        cancel(server.ask(CANCEL_ORDER), &token, &id, "Other")
            .send()
            .await;
    }
    let change = "mutation { updateSettings(input: { scope: STORE, code: \"default\", values: [{ key: \
                  \"sales_email/order_comment/copy_to\", value: \"boss@example.com\" }] }) { user_errors { message } } }";
    let on = "mutation { updateCancellationConfig(input: { scope: STORE, code: \"default\", enabled: true }) \
              { user_errors { message } } }";
    for mutation in [change, on] {
        let answer = server.ask(mutation).token(&staff).send().await;
        assert!(answer.body.get("errors").is_none(), "{:#}", answer.body);
    }
    let told = ["an obligation is met", "an obligation waits for staff"];
    until("both obligations are told", async || {
        let log = server.log();
        told.iter().all(|line| log.contains(line))
    })
    .await;
    server.signal("TERM");
    let (code, log) = server.ended_with_log().await;
    assert_eq!(code, 0);
    let lines = lines(&log);

    assert_tells(&lines);
    for person in [
        "@",
        "anna",
        "larsen",
        "stranger",
        "boss",
        "Secret-123",
        "Wrong-123",
        "cmc_",
        "cms_",
    ] {
        assert!(
            !log.to_lowercase().contains(&person.to_lowercase()),
            "{person} in {log}"
        );
    }
});

/// Checks the lines of a customer who canceled an order, and of staff who changed settings.
fn assert_tells(lines: &[Value]) {
    let start = only(lines, "the server started");
    for field in [
        "version",
        "database",
        "listen",
        "mail",
        "requests_per_minute",
        "request_timeout_seconds",
    ] {
        assert!(!start[field].is_null(), "{field}: {start:#}");
    }
    let changed = only(lines, "an order was changed");
    assert_eq!(
        [
            &changed["event"],
            &changed["number"],
            &changed["store"],
            &changed["reason"],
            &changed["operation"]
        ],
        ["order.canceled", "100000042", "default", "other", "cancelOrder"]
    );
    assert_eq!(changed["version"], 2);
    assert_eq!(changed["owes"], 2, "a mail and a refund");
    assert!(
        changed["actor"]
            .as_str()
            .is_some_and(|it| it.starts_with("customer:")),
        "{changed:#}"
    );
    let refused = only(lines, "a change of an order was refused");
    assert_eq!(
        (&refused["code"], &refused["order"]),
        (&json!("STATE"), &changed["order"])
    );
    let customer = only(lines, "a customer signed in")["customer"].clone();
    let codes: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "a sign-in was refused")
        .map(|line| (line["code"].clone(), line["customer"].clone()))
        .collect();
    assert_eq!(
        codes,
        [
            (json!("WRONG_PASSWORD"), customer),
            (json!("NO_ACCOUNT"), Value::Null)
        ]
    );
    let met = only(lines, "an obligation is met");
    assert_eq!((&met["kind"], &met["order"]), (&json!("mail"), &changed["order"]));
    let waits = only(lines, "an obligation waits for staff");
    assert_eq!(
        (&waits["kind"], &waits["order"]),
        (&json!("refund"), &changed["order"])
    );
    let settings: Vec<_> = lines
        .iter()
        .filter(|line| line["message"] == "settings were changed")
        .collect();
    assert!(
        settings
            .iter()
            .any(|it| it["operation"] == "updateCancellationConfig"),
        "{settings:#?}"
    );
    only(lines, "the program was told to stop");
}

#[test]
fn colors_are_left_out_where_they_are_not_wanted() {
    use countermand_tests::process::{Surroundings, run_in};

    // `script` gives the program a terminal.
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    let command = format!("{PROGRAM} migrate --database-url {url}");
    for (wanted, colored) in [("", true), ("1", false)] {
        let surroundings = Surroundings {
            variables: vec![("RUST_LOG", "debgu".into()), ("NO_COLOR", wanted.into())],
            ..Surroundings::default()
        };
        let terminal = ["-qec", &command, "/dev/null"];
        if std::process::Command::new("script")
            .arg("--version")
            .output()
            .is_err()
        {
            return eprintln!("there is no program `script`, so colors are not tested");
        }
        let run = run_in("script", &terminal, b"", &surroundings);
        assert!(run.out.contains("RUST_LOG"), "{run:?}");
        assert_eq!(run.out.contains('\u{1b}'), colored, "NO_COLOR={wanted}: {run:?}");
    }
}
