//! Runs the scripts of `tests/python`, which test with the tools of other vendors.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

/// The folder with the scripts and their packages.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
/// Python with the packages of `requirements.txt`.
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/python/venv/bin/python");
/// The time that a script may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `SCRIPT ARGUMENTS...` of `tests/python`, and gives the JSON that it prints; none when the script was skipped.
///
/// Without the packages of `tests/python/requirements.txt` the script is skipped, and a message says so, unless
/// `COUNTERMAND_REQUIRE_PYTHON` is 1.
///
/// # Panics
/// When the script fails or takes too long, and when a required script cannot be run.
pub async fn python(script: &str, arguments: &[&str]) -> Option<Value> {
    if !Path::new(PYTHON).exists() {
        let required = std::env::var("COUNTERMAND_REQUIRE_PYTHON").is_ok_and(|it| it == "1");
        let advice = "its packages are not installed: see tests/python/requirements.txt";
        assert!(!required, "{script} is required, but {advice}");
        eprintln!("{script} was left out: {advice}");
        return None;
    }
    let running = Command::new(PYTHON)
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
    Some(serde_json::from_str(&out).unwrap_or_else(|problem| panic!("{script}: {problem}\n{out}")))
}
