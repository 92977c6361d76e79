//! The command that checks the secrets in the database, and seals them with a key from outside it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use countermand_persistence::{ConnectOptions, Database};
use countermand_tests::node::node;
use countermand_tests::process::{self, Run, ServerProcess, Surroundings};
use countermand_tests::time_limit::until_or;
use countermand_tests::webhook_receiver::WebhookReceiver;
use serde_json::json;

use super::{assert_fails, migrated};
use crate::program::PROGRAM;

/// The base64 of 32 bytes.
const FIRST: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
/// The base64 of 32 other bytes.
const SECOND: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
const NETWORK: [&str; 2] = ["--webhook-networks", "127.0.0.0/8"];

fn with_keys(keys: &str) -> Surroundings {
    Surroundings {
        variables: vec![("SECRET_KEYS", keys.into())],
        ..Surroundings::default()
    }
}

/// The installation's secret as a value of `SECRET_KEYS`: a command with it seals as earlier versions did without a key.
async fn installation_key(url: &str) -> String {
    let database = Database::connect(&ConnectOptions::new(url)).await;
    let database = database.expect("a database");
    let secret = database.installation_secret(&[9; 32]).await.expect("a secret");
    database.close().await;
    STANDARD.encode(secret)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_move_to_a_key_from_outside_the_database_and_to_the_next_one() {
    let (_folder, url) = migrated();
    let program = |keys: &str, arguments: &[&str]| -> Run {
        let arguments = [arguments, &["--database-url", &url]].concat();
        process::run_in(PROGRAM, &arguments, b"", &with_keys(keys))
    };
    let receiver = WebhookReceiver::start().await;
    let create = [&["webhook", "create", &receiver.address], &NETWORK[..]].concat();
    assert_fails(
        &program("", &create),
        &["SECRET_KEYS is not set", "operations.md"],
    );
    let made = program(&installation_key(&url).await, &create);
    let line = |name: &str| {
        made.out
            .lines()
            .find_map(|it| it.strip_prefix(name))
            .expect("a line")
    };
    let (id, secret) = (line("endpoint: "), line("secret: "));

    let rotate = ["webhook", "rotate", id];
    assert_fails(&program("", &rotate), &["SECRET_KEYS is not set"]);
    assert_eq!(program("", &["webhook", "pause", id]).out, "state: paused\n");
    assert_eq!(program("", &["webhook", "resume", id]).out, "state: active\n");

    let sealed = |keys: &str| program(keys, &["secrets", "seal"]).out;
    assert_eq!(sealed(""), "sealed anew: 0\nunchanged: 1\n");
    assert_eq!(sealed(FIRST), "sealed anew: 1\nunchanged: 0\n");
    let both = format!("{SECOND},{FIRST}");
    assert_eq!(sealed(&both), "sealed anew: 1\nunchanged: 0\n");

    let lost = format!("cannot be opened: the webhook endpoint {id}\n");
    for keys in ["", FIRST] {
        let checked = program(keys, &["secrets", "check"]);
        assert_eq!((checked.code, checked.out.as_str()), (1, lost.as_str()), "{keys}");
        assert_fails(
            &program(keys, &["worker"]),
            &["a key that SECRET_KEYS does not hold"],
        );
    }
    let checked = program(SECOND, &["secrets", "check"]);
    assert_eq!(
        (checked.code, checked.out.as_str()),
        (0, "every secret can be opened\n")
    );

    // The endpoint still knows its secret: a message is signed with it.
    let arguments = [&["serve", "--database-url", &url], &NETWORK[..]].concat();
    let server = ServerProcess::start_in(PROGRAM, &arguments, &with_keys(SECOND)).await;
    assert_eq!(program(SECOND, &["webhook", "test", id]).code, 0);
    let has_come = async || !receiver.received().is_empty();
    until_or("the message arrives", has_come, || server.log()).await;
    let arrived = receiver.received().remove(0);
    let names = [
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "content-type",
    ];
    let headers = names.map(|name| (name.to_owned(), json!(arrived.header(name))));
    let headers: serde_json::Map<_, _> = headers.into_iter().collect();
    let body = String::from_utf8(arrived.body.to_vec()).expect("text");
    let message = json!({ "secret": secret, "headers": headers, "body": body }).to_string();
    node("webhooks.mjs", &[&message]).await;
    assert!(!server.log().contains(SECOND), "{}", server.log());
    server.kill().await;
}

/// The warnings of a server with these keys about secrets that a backup alone opens.
async fn warnings(url: &str, keys: &str) -> Vec<String> {
    let arguments = ["serve", "--database-url", url];
    let server = ServerProcess::start_in(PROGRAM, &arguments, &with_keys(keys)).await;
    let log = server.log();
    server.kill().await;
    let warnings = log
        .lines()
        .filter(|line| line.contains("countermand secrets seal"));
    warnings.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_without_a_key_from_outside_the_database_warns_once_and_a_demo_if_its_database_stays() {
    let (_folder, url) = migrated();
    let unset = "SECRET_KEYS is not set";
    let without = warnings(&url, "").await;
    assert!(
        matches!(&without[..], [one] if one.contains(unset)),
        "{without:?}"
    );
    let arguments = ["worker", "--database-url", &url, "--admin-listen", "127.0.0.1:0"];
    let worker = ServerProcess::start_in(PROGRAM, &arguments, &with_keys("")).await;
    assert_eq!(worker.log().matches(unset).count(), 1, "{}", worker.log());
    worker.kill().await;
    assert_eq!(warnings(&url, FIRST).await, Vec::<String>::new());

    // What was sealed before the key was set stays open until it is sealed anew.
    let program = |keys: &str, arguments: &[&str]| {
        let arguments = [arguments, &["--database-url", &url]].concat();
        let run = process::run_in(PROGRAM, &arguments, b"", &with_keys(keys));
        assert_eq!(run.code, 0, "{run:?}");
    };
    let create = ["webhook", "create", "https://erp.example/hooks"];
    program(&installation_key(&url).await, &create);
    let left = warnings(&url, FIRST).await;
    assert!(
        matches!(&left[..], [one] if one.contains("the webhook endpoint") && !one.contains(unset)),
        "{left:?}"
    );
    program(FIRST, &["secrets", "seal"]);
    assert_eq!(warnings(&url, FIRST).await, Vec::<String>::new());

    let demo = ServerProcess::demo(PROGRAM, &[]).await;
    assert!(!demo.log().contains("SECRET_KEYS"), "{}", demo.log());
    demo.kill().await;
    // Its database outlives the key that it drew.
    let (_other_folder, kept) = migrated();
    let demo = ServerProcess::demo(PROGRAM, &["--database-url", &kept]).await;
    let warns = demo.log().contains("after its end, nothing opens");
    assert!(warns, "{}", demo.log());
    demo.kill().await;
}

#[test]
fn a_key_of_the_wrong_length_is_refused_and_not_repeated() {
    let (_folder, url) = migrated();
    let keys = with_keys("c2hvcnQ=");
    let run = process::run_in(PROGRAM, &["secrets", "check", "--database-url", &url], b"", &keys);
    assert_ne!(run.code, 0);
    assert!(
        run.err.contains("base64 of 32 bytes") && !run.err.contains("c2hvcnQ"),
        "{run:?}"
    );
}
