//! Runs the scripts of `tests/node`, which test the server with the tools of its clients.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// The folder with the scripts and their packages.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
/// The time that a script may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs `node SCRIPT ARGUMENTS...` in `tests/node`, and gives its output; none when the script was skipped.
///
/// A script prints each problem and then exits with a code other than 0. Without Node.js or the packages of
/// `tests/node` the script is skipped, and a message says so, unless `COUNTERMAND_REQUIRE_NODE` is 1.
///
/// # Panics
/// When the script fails or takes too long, and when a required script cannot be run.
pub async fn node(script: &str, arguments: &[&str]) -> Option<()> {
    node_with(script, arguments, &[]).await
}

/// The same as [`node`] with these variables in its environment.
///
/// # Panics
/// As [`node`] does.
pub async fn node_with(script: &str, arguments: &[&str], variables: &[(&str, &OsStr)]) -> Option<()> {
    if let Some(missing) = missing().await {
        return leave_out(script, missing);
    }
    let running = Command::new("node")
        .arg(script)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(FOLDER)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let run = tokio::time::timeout(PATIENCE, running).await;
    let run = run.unwrap_or_else(|_| panic!("{script} did not end within {PATIENCE:?}"));
    let run = run.unwrap_or_else(|problem| panic!("{script} cannot be run: {problem}"));
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{script}: {}\n{out}{err}", run.status);
    Some(())
}

/// Runs a script that opens a browser, like [`node`]. Without Chromium the script is skipped too. `CHROMIUM` names
/// another browser than Debian's.
///
/// # Panics
/// As [`node`] does.
pub async fn browser(script: &str, arguments: &[&str]) -> Option<()> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    if !Path::new(&chromium).is_file() {
        return leave_out(script, "there is no chromium");
    }
    node(script, arguments).await
}

fn leave_out(script: &str, missing: &str) -> Option<()> {
    let required = std::env::var("COUNTERMAND_REQUIRE_NODE").is_ok_and(|it| it == "1");
    assert!(!required, "{script} is required, but {missing}");
    eprintln!("{script} was left out: {missing}");
    None
}

/// What is missing to run scripts; none when all is there.
async fn missing() -> Option<&'static str> {
    let version = Command::new("node").arg("--version").output().await;
    if !version.is_ok_and(|run| run.status.success()) {
        return Some("there is no node");
    }
    // npm writes this file at the end of an installation.
    if !Path::new(FOLDER)
        .join("node_modules/.package-lock.json")
        .is_file()
    {
        return Some("its packages are not installed: npm ci --prefix tests/node");
    }
    None
}
