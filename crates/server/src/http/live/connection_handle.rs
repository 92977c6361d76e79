//! What an answer that stays open holds of its connection and of the server: the end of both, and its place among those
//! of its address.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::http::connections_per_address::{PerAddress, Place};

/// The server's part of a connection. Each request of the connection holds it among its extensions.
#[derive(Debug, Clone)]
pub(in crate::http) struct ConnectionHandle {
    /// Ends when the server stops.
    pub(in crate::http) stop: CancellationToken,
    /// Cuts the connection off.
    pub(in crate::http) cut: CancellationToken,
    /// The tasks for which the server waits when it stops.
    pub(in crate::http) tasks: TaskTracker,
    /// The places for answers that stay open, by the address of the caller.
    pub(in crate::http) places: PerAddress,
    /// The places for operations over a WebSocket, by the address of the caller.
    pub(in crate::http) operations: PerAddress,
    /// The number of answers of this connection that stay open.
    pub(in crate::http) open: Arc<AtomicUsize>,
}

/// The right to one answer that stays open. As long as it lasts, the connection has no largest age.
#[derive(Debug)]
pub(in crate::http) struct LivePlace {
    open: Arc<AtomicUsize>,
    _place: Place,
}

impl ConnectionHandle {
    /// A place for one more answer to `caller` that stays open; none if the caller holds too many.
    pub(in crate::http) fn place(&self, caller: IpAddr) -> Option<LivePlace> {
        let place = self.places.place(caller)?;
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(LivePlace {
            open: self.open.clone(),
            _place: place,
        })
    }

    /// Whether an answer of this connection stays open.
    pub(in crate::http) fn is_used(&self) -> bool {
        self.open.load(Ordering::Relaxed) > 0
    }
}

impl Drop for LivePlace {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
