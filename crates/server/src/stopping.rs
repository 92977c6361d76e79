//! How long each step may take when the program stops. `docs/operations.md` lists the steps.

use std::time::Duration;

/// How long a client that connected just before the server stops may take to send its first request.
pub(crate) const FIRST_REQUEST: Duration = Duration::from_secs(1);
/// How long requests under way may take after the server stops or the life of their connection ends.
pub(crate) const GRACE: Duration = Duration::from_secs(10);
/// How long the database may take to close when the program stops.
pub(crate) const CLOSING: Duration = Duration::from_secs(3);
/// How long the program waits at its end for threads that still run, such as one that reads standard input or searches
/// for an address by name.
pub(crate) const LAST_THREADS: Duration = Duration::from_secs(1);
