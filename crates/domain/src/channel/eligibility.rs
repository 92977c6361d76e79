//! What can be done with an order of a channel, and the commands that change its record. That buyers never cancel such
//! an order here stands in `cancellation/eligibility.rs`; what a channel itself can do stands in `capabilities.rs`.

use chrono::{DateTime, Utc};
use strum::IntoStaticStr;
use thiserror::Error;

use super::cancellation::SentCancellation;
use super::order::{ChannelStatus, FulfilledBy};
use super::record::{ChannelCancellation, ChannelCancellationState, ChannelRecord};
use crate::cancellation::{ChannelCode, ChannelFact};
use crate::money::Quantity;

/// Why an order of a channel cannot be canceled through this program. As a text, it is its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelBlock {
    /// The order is managed at the channel.
    ChannelManaged,
    /// A part of the order is shipped.
    PartlyShipped,
    /// All of the order is shipped.
    Shipped,
    /// The order is canceled already.
    AlreadyCanceled,
    /// A cancellation was sent, or waits to be sent.
    RequestOpen,
}

/// Where the merchant goes instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GoInstead {
    /// To the order at the channel.
    OrderAtChannel,
    /// To the returns at the channel.
    ReturnsAtChannel,
}

/// Whether an order of a channel can be canceled, and every reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelTerms {
    /// The reasons why not; empty when the order can be canceled.
    pub blocks: Vec<ChannelBlock>,
    /// Where the merchant goes instead; none when the order can be canceled, or when there is nothing to do.
    pub go_instead: Option<GoInstead>,
}

/// Why an order of a channel must not be packed or shipped now. As a text, it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChannelHold {
    /// The channel has canceled the order.
    #[error("the sales channel has canceled the order")]
    Canceled,
    /// A cancellation waits for the channel's decision.
    #[error("a cancellation of the order waits for its sales channel")]
    Waiting,
    /// The buyer asked at the channel to cancel an item.
    #[error("the buyer asked at the sales channel to cancel the order, and the request is not decided yet")]
    Requested,
}

/// A cancellation as staff asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelAtChannel {
    /// Our id of the cancellation.
    pub id: String,
    /// The code of the reason in the catalogue.
    pub reason: String,
    /// The channel's code of the reason, with the fact that it states.
    pub code: ChannelCode,
    /// What the person added.
    pub comment: Option<String>,
    /// Whether the person confirms what the channel did not show: a fact that the reason states, or that the buyer who
    /// asked for some items gives up the others too.
    pub confirms: bool,
    /// Who cancels, as the audit log names the person.
    pub actor: String,
}

/// Why a command on an order of a channel is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChannelCommandRefusal {
    /// The terms of the order do not allow it.
    #[error("the order is in status {status} at the channel: {}", words(*.block, *.go_instead))]
    Blocked {
        /// The first reason why not.
        block: ChannelBlock,
        /// The status at the channel.
        status: String,
        /// Where the merchant goes instead.
        go_instead: Option<GoInstead>,
    },
    /// The reason states that the buyer asked, and the buyer did not.
    #[error("the buyer did not ask at the channel: the reason counts against the seller, so confirm it")]
    NotAskedByBuyer,
    /// The buyer asked to cancel some of the open items, and the cancellation names all of them.
    #[error(
        "the buyer asked for some of the open items only, and all of them would be canceled, so confirm it"
    )]
    NotAskedForAll,
    /// The reason states a confirmed fraud.
    #[error("the reason states a confirmed fraud, so confirm it")]
    FraudNotConfirmed,
    /// The order that was imported from this one is shipped, or a part of it is.
    #[error("the imported order is shipped, or a part of it is")]
    ShippedHere,
    /// The warehouse packs units of the order that was imported from this one.
    #[error("the warehouse packs units of the imported order: release them, or confirm it")]
    PackedHere,
    /// A decline of the buyer's requests is on its way to the channel.
    #[error("the buyer's requests are being declined at the moment: try again in a minute")]
    BeingDeclined,
    /// No request of the buyer is open.
    #[error("no request of the buyer is open")]
    NoOpenRequest,
    /// No request of the buyer is open for an item that was named.
    #[error("no request of the buyer is open for the item `{0}`")]
    NotRequested(String),
    /// A request of the buyer stands for items that were named and for others.
    #[error("the request for the item `{0}` is also for others, so name all of its items")]
    OneRequest(String),
}

fn words(block: ChannelBlock, go_instead: Option<GoInstead>) -> String {
    let code: &'static str = block.into();
    let place = match go_instead {
        Some(place) => place.text(),
        None => "nothing is left to do here",
    };
    format!("{code}; {place}")
}

impl GoInstead {
    /// The advice, in English.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::OrderAtChannel => "open the order at the channel, such as in Seller Central",
            Self::ReturnsAtChannel => "open the returns at the channel, such as in Seller Central",
        }
    }
}

impl ChannelRecord {
    /// Whether the order can be canceled now. The button and the mutation ask here.
    #[must_use]
    pub fn terms(&self) -> ChannelTerms {
        use ChannelBlock::{AlreadyCanceled, ChannelManaged, PartlyShipped, RequestOpen, Shipped};
        let (mut blocks, mut go_instead) = match &self.order.status {
            ChannelStatus::Unshipped if self.order.fulfilled_by == FulfilledBy::Merchant => (vec![], None),
            ChannelStatus::Unshipped
            | ChannelStatus::Pending
            | ChannelStatus::Unfulfillable
            | ChannelStatus::Other(_) => (vec![ChannelManaged], Some(GoInstead::OrderAtChannel)),
            ChannelStatus::PartlyShipped => (
                vec![ChannelManaged, PartlyShipped],
                Some(GoInstead::OrderAtChannel),
            ),
            ChannelStatus::Shipped => (vec![Shipped], Some(GoInstead::ReturnsAtChannel)),
            ChannelStatus::Canceled => (vec![AlreadyCanceled], None),
        };
        if blocks.is_empty() && self.open_items().is_empty() {
            (blocks, go_instead) = (vec![ChannelManaged], Some(GoInstead::OrderAtChannel));
        }
        if self.cancellation.as_ref().is_some_and(|it| it.state.is_open()) {
            blocks.push(RequestOpen);
        }
        ChannelTerms { blocks, go_instead }
    }

    /// The items that are neither shipped nor canceled, with what is open of each.
    #[must_use]
    pub fn open_items(&self) -> Vec<(String, Quantity)> {
        let items = self.order.items.iter();
        let items = items.map(|item| (item.id.clone(), item.open()));
        items.filter(|(_, open)| open.is_positive()).collect()
    }

    /// Why the order must not be packed or shipped now; none where nothing holds it back.
    #[must_use]
    pub fn hold(&self) -> Option<ChannelHold> {
        if self.order.status == ChannelStatus::Canceled {
            return Some(ChannelHold::Canceled);
        }
        if self.cancellation.as_ref().is_some_and(|it| it.state.is_open()) {
            return Some(ChannelHold::Waiting);
        }
        self.has_request().then_some(ChannelHold::Requested)
    }

    /// The record after staff canceled the order here: the cancellation waits to be sent.
    pub fn cancel(
        &self,
        command: CancelAtChannel,
        now: DateTime<Utc>,
    ) -> Result<Self, ChannelCommandRefusal> {
        self.refuse_at(|_| true)?;
        self.refuse_while_declining(now)?;
        if let Some(unconfirmed) = self.to_confirm(command.code.needs).filter(|_| !command.confirms) {
            return Err(unconfirmed);
        }
        let is_buyers = command.code.needs == Some(ChannelFact::BuyersRequest);
        let mut after = self.next();
        let text = format!("cancellation requested, {}", command.reason);
        after.write_down(&command.actor, text, now);
        after.cancellation = Some(ChannelCancellation {
            id: command.id,
            state: ChannelCancellationState::Requested,
            reason: command.reason,
            reason_code: command.code.code,
            comment: command.comment,
            rests_on_request: is_buyers && !command.confirms,
            actor: command.actor,
            requested_at: now,
            changed_at: now,
            reference: None,
            put_back: 0,
            problem: None,
        });
        Ok(after)
    }

    /// Why a cancellation that waits must not be sent any more: the order or the buyer's request has changed at the
    /// channel since staff canceled. None where it can be sent.
    #[must_use]
    pub fn why_not_sent(&self) -> Option<String> {
        let cancellation = self.cancellation.as_ref()?;
        let is_news = |block: &ChannelBlock| *block != ChannelBlock::RequestOpen;
        if self.terms().blocks.iter().any(is_news) {
            let status = self.order.status.code();
            return Some(format!(
                "the order changed at the channel before it was sent: its status is {status}"
            ));
        }
        let is_withdrawn = cancellation.rests_on_request && !self.has_request();
        is_withdrawn.then(|| "the buyer took the request back before the cancellation was sent".into())
    }

    /// Refuses a command while a decline of the buyer's requests is on its way to the channel.
    pub(super) fn refuse_while_declining(&self, now: DateTime<Utc>) -> Result<(), ChannelCommandRefusal> {
        if self.declining_until.is_some_and(|until| until > now) {
            return Err(ChannelCommandRefusal::BeingDeclined);
        }
        Ok(())
    }

    /// Refuses a command where the terms have a block that `forbids` names.
    pub(super) fn refuse_at(
        &self,
        forbids: impl Fn(ChannelBlock) -> bool,
    ) -> Result<(), ChannelCommandRefusal> {
        let terms = self.terms();
        match terms.blocks.into_iter().find(|block| forbids(*block)) {
            None => Ok(()),
            Some(block) => Err(ChannelCommandRefusal::Blocked {
                block,
                status: self.order.status.code().into(),
                go_instead: terms.go_instead,
            }),
        }
    }

    /// What a person must confirm before the order is canceled for a reason that states the fact `needs`; none where
    /// the channel has shown it all.
    fn to_confirm(&self, needs: Option<ChannelFact>) -> Option<ChannelCommandRefusal> {
        let asked = self.order.open_requests().count();
        match needs {
            Some(ChannelFact::BuyersRequest) if asked == 0 => Some(ChannelCommandRefusal::NotAskedByBuyer),
            Some(ChannelFact::ConfirmedFraud) => Some(ChannelCommandRefusal::FraudNotConfirmed),
            Some(ChannelFact::BuyersRequest) | None => {
                let is_part = asked > 0 && asked < self.open_items().len();
                is_part.then_some(ChannelCommandRefusal::NotAskedForAll)
            }
        }
    }

    /// What is sent to the channel for the cancellation; none where there is none.
    #[must_use]
    pub fn sent_cancellation(&self) -> Option<SentCancellation> {
        let it = self.cancellation.as_ref()?;
        Some(SentCancellation {
            id: it.id.clone(),
            number: self.order.number.clone(),
            market: self.order.market.clone(),
            reason_code: it.reason_code.clone(),
            comment: it.comment.clone(),
            items: self.open_items(),
        })
    }
}
