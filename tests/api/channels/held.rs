//! A connection to a channel that a test holds: the channel has acted, and the worker that called it still waits. The
//! test may also say that the channel refuses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_app::ports::{ChannelError, ChannelPage, SalesChannel};
use countermand_domain::channel::{
    ChannelAnswer, ChannelCapabilities, ChannelOrder, ChannelOrderNumber, ChannelRefusal, SentCancellation,
};
use tokio::sync::Notify;

/// The moment between the channel's act and its answer, and what the answer is.
#[derive(Debug, Default)]
pub(super) struct Held {
    holds: AtomicBool,
    refuses: AtomicBool,
    acted: Notify,
    released: Notify,
}

impl Held {
    /// Says whether the channel refuses what it accepted, when it is asked for the outcome.
    pub(super) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Holds the answer to the next call that cancels.
    pub(super) fn hold_next(&self) {
        self.holds.store(true, Ordering::SeqCst);
    }

    /// Waits until the channel has acted and its answer is held.
    pub(super) async fn acted(&self) {
        self.acted.notified().await;
    }

    /// Lets the answer arrive.
    pub(super) fn release(&self) {
        self.released.notify_one();
    }
}

/// A channel with a connection that a test holds.
pub(super) struct HeldChannel<C> {
    pub(super) channel: C,
    pub(super) held: Arc<Held>,
}

#[async_trait]
impl<C: SalesChannel> SalesChannel for HeldChannel<C> {
    fn capabilities(&self) -> ChannelCapabilities {
        self.channel.capabilities()
    }

    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError> {
        self.channel.changed_orders(since, page).await
    }

    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError> {
        self.channel.order(number).await
    }

    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError> {
        let answers = self.channel.cancel(cancellations).await;
        if self.held.holds.swap(false, Ordering::SeqCst) {
            self.held.acted.notify_one();
            self.held.released.notified().await;
        }
        answers
    }

    async fn outcome(
        &self,
        reference: &str,
        cancellations: &[SentCancellation],
    ) -> Result<Vec<ChannelAnswer>, ChannelError> {
        if self.held.refuses.load(Ordering::SeqCst) {
            let refusal = ChannelAnswer::Rejected {
                code: "18100".into(),
                text: "The parcel is packed.".into(),
            };
            return Ok(vec![refusal; cancellations.len()]);
        }
        self.channel.outcome(reference, cancellations).await
    }

    async fn decline_request(
        &self,
        number: &ChannelOrderNumber,
        request: &str,
        reason: &str,
    ) -> Result<Result<(), ChannelRefusal>, ChannelError> {
        self.channel.decline_request(number, request, reason).await
    }
}
