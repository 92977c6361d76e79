//! Runs the scripts of `tests/python`, which test with the tools of other vendors.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tokio::process::{Child, Command};

use crate::script::{leave_out, printed_by, serving};

/// The folder with the scripts and their packages.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
/// Python with the packages of `requirements.txt`.
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/venv/bin/python");
/// The time that a script may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs `SCRIPT ARGUMENTS...` of `tests/python`, and gives the JSON that it prints; none when the script was skipped.
///
/// Without the packages of `tests/python/requirements.txt` the script is skipped, and a message says so, unless
/// `COUNTERMAND_REQUIRE_PYTHON` is 1.
///
/// # Panics
/// When the script fails or takes too long, and when a required script cannot be run.
pub async fn python(script: &str, arguments: &[&str]) -> Option<Value> {
    let mut running = command(script, arguments)?;
    let out = printed_by(script, &mut running, PATIENCE).await;
    Some(serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{script}: {problem}\n{out}")))
}

/// Starts `SCRIPT ARGUMENTS...` of `tests/python`, which serves until it is dropped, and gives its process and its address;
/// none when the script was skipped, see [`python`].
///
/// # Panics
/// When the script does not serve, and when a required script cannot be run.
pub async fn python_server(script: &str, arguments: &[&str]) -> Option<(Child, String)> {
    let mut running = command(script, arguments)?;
    Some(serving(script, &mut running).await)
}

/// The command that runs the script; none, and a message says so, without the packages.
fn command(script: &str, arguments: &[&str]) -> Option<Command> {
    if !Path::new(PYTHON).exists() {
        let missing = "its packages are not installed: see tests/python/requirements.txt";
        leave_out(script, "COUNTERMAND_REQUIRE_PYTHON", missing);
        return None;
    }
    let mut command = Command::new(PYTHON);
    command.args(["-B", script]).args(arguments).current_dir(FOLDER);
    Some(command)
}
