//! What the shops of the tests log.

use tracing::Level;

/// Prints the errors that shops log. The test harness shows them with a test that fails: an answer says only that the
/// server failed, and the log says why.
pub(crate) fn print_errors() {
    // All tests of a program share one log, and only the first call can set it up.
    let _ = tracing_subscriber::fmt()
        .with_max_level(Level::ERROR)
        .with_test_writer()
        .try_init();
}
