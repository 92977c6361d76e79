//! `/metrics`: Prometheus' text format with a line of help for each metric, and labels that clients cannot make up.

use std::collections::BTreeSet;

use countermand_app::obligations::ObligationKind;
use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database};
use serde_json::json;

use super::{cancel, sign_in};
use crate::program::PROGRAM;

const BUYER: &str = "anna@example.com";

/// The value of the sample that begins with `series`.
pub(super) fn value(text: &str, series: &str) -> Option<f64> {
    let line = text
        .lines()
        .find(|line| line.starts_with(&format!("{series} ")))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Checks that each sample belongs to a metric with `# HELP` and `# TYPE`, and that counters end in `_total`.
fn assert_follows_conventions(text: &str) {
    let facts = |word: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(word));
        lines
            .filter_map(|rest| rest.split(' ').next().map(str::to_owned))
            .collect()
    };
    let (helps, types) = (facts("# HELP "), facts("# TYPE "));
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let name = line.split(['{', ' ']).next().expect("a name");
        let metric = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end).filter(|it| types.contains(*it)))
            .unwrap_or(name);
        assert!(metric.starts_with("countermand_"), "{line}");
        assert!(
            helps.contains(metric) && types.contains(metric),
            "no help for {line}"
        );
        let is_counter = text.contains(&format!("# TYPE {metric} counter"));
        assert_eq!(is_counter, metric.ends_with("_total"), "{line}");
    }
}

async fn prepared(shop: &TestShop) -> Vec<String> {
    shop.enable_cancellation().await;
    shop.customer(BUYER).await;
    shop.leave_jobs();
    let order = |number: &str| OrderJson::new(number).by(BUYER).line("A", 1000, 2, 2, 0).json();
    shop.import(&[order("1"), order("2")]).await
}

on_every_database!(everything_that_happens_is_counted, |shop| async move {
    let ids = prepared(&shop).await;
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
    assert_eq!(sign_in(&server, BUYER, "Wrong-123").await, None);
    let token = sign_in(&server, BUYER, "Secret-123").await.expect("a token");
    let done = cancel(server.ask(CANCEL_ORDER), &token, &ids[0], "Other")
        .send()
        .await;
    assert!(done.data("/cancelOrder/errorV2").is_null(), "{:#}", done.body);
    for reason in ["Other", "A secret of mine"] {
        cancel(server.ask(CANCEL_ORDER), &token, &ids[0], reason)
            .send()
            .await;
    }
    let named = "query HackedName123 { storeConfig { store_code } }";
    server.ask(named).send().await;
    server.ask("{ nothing_like_this }").send().await;
    server.ask(named).token("wrong").send().await;

    // What the database counts is in a later answer if it does not come soon.
    let mut text = String::new();
    until("the database has counted", async || {
        let (status, page) = server.page("/metrics").await;
        assert_eq!(status, 200);
        text = page;
        value(&text, "countermand_database_up").is_some()
    })
    .await;
    assert_follows_conventions(&text);
    for (series, expected) in [
        (
            r#"countermand_cancellations_total{outcome="canceled",reason="other",store="default"}"#,
            1.0,
        ),
        (
            r#"countermand_cancellations_total{outcome="refused",reason="other",store="default"}"#,
            1.0,
        ),
        (
            r#"countermand_cancellations_total{outcome="refused",reason="",store="default"}"#,
            1.0,
        ),
        (r#"countermand_refusals_total{code="STATE"}"#, 2.0),
        (r#"countermand_request_errors_total{code="UNAUTHENTICATED"}"#, 2.0),
        (r#"countermand_sign_ins_total{outcome="signed_in"}"#, 1.0),
        (r#"countermand_sign_ins_total{outcome="refused"}"#, 1.0),
        (r#"countermand_obligations{kind="void",state="pending"}"#, 0.0),
        (
            r#"countermand_obligations{kind="refund",state="needs_attention"}"#,
            1.0,
        ),
        (
            r#"countermand_operation_duration_seconds_count{operation="cancelOrder",outcome="ok"}"#,
            3.0,
        ),
        (
            r#"countermand_operation_duration_seconds_count{operation="storeConfig",outcome="ok"}"#,
            1.0,
        ),
        (
            r#"countermand_operation_duration_seconds_count{operation="storeConfig",outcome="errors"}"#,
            1.0,
        ),
        ("countermand_database_up", 1.0),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series} in\n{text}");
    }
    let age = value(
        &text,
        r#"countermand_obligation_oldest_age_seconds{kind="refund",state="needs_attention"}"#,
    );
    assert!(age.is_some_and(|it| (0.0..120.0).contains(&it)), "{age:?}");
    let most = value(&text, "countermand_database_connections_max");
    assert!(most.is_some_and(|it| it >= 1.0), "{most:?}");
    assert!(text.contains("countermand_build_info{") && text.contains(env!("CARGO_PKG_VERSION")));
    for free_text in ["Hacked", "secret", "anna", "nothing_like_this"] {
        assert!(!text.contains(free_text), "{free_text} in\n{text}");
    }

    // The database is not asked again for the next answer.
    let trips = value(&text, "countermand_sql_round_trips_total").expect("round trips");
    let (_, next) = server.page("/metrics").await;
    let after = value(&next, "countermand_sql_round_trips_total").expect("round trips");
    assert!(after - trips <= 1.0, "{trips} and {after}");
    let (_, third) = server.page("/metrics").await;
    assert_eq!(value(&third, "countermand_sql_round_trips_total"), Some(after));
    server.kill().await;
});

on_every_database!(a_limit_that_is_hit_is_counted, |shop| async move {
    shop.customer(BUYER).await;
    let more = [
        "--no-worker",
        "--lockout-attempts",
        "2",
        "--rate-limit-mutations-per-minute",
        "5",
    ];
    let server = ServerProcess::start(PROGRAM, shop.database_url(), &more).await;
    for _ in 0..6 {
        sign_in(&server, BUYER, "Wrong-123").await;
    }
    let (_, text) = server.page("/metrics").await;
    for (series, expected) in [
        (r#"countermand_limits_hit_total{limit="sign_in"}"#, 3.0),
        (r#"countermand_limits_hit_total{limit="mutations"}"#, 1.0),
        (r#"countermand_sign_ins_total{outcome="refused"}"#, 2.0),
        (r#"countermand_sign_ins_total{outcome="locked"}"#, 3.0),
        (r#"countermand_request_errors_total{code="RATE_LIMITED"}"#, 1.0),
    ] {
        assert_eq!(value(&text, series), Some(expected), "{series} in\n{text}");
    }
    server.kill().await;
});

/// `docs/operations.md` says what each kind is, and a rule for Prometheus watches how long the oldest of them waits, or how
/// many were given up.
#[test]
fn the_page_for_operators_explains_and_watches_each_kind_of_obligation() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/operations.md");
    let page = std::fs::read_to_string(path).expect("the page");
    let (_, after) = page.split_once("| Kind | What is owed |").expect("the table");
    let (table, _) = after.split_once("\n\n").expect("its end");
    let (_, after) = page.split_once("```yaml\n").expect("the rules");
    let (rules, _) = after.split_once("```").expect("their end");
    let watched: BTreeSet<&str> = rules
        .split("kind=")
        .skip(1)
        .filter_map(|it| it.trim_start_matches('~').split('"').nth(1))
        .flat_map(|kinds| kinds.split('|'))
        .collect();
    let kinds: BTreeSet<&str> = ObligationKind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(watched, kinds);
    for kind in kinds {
        assert_eq!(table.matches(&format!("`{kind}`")).count(), 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operators_pages_have_an_address_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    let server = ServerProcess::start(PROGRAM, &url, &["--admin-listen", "127.0.0.1:0"]).await;
    let (_, admin) = server
        .first_line
        .trim()
        .split_once("health checks and metrics at ")
        .expect("the line names the address");
    let client = countermand_tests::ask::client();
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(server.page(path).await.0, 404, "{path}");
        let answer = client
            .get(format!("{admin}{path}"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
    for path in ["/", "/graphql", "/graphiql"] {
        let answer = client
            .get(format!("{admin}{path}"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
    }
    assert_eq!(server.page("/").await.0, 200);
    let answer = server.ask("{ storeConfig { store_code } }").send().await;
    assert_eq!(answer.data("/storeConfig"), &json!({ "store_code": "default" }));
    server.signal("TERM");
    assert_eq!(server.ended().await, 0);
}
