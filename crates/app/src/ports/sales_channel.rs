//! The interface to a sales channel, such as a marketplace: orders are placed there, and the channel decides whether
//! one is canceled.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_domain::channel::{
    ChannelAnswer, ChannelCapabilities, ChannelOrder, ChannelOrderNumber, ChannelRefusal, SentCancellation,
};
use thiserror::Error;

/// A page of the orders that changed at the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelPage {
    /// The orders of the page as the channel shows them; the same order may come on two pages.
    pub orders: Vec<ChannelOrder>,
    /// The orders that could not be read: number, where it is known, and what is wrong.
    pub unreadable: Vec<(String, String)>,
    /// The token of the next page; none on the last page. A page may be empty and have a next one.
    pub next: Option<String>,
    /// Up to which change the whole answer reaches; the next pull begins there.
    pub reaches_to: Option<DateTime<Utc>>,
}

/// Why the channel gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChannelError {
    /// The channel asks for patience; nothing happened.
    #[error("the channel asks to wait until {until}")]
    Throttled {
        /// When to ask again.
        until: DateTime<Utc>,
    },
    /// The connection or the channel failed before it could act; a later attempt may succeed.
    #[error("the channel does not answer: {0}")]
    Unavailable(String),
    /// The seller withdrew the consent, or the credentials are wrong: a person must act.
    #[error("the channel refuses the credentials: {0}")]
    Unauthorized(String),
    /// The channel answered something that is not in its contract.
    #[error("the channel's answer cannot be read: {0}")]
    Unreadable(String),
}

/// A sales channel. An adapter never decides: it tells what the channel said.
#[async_trait]
pub trait SalesChannel: Send + Sync {
    /// What can be done at the channel through this adapter.
    fn capabilities(&self) -> ChannelCapabilities;

    /// Reads the orders that changed since `since`, a page at a time; `page` is the token of an earlier answer.
    async fn changed_orders(
        &self,
        since: DateTime<Utc>,
        page: Option<&str>,
    ) -> Result<ChannelPage, ChannelError>;

    /// Reads one order; none when the channel does not know it.
    async fn order(&self, number: &ChannelOrderNumber) -> Result<Option<ChannelOrder>, ChannelError>;

    /// Asks the channel to cancel: at most `capabilities().largest_batch` orders, each with the id of our cancellation.
    /// One answer for each, in order. `ChannelAnswer::Unknown` when it is not known whether the channel acts: it is
    /// looked up, and never sent again under a new id. An `Err` means that nothing was sent.
    async fn cancel(&self, cancellations: &[SentCancellation]) -> Result<Vec<ChannelAnswer>, ChannelError>;

    /// Asks what became of cancellations that the channel accepted under `reference`; one answer for each.
    async fn outcome(
        &self,
        reference: &str,
        cancellations: &[SentCancellation],
    ) -> Result<Vec<ChannelAnswer>, ChannelError>;

    /// Tells the channel that a buyer's request is declined. Channels without such a call answer
    /// `ChannelRefusal::NotOffered`.
    async fn decline_request(
        &self,
        number: &ChannelOrderNumber,
        request: &str,
        reason: &str,
    ) -> Result<Result<(), ChannelRefusal>, ChannelError>;
}
