//! Runs the scripts of `tests/node`, which test the server with the tools of its clients.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::script::{leave_out, printed_by, serving};

/// The folder with the scripts and their packages.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/node");
/// The variable that makes every script required.
const REQUIRED: &str = "COUNTERMAND_REQUIRE_NODE";
/// The time that a script may take. The one of the storefront takes about two minutes on an idle machine.
const PATIENCE: Duration = Duration::from_secs(900);

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
        leave_out(script, REQUIRED, missing);
        return None;
    }
    let mut running = Command::new("node");
    running.arg(script).args(arguments).current_dir(FOLDER);
    running.envs(variables.iter().copied());
    printed_by(script, &mut running, PATIENCE).await;
    Some(())
}

/// Starts `node SCRIPT ARGUMENTS...` in `tests/node`, which serves until it is dropped, and gives its process and its
/// address; none when the script was skipped, see [`node`]. `needed` is a path in `tests/node` without which it is skipped,
/// and how that path is made.
///
/// # Panics
/// When the script does not serve, and when a required script cannot be run.
pub async fn node_server(script: &str, arguments: &[&str], needed: (&str, &str)) -> Option<(Child, String)> {
    let (path, how) = needed;
    let missing = match missing().await {
        None if !Path::new(FOLDER).join(path).exists() => Some(how),
        missing => missing,
    };
    if let Some(missing) = missing {
        leave_out(script, REQUIRED, missing);
        return None;
    }
    let mut running = Command::new("node");
    running.arg(script).args(arguments).current_dir(FOLDER);
    Some(serving(script, &mut running).await)
}

/// Runs a script that opens a browser, like [`node`]. Without Chromium the script is skipped too. `CHROMIUM` names
/// another browser than Debian's.
///
/// # Panics
/// As [`node`] does.
pub async fn browser(script: &str, arguments: &[&str]) -> Option<()> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    if !Path::new(&chromium).is_file() {
        leave_out(script, REQUIRED, "there is no chromium");
        return None;
    }
    node(script, arguments).await
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
