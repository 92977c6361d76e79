//! `countermand cancel`: a dry run, the job, and going on after Ctrl-C.

use std::process::{Command, Stdio};

use countermand_tests::OrderJson;
use countermand_tests::process::{self, Run, ServerProcess};
use countermand_tests::time_limit::until;
use sea_orm::{ConnectionTrait, Database, Statement};

use super::migrated;
use crate::program::PROGRAM;

/// The rows of the table: job, canceled, refused, failed, waiting and the money.
fn row(run: &Run) -> Vec<String> {
    let row = run.out.lines().last().unwrap_or_default();
    row.split_whitespace().map(str::to_owned).collect()
}

/// A shop with cancellation on, and with this many paid orders and a shipped one.
async fn shop_with(paid: usize) -> (tempfile::TempDir, String) {
    let (folder, url) = migrated();
    let mut orders: Vec<String> = (0..paid)
        .map(|number| {
            OrderJson::new(&format!("c{number}"))
                .line("a", 1000, 1, 1, 0)
                .json()
                .to_string()
        })
        .collect();
    orders.push(
        OrderJson::new("shipped")
            .line("a", 1000, 1, 1, 1)
            .json()
            .to_string(),
    );
    let file = folder.path().join("orders.jsonl");
    std::fs::write(&file, orders.join("\n")).expect("written");
    let file = file.to_str().expect("a path");
    let imported = process::run(PROGRAM, &["import", file, "--database-url", &url]);
    assert_eq!(imported.code, 0, "{imported:?}");
    let token = process::run(
        PROGRAM,
        &["token", "create", "--role", "owner", "--database-url", &url],
    );
    let server = ServerProcess::start(PROGRAM, &url, &["--no-worker"]).await;
    let enable = "mutation { updateCancellationConfig(input: { scope: DEFAULT, enabled: true }) { user_errors { code } } }";
    let enabled = server.ask(enable).token(token.out.trim()).send().await;
    assert_eq!(
        enabled.data("/updateCancellationConfig/user_errors"),
        &serde_json::json!([])
    );
    server.kill().await;
    (folder, url)
}

/// Whether the command has canceled an order.
async fn has_canceled(url: &str) -> bool {
    let database = Database::connect(url).await.expect("a database");
    let query = "SELECT 1 FROM cancellations LIMIT 1";
    let statement = Statement::from_string(database.get_database_backend(), query);
    let row = database.query_one_raw(statement).await.expect("an answer");
    database.close().await.expect("closed");
    row.is_some()
}

fn cancel(url: &str, arguments: &[&str]) -> Run {
    let first = ["cancel", "--database-url", url, "--actor", "anna"];
    process::run(PROGRAM, &[&first, arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_tells_first_and_cancels_the_same_orders_then() {
    let (_folder, url) = shop_with(3).await;
    let selection = [
        "--filter",
        "sku=a",
        "--filter",
        "store=default",
        "--reason",
        "other",
    ];
    let told = cancel(&url, &[&selection[..], &["--dry-run"]].concat());
    assert_eq!(told.code, 1, "{told:?}");
    assert_eq!(
        row(&told),
        ["dry", "run", "3", "1", "0", "0", "$45.00"],
        "{told:?}"
    );
    assert!(told.err.contains("PARTIAL_ORDER_ITEM_SHIPPED"), "{told:?}");
    let done = cancel(&url, &[&selection[..], &["--key", "k"]].concat());
    assert_eq!(done.code, 1, "one order is refused: {done:?}");
    assert_eq!(row(&done)[1..], row(&told)[2..], "{done:?}");
    let again = cancel(&url, &[&selection[..], &["--key", "k"]].concat());
    assert_eq!(row(&again), row(&done), "the same key is the same job");
    let numbers = cancel(&url, &["--order", "c0", "--reason", "other"]);
    assert_eq!(row(&numbers)[1..5], ["0", "1", "0", "0"], "{numbers:?}");
    let doctor = process::run(PROGRAM, &["doctor", "--database-url", &url]);
    assert_eq!(doctor.code, 0, "{doctor:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_ctrl_c_ends_goes_on_with_its_job() {
    let (_folder, url) = shop_with(6).await;
    let mut slow = Command::new(PROGRAM);
    slow.args([
        "cancel",
        "--database-url",
        &url,
        "--actor",
        "anna",
        "--filter",
        "sku=a",
    ])
    .args(["--reason", "other", "--per-second", "1"])
    .stdout(Stdio::piped())
    .stderr(Stdio::piped());
    let running = slow.spawn().expect("the program starts");
    until("an order is canceled", async || has_canceled(&url).await).await;
    let id = running.id().to_string();
    let sent = Command::new("sh")
        .args(["-c", "kill -s INT \"$0\"", &id])
        .status();
    assert!(sent.expect("a shell").success());
    let output = running.wait_with_output().expect("the program ends");
    let stopped = Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    assert_eq!(stopped.code, 130, "{stopped:?}");
    let job = row(&stopped)[0].clone();
    assert!(stopped.err.contains(&format!("--resume {job}")), "{stopped:?}");
    let resumed = cancel(&url, &["--resume", &job]);
    assert_eq!(
        row(&resumed)[..5],
        [job.as_str(), "6", "1", "0", "0"],
        "{resumed:?}"
    );
}

#[test]
fn the_command_refuses_what_selects_no_orders() {
    let (_folder, url) = migrated();
    for (arguments, advice) in [
        (["--filter", "color=red"], "no condition `color`"),
        (["--filter", "status"], "write NAME=VALUE"),
        (["--filter", "store=nowhere"], "no store view `nowhere`"),
        (["--filter", "placed-from=soon"], "is no day"),
        (["--filter", "sku=a"], "must select 1 to 10000 orders"),
        (["--order", "1"], "there is no order 1"),
    ] {
        let run = cancel(&url, &[&arguments[..], &["--reason", "other"]].concat());
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains(advice), "{run:?}");
    }
    let run = cancel(&url, &["--resume", "nothing"]);
    assert!(run.err.contains("there is no such bulk cancellation"), "{run:?}");
    assert_eq!(cancel(&url, &["--reason", "other"]).code, 2);
}
