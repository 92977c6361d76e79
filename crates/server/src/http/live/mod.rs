//! Subscriptions over WebSocket and as server-sent events: connections that stay open.

mod close_code;
mod connection_handle;
mod events;
mod limits;
mod message;
mod origin;
mod socket;
mod talk;

pub(super) use connection_handle::ConnectionHandle;
pub(super) use events::respond;
pub use limits::LiveLimits;
pub(super) use socket::{TOO_MANY, asks_for_socket, upgrade};

/// The gauge of connections that are a WebSocket or a stream of events.
const OPEN: &str = "countermand_live_connections";
/// The counter of updates that were sent.
const UPDATES: &str = "countermand_live_updates_total";
/// The counter of readers that were cut off, because they did not read.
const CUT: &str = "countermand_live_readers_cut_total";

/// An open WebSocket or stream of events, for the gauge. It counts until it is dropped.
struct Open(&'static str);

impl Open {
    fn count(transport: &'static str) -> Self {
        metrics::gauge!(OPEN, "transport" => transport).increment(1);
        Self(transport)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!(OPEN, "transport" => self.0).decrement(1);
    }
}
