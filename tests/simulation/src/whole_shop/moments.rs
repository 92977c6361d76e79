//! The moments at which a step can be interrupted: each round trip to the database, and before and after each call of
//! the payment provider and of the mail server.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use countermand_persistence::Database;

/// Counts moments.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    database: Database,
    calls: Calls,
}

/// Counts the moments of calls to other systems.
#[derive(Debug, Clone, Default)]
pub(super) struct Calls(Arc<AtomicU64>);

impl Calls {
    /// A moment at which a step can be interrupted.
    pub(super) async fn pass(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}

impl Moments {
    pub(super) fn new(database: Database, calls: Calls) -> Self {
        Self { database, calls }
    }

    fn passed(&self) -> u64 {
        self.database.round_trips() + self.calls.0.load(Ordering::Relaxed)
    }

    /// Lets `step` run until it has passed `moments` moments; its outcome if it ended before. What it has sent to the
    /// database by then is carried out, although the answer is not there yet.
    pub(super) async fn until<F: Future + ?Sized>(
        &self,
        step: &mut Pin<Box<F>>,
        moments: u64,
    ) -> Option<F::Output> {
        let last = self.passed() + moments;
        poll_fn(|context| match step.as_mut().poll(context) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if self.passed() >= last => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        })
        .await
    }
}
