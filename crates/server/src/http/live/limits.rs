//! The limits of connections that stay open. How many of them one network address may have stands in
//! `../connections_per_address.rs`.

use std::time::Duration;

/// The limits of connections that stay open. `docs/http.md` lists them for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveLimits {
    /// How long a WebSocket may take to send `connection_init`.
    pub init: Duration,
    /// How often an idle connection is spoken to. A client that is silent for three times as long is gone.
    pub ping: Duration,
    /// How long a message may wait for a client that does not read; then the client is cut off.
    pub slow_reader: Duration,
    /// The largest number of operations of one WebSocket at a time.
    pub operations: usize,
    /// The largest message from a client, in bytes.
    pub message: usize,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            init: Duration::from_secs(3),
            ping: Duration::from_secs(15),
            slow_reader: Duration::from_secs(30),
            operations: 50,
            message: 128 * 1024,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The servers of other tests wait longer.
    #[test]
    fn a_websocket_has_three_seconds_to_begin() {
        assert_eq!(LiveLimits::default().init, Duration::from_secs(3));
    }
}
