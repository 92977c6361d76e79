//! An order of a sales channel as the channel shows it.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::money::Quantity;

/// The largest number of characters in a channel's number of an order.
pub const LONGEST_CHANNEL_ORDER_NUMBER: usize = 64;

/// The number that the channel gave to an order, such as `123-1234567-1234567`; at most 64 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelOrderNumber(String);

impl ChannelOrderNumber {
    /// The number written as `text`; none when the text is empty, too long, or holds something else than printable
    /// ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_fit = (1..=LONGEST_CHANNEL_ORDER_NUMBER).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_fit.then(|| Self(text.to_owned()))
    }

    /// The number as the channel writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelOrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The status of an order at its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelStatus {
    /// The order is placed and its payment is not authorized yet.
    Pending,
    /// The order can be shipped, and nothing of it is shipped.
    Unshipped,
    /// A part of the order is shipped.
    PartlyShipped,
    /// All of the order is shipped.
    Shipped,
    /// The order is canceled.
    Canceled,
    /// The channel cannot deliver the order.
    Unfulfillable,
    /// A status that this version does not know, word for word (at most 64 characters).
    Other(String),
}

/// The largest number of characters that are kept of a status that this version does not know.
pub const LONGEST_CHANNEL_STATUS: usize = 64;

impl ChannelStatus {
    /// The status with this code; any other word is kept as it is, up to 64 characters.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "PENDING" => Self::Pending,
            "UNSHIPPED" => Self::Unshipped,
            "PARTLY_SHIPPED" => Self::PartlyShipped,
            "SHIPPED" => Self::Shipped,
            "CANCELED" => Self::Canceled,
            "UNFULFILLABLE" => Self::Unfulfillable,
            other => Self::Other(other.chars().take(LONGEST_CHANNEL_STATUS).collect()),
        }
    }

    /// The code of the status; the channel's own word when this version does not know it.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::Unshipped => "UNSHIPPED",
            Self::PartlyShipped => "PARTLY_SHIPPED",
            Self::Shipped => "SHIPPED",
            Self::Canceled => "CANCELED",
            Self::Unfulfillable => "UNFULFILLABLE",
            Self::Other(word) => word,
        }
    }
}

/// Who ships an order of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FulfilledBy {
    /// The merchant ships the order.
    Merchant,
    /// The channel ships the order, which is only read here.
    Channel,
}

impl FulfilledBy {
    /// The party with this code; none for any other text.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "MERCHANT" => Some(Self::Merchant),
            "CHANNEL" => Some(Self::Channel),
            _ => None,
        }
    }

    /// The code of the party.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Merchant => "MERCHANT",
            Self::Channel => "CHANNEL",
        }
    }
}

/// An order as its channel shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelOrder {
    /// The channel's number of the order.
    pub number: ChannelOrderNumber,
    /// The market, such as `DE`; none where the channel has one market or does not say.
    pub market: Option<String>,
    /// The status at the channel.
    pub status: ChannelStatus,
    /// Who ships the order.
    pub fulfilled_by: FulfilledBy,
    /// When the order was placed.
    pub placed_at: DateTime<Utc>,
    /// When the order last changed at the channel.
    pub updated_at: DateTime<Utc>,
    /// The total as the channel shows it: amount as decimal text and ISO currency; none while it has none.
    pub total: Option<(String, String)>,
    /// The items.
    pub items: Vec<ChannelItem>,
}

/// An item of an order as its channel shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelItem {
    /// The channel's id of the item.
    pub id: String,
    /// The seller's stock keeping unit; none where the channel does not say.
    pub sku: Option<String>,
    /// The title.
    pub name: String,
    /// How many units were ordered.
    pub quantity: Quantity,
    /// How many units are shipped.
    pub shipped: Quantity,
    /// The buyer's request to cancel the item; none without one.
    pub request: Option<ChannelRequest>,
    /// Who canceled the item, and why; none while it is not canceled.
    pub canceled: Option<ChannelCanceledItem>,
}

/// A buyer's request at the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRequest {
    /// The channel's id of the request; none where it has none.
    pub id: Option<String>,
    /// The buyer's words (at most 500 characters are kept); none without words.
    pub reason: Option<String>,
}

/// The cancellation of an item at the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelCanceledItem {
    /// `BUYER`, `MERCHANT`, `CHANNEL`, or the channel's word.
    pub by: String,
    /// The channel's reason.
    pub reason: Option<String>,
}

impl ChannelOrder {
    /// Whether the order is shipped or canceled, so that nothing of it is open.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.status, ChannelStatus::Shipped | ChannelStatus::Canceled)
    }

    /// The buyer's request to cancel `item`, while it can be granted or declined. A channel may show a request for
    /// ever: it is over with the item and with the order.
    #[must_use]
    pub fn open_request<'a>(&self, item: &'a ChannelItem) -> Option<&'a ChannelRequest> {
        let request = item.request.as_ref();
        request.filter(|_| !self.is_over() && item.open().is_positive())
    }

    /// The items that the buyer asked to cancel, with the open request for each.
    pub fn open_requests(&self) -> impl Iterator<Item = (&ChannelItem, &ChannelRequest)> {
        let items = self.items.iter();
        items.filter_map(|item| Some((item, self.open_request(item)?)))
    }

    /// Whether the buyer's request to cancel the item with this id is open.
    #[must_use]
    pub fn is_requested(&self, item: &str) -> bool {
        self.open_requests().any(|(requested, _)| requested.id == item)
    }
}

impl ChannelItem {
    /// How many units are neither shipped nor canceled.
    #[must_use]
    pub fn open(&self) -> Quantity {
        if self.canceled.is_some() {
            return Quantity::ZERO;
        }
        self.quantity.minus(self.shipped)
    }
}
