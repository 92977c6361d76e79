//! Runs the scripts of `tests/node` and `tests/python`.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// The time until a script must serve. The judge of payment providers tries all that it judges before.
const LONGEST_START: Duration = Duration::from_secs(300);

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

/// Starts `running`, which is the script called `name` and serves until it is dropped: the process, and the address at
/// the end of its first line.
///
/// # Panics
/// When the script cannot be run, or does not say where it serves.
pub(crate) async fn serving(name: &str, running: &mut Command) -> (Child, String) {
    let started = running
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = started.unwrap_or_else(|problem| panic!("{name} cannot be run: {problem}"));
    let mut lines = BufReader::new(child.stdout.take().expect("the output is piped")).lines();
    let first = tokio::time::timeout(LONGEST_START, lines.next_line()).await;
    let first = first.unwrap_or_else(|_| panic!("{name} does not serve within {LONGEST_START:?}"));
    let first = first.expect("a text").unwrap_or_else(|| panic!("{name} ended"));
    let address = first.rsplit(' ').next().expect("an address").to_owned();
    (child, address)
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
