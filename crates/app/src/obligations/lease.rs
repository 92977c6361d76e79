//! How long one worker, or one request, has an obligation to itself.

use std::time::Duration;

/// How long an obligation is held: by a worker that claimed it to meet it, and by what settles it in another way. It is
/// longer than a request may take, and longer than an attempt that a worker begins as late as it may.
pub(crate) const LEASE: Duration = Duration::from_secs(120);
