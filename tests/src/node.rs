//! Scripts of `tests/node`: what judges the server with the tools of its clients.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// Where the scripts and their packages are.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
/// How long a script may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs `node SCRIPT ARGUMENTS...` in `tests/node`; none when it was left out.
///
/// A script says what is wrong on its output and exits with something else than 0. It is left out, and that is said,
/// where Node.js or the packages of `tests/node` are missing, unless `COUNTERMAND_REQUIRE_NODE` is 1.
///
/// # Panics
/// When the script fails or takes too long, or when it is required and cannot be run.
pub async fn node(script: &str, arguments: &[&str]) -> Option<()> {
    if let Some(missing) = missing().await {
        return leave_out(script, missing);
    }
    let running = Command::new("node")
        .arg(script)
        .args(arguments)
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

/// Runs a script that opens a browser: as [`node`], and left out as well where there is no Chromium. `CHROMIUM` names
/// another than Debian's.
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

/// What is not there to run scripts.
async fn missing() -> Option<&'static str> {
    let version = Command::new("node").arg("--version").output().await;
    if !version.is_ok_and(|run| run.status.success()) {
        return Some("there is no node");
    }
    // npm writes this file when it has installed everything.
    if !Path::new(FOLDER)
        .join("node_modules/.package-lock.json")
        .is_file()
    {
        return Some("its packages are not installed: npm ci --prefix tests/node");
    }
    None
}
