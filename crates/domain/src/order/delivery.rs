//! Digital delivery: virtual items that were delivered or downloaded, and gift cards that were used. A cancellation
//! cannot take such units any more.

use chrono::{DateTime, Utc};
use strum::{EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

use crate::cancellation::CancellationRefusal;
use crate::event::{EventData, OrderEvent};
use crate::money::Quantity;
use crate::order::documents::LineRefusal;
use crate::order::{Actor, ItemPosition, Order, OrderItem, ProductType};
use crate::transition::Transition;

/// What happened to units that are not shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryKind {
    /// A virtual item was delivered, such as a service.
    Delivered,
    /// The files of a downloadable item were downloaded for the first time.
    Downloaded,
    /// A gift card was used, at least in part.
    GiftCardUsed,
}

impl DeliveryKind {
    /// All kinds.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind called `code`.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The first words of the history line: `Delivered`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Delivered => "Delivered",
            Self::Downloaded => "Downloaded",
            Self::GiftCardUsed => "Gift card used",
        }
    }

    fn fits(self, item: &OrderItem) -> bool {
        let is_gift_card = item.product_type == ProductType::GiftCard;
        match self {
            Self::Delivered | Self::Downloaded => item.is_virtual && !is_gift_card,
            Self::GiftCardUsed => is_gift_card,
        }
    }
}

/// Units of an item that were delivered, downloaded or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The position of the item, which is no part of another one.
    pub item: ItemPosition,
    /// How many units of the item, in all.
    pub quantity: Quantity,
    /// What happened to them.
    pub kind: DeliveryKind,
    /// When it happened to the newest of them.
    pub at: DateTime<Utc>,
}

/// A delivery that the shop is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRequest {
    /// Top-level items, each with the quantity that was delivered in all until now.
    pub items: Vec<(ItemPosition, Quantity)>,
    /// What happened to them.
    pub kind: DeliveryKind,
    /// When it happened; none for now.
    pub delivered_at: Option<DateTime<Utc>>,
}

/// Why a delivery was not recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeliveryRefusal {
    /// All of it was recorded before, so nothing changes.
    #[error("the delivery was recorded before")]
    AlreadyRecorded,
    /// The item is shipped, or is a gift card.
    #[error("item `{0}` is not virtual: only virtual and downloadable items are delivered so")]
    NotVirtual(ItemPosition),
    /// The item is another product.
    #[error("item `{0}` is no gift card")]
    NoGiftCard(ItemPosition),
    /// The time of a delivery of this kind is later than now.
    #[error("the time is in the future")]
    InFuture(DeliveryKind),
    /// The order does not have the items or quantities.
    #[error(transparent)]
    Lines(#[from] LineRefusal),
}

impl Order {
    /// Records that units were delivered, downloaded or used. A quantity counts all units until now, so the same
    /// delivery told again changes nothing. An open request for a cancellation of nothing else ends as too late.
    pub fn record_delivery(
        &self,
        request: &DeliveryRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, DeliveryRefusal> {
        let kind = request.kind;
        let at = request.delivered_at.unwrap_or(now);
        if at > now {
            return Err(DeliveryRefusal::InFuture(kind));
        }
        let told = self.checked_lines(&request.items, |item| item.quantities.ordered)?;
        let fits = |position| self.item(position).is_some_and(|item| kind.fits(item));
        if let Some(&(position, _)) = told.iter().find(|line| !fits(line.0)) {
            return Err(match kind {
                DeliveryKind::Delivered | DeliveryKind::Downloaded => DeliveryRefusal::NotVirtual(position),
                DeliveryKind::GiftCardUsed => DeliveryRefusal::NoGiftCard(position),
            });
        }
        let is_news = |line: &(ItemPosition, Quantity)| line.1 > self.delivered(line.0, Some(kind));
        let news: Vec<_> = told.into_iter().filter(is_news).collect();
        if news.is_empty() {
            return Err(DeliveryRefusal::AlreadyRecorded);
        }
        let news = self.checked_lines(&news, |item| item.quantities.kept_by_buyer())?;
        let mut after = self.clone();
        for &(item, quantity) in &news {
            after.deliveries.retain(|it| it.item != item || it.kind != kind);
            after.deliveries.push(Delivery {
                item,
                quantity,
                kind,
                at,
            });
        }
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::DeliveryRecorded {
                items: news,
                kind,
                delivered_at: at,
            },
        };
        Ok(Transition::new(after, event))
    }

    /// How many units of the item at `position` were delivered in the way of `kind`, or in any way.
    #[must_use]
    pub fn delivered(&self, position: ItemPosition, kind: Option<DeliveryKind>) -> Quantity {
        let of_item = self.deliveries.iter().filter(|it| it.item == position);
        let of_kind = of_item.filter(|it| kind.is_none_or(|kind| it.kind == kind));
        // A file that was delivered and then downloaded is one unit.
        of_kind.map(|it| it.quantity).fold(Quantity::ZERO, Quantity::max)
    }

    /// Units of a top-level item that the buyer has in a way that no cancellation can undo.
    fn beyond_cancellation(&self, item: &OrderItem) -> Quantity {
        self.delivered(item.position, None)
            .min(item.quantities.kept_by_buyer())
    }

    /// Why units of `item` are beyond a cancellation; none where none of them is.
    pub(crate) fn refusal_beyond(&self, item: &OrderItem) -> Option<CancellationRefusal> {
        let top = item.parent.and_then(|whole| self.item(whole)).unwrap_or(item);
        let of_subscription = self.refusal_of_subscription(top);
        if of_subscription.is_some() {
            return of_subscription;
        }
        if !self.beyond_cancellation(top).is_positive() {
            return None;
        }
        let used = self.delivered(top.position, Some(DeliveryKind::GiftCardUsed));
        Some(if used.is_positive() {
            CancellationRefusal::GiftCardUsed
        } else {
            CancellationRefusal::DigitalDelivered
        })
    }

    /// Whether a unit of the order is beyond a cancellation, so that the order cannot be canceled as a whole.
    pub(crate) fn has_units_beyond(&self) -> bool {
        self.items.iter().any(|item| self.refusal_beyond(item).is_some())
    }

    /// The most units of `item` that a cancellation can take beside those beyond it; none where there is no limit.
    pub(crate) fn beside_delivered(&self, item: &OrderItem) -> Option<Quantity> {
        let whole = item.parent.and_then(|position| self.item(position));
        let top = whole.unwrap_or(item);
        let beyond = self.beyond_cancellation(top);
        if !beyond.is_positive() {
            return None;
        }
        let wholes = top.quantities.open().minus(beyond);
        Some(match whole {
            Some(whole) => {
                let parts_of = |wholes| item.quantities.ordered.part(wholes, whole.quantities.ordered);
                // Parts of other units may be gone already, and each delivered unit has all of its parts.
                let beside = item.quantities.open().minus(parts_of(beyond));
                parts_of(wholes).min(beside)
            }
            None => wholes,
        })
    }
}
