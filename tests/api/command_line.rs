//! The commands of the program: their output, their exit codes, and their advice when a command fails.

use std::net::TcpListener;

use countermand_tests::OrderJson;
use countermand_tests::process::{self, Run, ServerProcess, Surroundings};
use serde_json::json;
use tempfile::TempDir;

use crate::program::PROGRAM;

mod bulk_cancellation;
mod channels;
mod databases;
mod printing;
mod secrets;
mod tokens;

/// A folder, and the URL of a database in it that does not exist yet.
fn scratch() -> (TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("shop.db").display());
    (folder, url)
}

/// A folder with an empty shop.
fn migrated() -> (TempDir, String) {
    let (folder, url) = scratch();
    let migrated = process::run(PROGRAM, &["migrate", "--database-url", &url]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    (folder, url)
}

/// Checks that the run failed, printed `advice`, and printed no trace of a crash.
fn assert_fails(run: &Run, advice: &[&str]) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.starts_with("countermand: "), "{run:?}");
    for part in advice {
        assert!(run.err.contains(part), "no `{part}`: {run:?}");
    }
    for noise in ["panicked", "backtrace", "Error {", "src/"] {
        assert!(!run.err.contains(noise), "{run:?}");
    }
    assert_eq!(run.err.lines().count(), 1, "{run:?}");
}

#[test]
fn the_schema_is_printed() {
    let run = process::run(PROGRAM, &["schema"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert_eq!(run.out, countermand_graphql::sdl());
}

#[test]
fn the_manual_names_every_command() {
    let run = process::run(PROGRAM, &["--help"]);
    assert_eq!(run.code, 0);
    for command in [
        "serve",
        "demo",
        "init",
        "migrate",
        "import",
        "cancel",
        "schema",
        "token",
        "mail",
        "worker",
        "customer",
        "report",
        "config",
        "completions",
        "doctor",
    ] {
        assert!(
            run.out.contains(&format!("\n  {command} ")),
            "{command}: {}",
            run.out
        );
    }
}

#[test]
fn the_message_about_a_port_in_use_says_how_to_choose_another() {
    let (_folder, url) = scratch();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let mail = tempfile::tempdir().expect("a folder");
    let mail = mail.path().display().to_string();
    let serve = process::run(
        PROGRAM,
        &[
            "serve",
            "--listen",
            &address,
            "--database-url",
            &url,
            "--mail-dir",
            &mail,
        ],
    );
    assert_fails(
        &serve,
        &[&format!("cannot listen on {address}"), "--listen", "LISTEN"],
    );
}

#[test]
fn a_worker_whose_address_is_in_use_ends_before_it_opens_a_database() {
    let (folder, url) = scratch();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let mail = folder.path().join("mail").display().to_string();
    let worker = process::run(
        PROGRAM,
        &[
            "worker",
            "--admin-listen",
            &address,
            "--database-url",
            &url,
            "--mail-dir",
            &mail,
        ],
    );
    let refusal = format!("cannot listen on {address}");
    assert_fails(&worker, &[&refusal, "--admin-listen", "WORKER_ADMIN_LISTEN"]);
    assert_eq!(worker.out, "");
    let files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(files, 0, "no database and no folder for mails is made");
}

#[test]
fn the_first_store_view_is_made_the_shops_own_without_a_question() {
    let (_folder, url) = scratch();
    let init = |arguments: &[&str]| {
        process::run(
            PROGRAM,
            &[&["init"], arguments, &["--database-url", &url]].concat(),
        )
    };
    let store =
        "store view `default`: Bakkerij Jansen, nl_BE, EUR, Europe/Amsterdam, http://localhost:3000/\n";
    let made = init(&[
        "--name",
        "Bakkerij Jansen",
        "--locale",
        "nl_BE",
        "--currency",
        "EUR",
        "--timezone",
        "Europe/Amsterdam",
    ]);
    assert_eq!((made.code, made.out.as_str()), (0, store), "{made:?}");
    let corrected = init(&["--locale", "nl_NL"]);
    assert_eq!(corrected.out, store.replace("nl_BE", "nl_NL"), "{corrected:?}");
    assert_eq!(init(&[]).out, corrected.out, "without flags nothing changes");
    assert_fails(&init(&["--locale", "dutch"]), &["--locale", "nl_NL"]);
    assert_fails(
        &init(&["--timezone", "Amsterdam"]),
        &["--timezone", "Europe/Amsterdam"],
    );
    assert_fails(&init(&["--storefront-url", "shop"]), &["--storefront-url"]);
    assert_eq!(init(&["--currency", "Euro"]).code, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_log_records_what_the_command_line_does() {
    let (folder, url) = migrated();
    let file = folder.path().join("orders.json");
    std::fs::write(
        &file,
        json!([OrderJson::new("1").line("A", 1000, 1, 0, 0).json()]).to_string(),
    )
    .expect("a file");
    let run = |arguments: &[&str]| {
        let run = process::run(PROGRAM, &[arguments, &["--database-url", &url]].concat());
        assert_eq!(run.code, 0, "{run:?}");
        run.out
    };
    run(&["token", "create", "--role", "viewer", "--name", "v"]);
    run(&["token", "revoke", "v"]);
    run(&["import", file.to_str().expect("a path")]);
    let owner = run(&["token", "create", "--role", "owner", "--name", "boss"]);
    let server = ServerProcess::start(PROGRAM, &url, &[]).await;
    let log = server
        .ask("{ auditLog { items { actor action target origin details } } }")
        .token(owner.trim())
        .send()
        .await;
    let entry = |action: &str, target: &str, details: &str| json!({ "actor": "system", "action": action, "target": target, "origin": "", "details": details });
    assert_eq!(
        log.data("/auditLog/items"),
        &json!([
            entry("createStaffToken", "boss", "owner"),
            entry(
                "importOrders",
                "all",
                "1 imported, 0 updated, 0 skipped, 0 refused"
            ),
            entry("importOrders", "all", "begins"),
            entry("revokeStaffTokens", "v", ""),
            entry("createStaffToken", "v", "viewer"),
        ])
    );
    server.kill().await;
}

#[test]
fn the_configuration_says_where_each_value_comes_from_and_hides_secrets() {
    let surroundings = Surroundings {
        variables: vec![
            ("LISTEN", "127.0.0.1:9999".into()),
            ("DATABASE_URL", "postgres://shop:s3cret@db/shop".into()),
            ("SMTP_URL", "smtp://mailer:s3cret@mail.example:587".into()),
            ("JWT_SECRET", "s3cret-s3cret-s3cret-s3cret-s3cret".into()),
            ("CORS_ORIGINS", String::new()),
            ("RUST_LOG", "warn".into()),
        ],
        ..Surroundings::default()
    };
    let run = process::run_in(PROGRAM, &["config", "--workers", "3"], b"", &surroundings);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!run.out.contains("s3cret"), "{}", run.out);
    for address in [
        "postgres:u:s3cret@h/x",
        "u:s3cret@h/x",
        "sqlite:/f?password=s3cret",
    ] {
        let run = process::run(PROGRAM, &["config", "--database-url", address]);
        assert!(run.code == 0 && !run.out.contains("s3cret"), "{run:?}");
    }
    for expected in [
        ["--listen", "127.0.0.1:9999", "variable LISTEN"],
        [
            "--database-url",
            "postgres://shop@db/shop",
            "variable DATABASE_URL",
        ],
        [
            "--smtp-url",
            "smtp://mailer@mail.example:587",
            "variable SMTP_URL",
        ],
        ["--jwt-secret", "(hidden)", "variable JWT_SECRET"],
        ["--workers", "3", "flag"],
        ["--request-timeout", "8", "default"],
        ["--cors-origins", "not set", ""],
        ["RUST_LOG", "warn", "variable RUST_LOG"],
        ["--log-format", "text", "default"],
    ] {
        let expected: Vec<&str> = expected.iter().flat_map(|it| it.split_whitespace()).collect();
        let line = run
            .out
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        assert!(
            line.into_iter().any(|it| it == expected),
            "{expected:?}: {}",
            run.out
        );
    }
}

#[test]
fn shells_can_complete_the_command_line() {
    for shell in ["bash", "zsh", "fish"] {
        let run = process::run(PROGRAM, &["completions", shell]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(
            run.out.contains("countermand") && run.out.contains("doctor"),
            "{shell}"
        );
    }
    let script = process::run(PROGRAM, &["completions", "bash"]).out;
    let checked = std::process::Command::new("bash").args(["-nc", &script]).status();
    assert!(checked.is_ok_and(|it| it.success()), "bash reads the script");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_variable_is_one_that_is_not_set() {
    let (_folder, url) = scratch();
    let names = [
        "LISTEN",
        "SMTP_URL",
        "REQUEST_TIMEOUT",
        "JWT_ISSUER",
        "LOG_FORMAT",
        "RUST_LOG",
        "NO_WORKER",
    ];
    let surroundings = Surroundings {
        variables: names.map(|name| (name, String::new())).into(),
        ..Surroundings::default()
    };
    let server = ServerProcess::start_in(PROGRAM, &["serve", "--database-url", &url], &surroundings).await;
    assert!(server.log().contains("mail=\"files in "), "{}", server.log());
    server.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_listens_on_a_name() {
    let (_folder, url) = scratch();
    let server = ServerProcess::start(PROGRAM, &url, &["--listen", "localhost:0"]).await;
    assert_eq!(server.page("/readyz").await, (200, "ready\n".to_owned()));
    server.kill().await;
    let run = process::run(PROGRAM, &["serve", "--database-url", &url, "--listen", "8080"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("such as 127.0.0.1:8080"), "{run:?}");
}

#[test]
fn a_filter_of_the_log_that_is_not_understood_is_said() {
    let (_folder, url) = scratch();
    for wrong in ["debgu", "sqlx=loud"] {
        let surroundings = Surroundings {
            variables: vec![("RUST_LOG", wrong.into())],
            ..Surroundings::default()
        };
        let run = process::run_in(PROGRAM, &["migrate", "--database-url", &url], b"", &surroundings);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.err.contains("RUST_LOG is not understood"), "{run:?}");
    }
}
