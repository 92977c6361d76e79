//! How long tests wait, on a machine that is busy with others: what must come is waited for by its condition, and what
//! must be quick is tried again.

use std::time::Duration;

use tokio::time::{Instant, timeout};

/// The time that a test may take. The longest one takes about two minutes on an idle machine.
const LONGEST_TEST: Duration = Duration::from_secs(1_200);
/// The time that [`until`] waits, and within which a program must start, end or answer: this is no measurement.
pub const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// The longest pause between two looks of [`until`]. The first ones are short.
const LONGEST_PAUSE: Duration = Duration::from_millis(25);
/// How often [`soon`] tries.
const TRIES: u32 = 10;

/// Runs a test. One that does not end fails with its name, instead of keeping all others waiting.
///
/// # Panics
/// When it has not ended after twenty minutes.
pub async fn within_limit(test: impl Future<Output = ()>) {
    let ended = timeout(LONGEST_TEST, test).await;
    assert!(ended.is_ok(), "the test has not ended after {LONGEST_TEST:?}");
}

/// Looks again and again until `holds` does.
///
/// # Panics
/// When it does not hold after two minutes. `what` says what was waited for.
pub async fn until(what: &str, holds: impl AsyncFnMut() -> bool) {
    until_or(what, holds, String::new).await;
}

/// The same. A failure shows the `evidence` as well, such as the log of the program.
///
/// # Panics
/// As [`until`] does.
pub async fn until_or(what: &str, mut holds: impl AsyncFnMut() -> bool, evidence: impl Fn() -> String) {
    let began = Instant::now();
    let mut pause = Duration::from_millis(5);
    while !holds().await {
        assert!(
            began.elapsed() < LONGEST_WAIT,
            "{what}: not so after {LONGEST_WAIT:?}\n{}",
            evidence()
        );
        tokio::time::sleep(pause).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

/// Tries `run`, which gives the time that was measured, until that time is below `limit`. Other programs use the machine
/// too, so one of ten tries is enough: what is slow by itself is slow each time.
///
/// # Panics
/// When no try was below `limit`. `what` says what was measured.
pub async fn soon(what: &str, limit: Duration, mut run: impl AsyncFnMut() -> Duration) {
    let mut fastest = Duration::MAX;
    for _ in 0..TRIES {
        let took = run().await;
        if took < limit {
            return;
        }
        eprintln!("{what}: {took:?} is too long");
        fastest = fastest.min(took);
    }
    panic!("{what}: {fastest:?} at best, and less than {limit:?} is expected");
}
