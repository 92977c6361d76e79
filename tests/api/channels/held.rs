//! A connection to a channel that a test holds: the channel has acted, and the worker that called it still waits. The
//! test may also say that the channel refuses, or that it shows an order badly.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

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
    declines: AtomicBool,
    unreadable: Mutex<BTreeSet<String>>,
    in_the_future: Mutex<BTreeSet<String>>,
    acted: Notify,
    released: Notify,
}

impl Held {
    /// Says whether the channel refuses what it accepted, when it is asked for the outcome.
    pub(super) fn refuse(&self, refuses: bool) {
        self.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Gives the channel a call that declines a buyer's request.
    pub(super) fn let_decline(&self) {
        self.declines.store(true, Ordering::SeqCst);
    }

    /// The order `number` cannot be read from now on, nor a call that names it. The channel takes one cancellation a
    /// call.
    pub(super) fn spoil(&self, number: &str) {
        self.unreadable.lock().expect("the orders").insert(number.into());
    }

    /// The order `number` is shown from now on with a time in the year 2999, to which its page reaches.
    pub(super) fn date_ahead(&self, number: &str) {
        self.in_the_future
            .lock()
            .expect("the orders")
            .insert(number.into());
    }

    fn check(&self, number: &ChannelOrderNumber) -> Result<(), ChannelError> {
        if self
            .unreadable
            .lock()
            .expect("the orders")
            .contains(number.as_str())
        {
            return Err(ChannelError::Unreadable("<html>Blocked</html>".into()));
        }
        Ok(())
    }

    /// Gives the requests of `order` ids, where the channel has a call that declines them.
    fn name_requests(&self, order: &mut ChannelOrder) {
        if self.declines.load(Ordering::SeqCst) {
            for item in &mut order.items {
                if let Some(request) = &mut item.request {
                    request.id = Some(format!("request-{}", item.id));
                }
            }
        }
    }

    async fn answer_late(&self) {
        if self.holds.swap(false, Ordering::SeqCst) {
            self.acted.notify_one();
            self.released.notified().await;
        }
    }

    /// Holds the answer to the next call that cancels or declines.
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
        let capabilities = self.channel.capabilities();
        let takes_one = !self.held.unreadable.lock().expect("the orders").is_empty();
        ChannelCapabilities {
            largest_batch: if takes_one { 1 } else { capabilities.largest_batch },
            declines_requests: self.held.declines.load(Ordering::SeqCst) || capabilities.declines_requests,
            ..capabilities
        }
    }

    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError> {
        let mut page = self.channel.changed_orders(since, page).await?;
        let ahead = self.held.in_the_future.lock().expect("the orders").clone();
        let year_2999 = DateTime::from_timestamp(32_503_680_000 - 86_400, 0);
        for order in &mut page.orders {
            self.held.name_requests(order);
            if ahead.contains(order.number.as_str()) {
                order.updated_at = year_2999.expect("a time");
                page.reaches_to = year_2999;
            }
        }
        Ok(page)
    }

    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError> {
        self.held.check(number)?;
        let mut order = self.channel.order(number).await?;
        if let Some(order) = &mut order {
            self.held.name_requests(order);
        }
        Ok(order)
    }

    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError> {
        for cancellation in cancellations {
            self.held.check(&cancellation.number)?;
        }
        let answers = self.channel.cancel(cancellations).await;
        self.held.answer_late().await;
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
        if !self.held.declines.load(Ordering::SeqCst) {
            return self.channel.decline_request(number, request, reason).await;
        }
        self.held.answer_late().await;
        Ok(Ok(()))
    }
}
