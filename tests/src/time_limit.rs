//! A test that does not end fails with its name, instead of keeping all others waiting.

use std::time::Duration;

use tokio::time::{Instant, timeout};

/// The time that a test may take. The longest one takes about two minutes on an idle machine.
const LONGEST_TEST: Duration = Duration::from_secs(600);
/// The time that [`until`] waits.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Runs a test.
///
/// # Panics
/// When it has not ended after ten minutes.
pub async fn within_limit(test: impl Future<Output = ()>) {
    let ended = timeout(LONGEST_TEST, test).await;
    assert!(ended.is_ok(), "the test has not ended after {LONGEST_TEST:?}");
}

/// Looks again and again until `holds` does.
///
/// # Panics
/// When it does not hold after two minutes. `what` says what was waited for.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(
            began.elapsed() < LONGEST_WAIT,
            "{what}: not so after {LONGEST_WAIT:?}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
