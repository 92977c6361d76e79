//! What this program keeps of an order of a channel: the order as the channel showed it, and the cancellation here.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr};

use super::order::{ChannelOrder, ChannelRequest, ChannelStatus};

/// The largest number of lines that are kept of the history of an order of a channel; the oldest ones go first.
pub const LONGEST_CHANNEL_HISTORY: usize = 100;

/// An order of a channel as this program keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRecord {
    /// The name of the channel in the configuration.
    pub channel: String,
    /// The version, which every change raises. A write checks the version that it was decided on.
    pub version: i64,
    /// The order as the channel showed it last.
    pub order: ChannelOrder,
    /// The newest cancellation that was sent, or waits to be sent; none where staff canceled nothing.
    pub cancellation: Option<ChannelCancellation>,
    /// The buyer's requests that the merchant declined: they are not opened again.
    pub declined: Vec<DeclinedRequest>,
    /// The versions with which the buyer's open requests came. When none is open, those of the requests that were open
    /// last; empty when there was none.
    pub asked_in: Vec<i64>,
    /// When the buyer's open requests became known; none while no request is open.
    pub asked_at: Option<DateTime<Utc>>,
    /// The time by which staff should decide about the buyer's open requests; none without a deadline.
    pub due_at: Option<DateTime<Utc>>,
    /// Until when the merchant's decline is on its way to the channel, so that the order is not canceled meanwhile; none
    /// while no decline is.
    pub declining_until: Option<DateTime<Utc>>,
    /// What happened, oldest first.
    pub history: Vec<ChannelHistoryLine>,
}

/// A cancellation that was asked of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCancellation {
    /// Our id, under which the channel gets the cancellation once.
    pub id: String,
    /// How far the cancellation is.
    pub state: ChannelCancellationState,
    /// The code of the reason in the catalogue.
    pub reason: String,
    /// The channel's own code of the reason.
    pub reason_code: String,
    /// What the person added.
    pub comment: Option<String>,
    /// Whether the reason says that the buyer asked, and only the buyer's open request at the channel tells so.
    pub rests_on_request: bool,
    /// Who canceled, as the audit log names the person.
    pub actor: String,
    /// When the person canceled.
    pub requested_at: DateTime<Utc>,
    /// When the state last changed.
    pub changed_at: DateTime<Utc>,
    /// The channel's reference, by which its decision is found; none while there is none.
    pub reference: Option<String>,
    /// How often the cancellation waits again after it was not known whether the channel has it.
    pub put_back: i32,
    /// Why the channel refused, or why its answer is not known; none otherwise.
    pub problem: Option<String>,
}

/// How far a cancellation at a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ChannelCancellationState {
    /// The cancellation waits to be sent.
    Requested,
    /// The cancellation is being sent. A program that dies now leaves this state: the order is looked up.
    Sent,
    /// The channel took the cancellation and decides.
    Accepted,
    /// The channel and the order say that the order is canceled.
    Canceled,
    /// The channel refused.
    Rejected,
    /// The order was shipped meanwhile.
    TooLate,
    /// It is not known whether the channel acts.
    Unknown,
}

/// A buyer's request that the merchant declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclinedRequest {
    /// The channel's id of the item.
    pub item: String,
    /// The request that was declined.
    pub request: ChannelRequest,
    /// Why the merchant declined it.
    pub reason: String,
}

/// A line of the history of an order of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelHistoryLine {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who acted, as the audit log names the actor; `channel` for the channel.
    pub actor: String,
    /// What happened, in English.
    pub text: String,
}

impl ChannelCancellationState {
    /// The code of the state.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The state with this code; none for any other text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// Whether the outcome is still open, so that no second cancellation may begin.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Requested | Self::Sent | Self::Accepted | Self::Unknown => true,
            Self::Canceled | Self::Rejected | Self::TooLate => false,
        }
    }
}

impl ChannelRecord {
    /// The record of an order that the channel shows for the first time.
    #[must_use]
    pub fn first(channel: &str, order: ChannelOrder, now: DateTime<Utc>) -> Self {
        let text = format!("the channel showed the order: {}", order.status.code());
        let mut record = Self {
            channel: channel.into(),
            version: 1,
            order,
            cancellation: None,
            declined: Vec::new(),
            asked_in: Vec::new(),
            asked_at: None,
            due_at: None,
            declining_until: None,
            history: Vec::new(),
        };
        if record.has_request() {
            record.asked_in.push(record.version);
            record.asked_at = Some(now);
        }
        record.write_down("channel", text, now);
        record
    }

    /// The record after the channel showed `order`. None when nothing changed, or when `order` is older than what is
    /// kept. A request that was declined is not opened again. Of two readings of the same moment the one that says
    /// canceled is the newer one.
    #[must_use]
    pub fn seen(&self, mut order: ChannelOrder, now: DateTime<Utc>) -> Option<Self> {
        let was_canceled =
            self.order.status == ChannelStatus::Canceled && order.status != ChannelStatus::Canceled;
        let age = order.updated_at.cmp(&self.order.updated_at);
        if age.is_lt() || (age.is_eq() && was_canceled) {
            return None;
        }
        for item in &mut order.items {
            let is_declined = |request: &ChannelRequest| {
                let same = |it: &DeclinedRequest| it.item == item.id && it.request.is_same(request);
                self.declined.iter().any(same)
            };
            if item.request.as_ref().is_some_and(is_declined) {
                item.request = None;
            }
        }
        if order == self.order {
            return None;
        }
        let mut after = self.next();
        if order.status != self.order.status {
            let by = order.items.iter().find_map(|item| item.canceled.as_ref());
            let by = by.filter(|_| order.status == ChannelStatus::Canceled);
            let by = by.map(|it| format!(" by {}", it.by)).unwrap_or_default();
            after.write_down(
                "channel",
                format!("the status is {}{by}", order.status.code()),
                now,
            );
        }
        let asked = order.open_requests().map(|(item, _)| item.id.as_str());
        let new: Vec<_> = asked.filter(|item| !self.order.is_requested(item)).collect();
        for item in &new {
            let text = format!("the buyer asked to cancel the item {item}");
            after.write_down("channel", text, now);
        }
        let is_replaced = !order
            .open_requests()
            .any(|(item, _)| self.order.is_requested(&item.id));
        if is_replaced && !new.is_empty() {
            after.asked_in.clear();
            (after.asked_at, after.due_at) = (None, None);
        }
        if !new.is_empty() {
            after.asked_in.push(after.version);
        }
        after.order = order;
        after.keep_time_of_request(now);
        Some(after)
    }

    /// Whether the buyer's open requests came with this version, and none of them was open before.
    #[must_use]
    pub fn opens_request(&self) -> bool {
        self.has_request() && self.asked_in == [self.version]
    }

    /// Keeps the time of the buyer's requests, which is now if all of them are new, as long as one of them is open.
    pub(super) fn keep_time_of_request(&mut self, now: DateTime<Utc>) {
        if self.has_request() {
            self.asked_at = self.asked_at.or(Some(now));
        } else {
            (self.asked_at, self.due_at) = (None, None);
        }
    }

    /// Whether a buyer's request is open.
    #[must_use]
    pub fn has_request(&self) -> bool {
        self.order.open_requests().next().is_some()
    }

    /// The record after something happened in the shop that the channel is not told of.
    #[must_use]
    pub fn noted(&self, actor: &str, text: &str, now: DateTime<Utc>) -> Self {
        let mut after = self.next();
        after.write_down(actor, text.to_owned(), now);
        after
    }

    /// The same record with the next version.
    pub(super) fn next(&self) -> Self {
        Self {
            version: self.version + 1,
            ..self.clone()
        }
    }

    pub(super) fn write_down(&mut self, actor: &str, text: impl Into<String>, now: DateTime<Utc>) {
        if self.history.len() >= LONGEST_CHANNEL_HISTORY {
            self.history.remove(0);
        }
        self.history.push(ChannelHistoryLine {
            at: now,
            actor: actor.into(),
            text: text.into(),
        });
    }
}

impl ChannelRequest {
    /// Whether `other` is the same request: by the channel's id, or by the words where the channel has no ids.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.id, &other.id) {
            (Some(mine), Some(theirs)) => mine == theirs,
            (None, None) => self.reason == other.reason,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}
