//! Runs the scripts of `tests/node` and `tests/python`.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

/// What `running` prints, which is the script called `name`.
///
/// # Panics
/// When the script cannot be run, fails, or takes longer than `patience`.
pub(crate) async fn printed_by(name: &str, running: &mut Command, patience: Duration) -> String {
    let running = running.stdin(Stdio::null()).kill_on_drop(true).output();
    let run = tokio::time::timeout(patience, running).await;
    let run = run.unwrap_or_else(|_| panic!("{name} did not end within {patience:?}"));
    let run = run.unwrap_or_else(|problem| panic!("{name} cannot be run: {problem}"));
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{name}: {}\n{out}{err}", run.status);
    out.into_owned()
}

/// Leaves the script called `name` out, because something is `missing`, and says so.
///
/// # Panics
/// When the variable `required` of the environment is 1.
pub(crate) fn leave_out(name: &str, required: &str, missing: &str) {
    let is_required = std::env::var(required).is_ok_and(|it| it == "1");
    assert!(!is_required, "{name} is required, but {missing}");
    eprintln!("{name} was left out: {missing}");
}
