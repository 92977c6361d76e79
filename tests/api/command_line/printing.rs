//! What the commands do when their output cannot be written.

use std::fs::{File, OpenOptions};
use std::io::PipeWriter;
use std::path::Path;
use std::time::Duration;

use countermand_tests::{OrderJson, ask, process};
use serde_json::json;

use super::{assert_fails, migrated};
use crate::program::PROGRAM;

/// The end of a pipe whose reader is gone, as `head` leaves it behind.
fn closed_pipe() -> PipeWriter {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer
}

/// Calls `check` with each command that prints, in a shop with one order of a guest.
fn with_each_printing_command(check: impl Fn(&[&str])) {
    let (folder, url) = migrated();
    let file = folder.path().join("orders.json");
    let order = OrderJson::new("1").by_guest("ann@example.com");
    let orders = json!([order.line("A", 1000, 1, 0, 0).json()]).to_string();
    std::fs::write(&file, orders).expect("a file");
    let (file, mails) = (file.display().to_string(), folder.path().join("mails"));
    let mails = mails.display().to_string();
    for command in [
        &["--help"][..],
        &["token", "--help"],
        &["--version"],
        &["schema"],
        &["completions", "bash"],
        &["config"],
        &["mail", "preview", "--out", &mails],
    ] {
        check(command);
    }
    for command in [
        &["migrate"][..],
        &["init"],
        &["import", &file],
        &["doctor"],
        &["token", "create", "--role", "viewer", "--name", "v"],
        &["token", "list"],
        &["report", "--from", "2026-01-01", "--to", "2026-01-31", "--csv"],
        &["report", "--from", "2026-01-01", "--to", "2026-01-31"],
        &["customer", "export", "ann@example.com", "--guest-orders"],
        &["token", "revoke", "v"],
        &["customer", "erase", "ann@example.com", "--guest-orders", "--yes"],
    ] {
        check(&[command, &["--database-url", &url]].concat());
    }
}

#[test]
fn a_command_whose_reader_is_gone_ends_without_a_word() {
    with_each_printing_command(|command| {
        let run = process::run_into(PROGRAM, command, closed_pipe());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{command:?}: {run:?}");
    });
}

#[test]
fn a_command_whose_output_cannot_be_written_fails_with_an_explanation() {
    with_each_printing_command(|command| {
        let full = OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("a full disk");
        let run = process::run_into(PROGRAM, command, full);
        assert_fails(&run, &["cannot write to standard output", "No space left"]);
    });
}

#[test]
fn a_refusal_of_an_import_keeps_its_exit_code_when_its_reader_is_gone() {
    let (folder, url) = migrated();
    let file = folder.path().join("orders.json");
    std::fs::write(&file, r#"[{"increment_id": "1"}]"#).expect("a file");
    let import = ["import", file.to_str().expect("a path"), "--database-url", &url];
    let run = process::run_into(PROGRAM, &import, closed_pipe());
    assert_eq!(run.code, 1, "{run:?}");
    assert!(!run.err.contains("panicked"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_reader_is_gone_goes_on() {
    for command in ["serve", "demo"] {
        let folder = tempfile::tempdir().expect("a folder");
        let (database, log) = (folder.path().join("shop.db"), folder.path().join("log.txt"));
        let mut child = std::process::Command::new(PROGRAM)
            .args([command, "--listen", "127.0.0.1:0", "--database-url"])
            .arg(format!("sqlite:{}", database.display()))
            .env("MAIL_DIR", folder.path())
            .env("TMPDIR", folder.path())
            .stdout(closed_pipe())
            .stderr(File::create(&log).expect("a file"))
            .spawn()
            .expect("the program starts");
        let is_ready = is_ready(&log).await;
        child.kill().expect("the server ran until now");
        child.wait().expect("the server ended");
        let log = std::fs::read_to_string(&log).expect("a log");
        assert!(is_ready && !log.contains("panicked"), "{command}: {log}");
    }
}

/// Whether the server that writes `log` says that it is ready, within two minutes.
async fn is_ready(log: &Path) -> bool {
    for _ in 0..1_200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let log = std::fs::read_to_string(log).expect("a log");
        let Some((_, address)) = log.split_once(" listen=") else {
            continue;
        };
        let address = address.split_whitespace().next().expect("an address");
        let answer = ask::client().get(format!("http://{address}/readyz"));
        if answer.send().await.is_ok_and(|it| it.status() == 200) {
            return true;
        }
    }
    false
}
