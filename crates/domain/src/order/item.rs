//! An item of an order: what was bought, how many units were invoiced,
//! shipped, canceled or refunded, and the money of each part.

use std::fmt;

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::money::{Currency, Money, MoneyError, Quantity, RowMoney, UnitPrice};

/// The kinds of products that an item can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum ProductType {
    /// A physical product.
    Simple,
    /// A service, which is not shipped.
    Virtual,
    /// A product that consists of files.
    Downloadable,
    /// A set, whose parts are items of their own.
    Bundle,
    /// A product with a choice; the chosen product is an item of its own.
    Configurable,
    /// A gift card.
    GiftCard,
    /// A product of a group that is sold on its own.
    Grouped,
}

impl ProductType {
    /// All types of products.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Adobe's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The type called `code`; a type that an extension added is taken for a simple product.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        code.parse().unwrap_or(Self::Simple)
    }
}

/// How many units of an item were ordered, invoiced, shipped, canceled and refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemQuantities {
    /// Units that were ordered.
    pub ordered: Quantity,
    /// Units that are on an invoice.
    pub invoiced: Quantity,
    /// Units that were shipped.
    pub shipped: Quantity,
    /// Units that were canceled before they were invoiced.
    pub canceled: Quantity,
    /// Units that are on a credit memo.
    pub refunded: Quantity,
    /// Units that the warehouse packs: they are not shipped yet, and cannot be canceled.
    pub in_fulfilment: Quantity,
}

impl ItemQuantities {
    /// Units that may be canceled without a refund: they are neither invoiced, shipped nor canceled.
    #[must_use]
    pub fn to_cancel(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.invoiced.max(self.shipped))
    }

    /// Units that may be put on an invoice.
    #[must_use]
    pub fn to_invoice(self) -> Quantity {
        self.ordered.minus(self.canceled).minus(self.invoiced)
    }

    /// Units that may be shipped; refunded units may not.
    #[must_use]
    pub fn to_ship(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.shipped)
            .minus(self.refunded)
    }

    /// Units that may be put on a credit memo.
    #[must_use]
    pub fn to_refund(self) -> Quantity {
        self.invoiced.minus(self.refunded)
    }

    /// Units that a cancellation can take: they may be canceled or put on a credit memo.
    #[must_use]
    pub fn to_give_up(self) -> Quantity {
        self.to_cancel().plus(self.to_refund())
    }

    /// Units that the buyer still waits for: they are neither canceled, refunded nor shipped.
    #[must_use]
    pub fn open(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.refunded)
            .minus(self.shipped)
    }

    /// Units that the buyer has or still waits for: they are neither canceled nor refunded.
    #[must_use]
    pub fn kept_by_buyer(self) -> Quantity {
        self.ordered.minus(self.canceled).minus(self.refunded)
    }

    /// The status text of an item with these quantities. The first line that fits decides.
    fn status(self) -> &'static str {
        let Self {
            ordered,
            invoiced,
            shipped,
            canceled,
            refunded,
            // Adobe has no such units, so they change no status.
            in_fulfilment: _,
        } = self;
        let remaining = ordered.minus(canceled).minus(refunded);
        let is_touched = [invoiced, shipped, canceled, refunded]
            .iter()
            .any(|units| units.is_positive());
        if !is_touched {
            "Ordered"
        } else if shipped.is_positive() && invoiced.is_positive() && remaining == shipped {
            "Shipped"
        } else if invoiced.is_positive() && !shipped.is_positive() && remaining == invoiced {
            "Invoiced"
        } else if refunded.is_positive() && refunded == ordered {
            "Refunded"
        } else if canceled.is_positive() && canceled == ordered {
            "Canceled"
        } else if shipped.max(invoiced) < remaining {
            "Partial"
        } else {
            "Mixed"
        }
    }
}

/// Unit prices, which are only shown; sums use the money of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemPrices {
    /// The unit price without tax.
    pub price: UnitPrice,
    /// The unit price with tax.
    pub price_including_tax: UnitPrice,
    /// The unit price before special prices, without tax.
    pub original_price: Option<UnitPrice>,
}

/// An option as the shopper saw it: `Color: Red`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// The label, such as `Color`.
    pub label: String,
    /// The value, such as `Red`.
    pub value: String,
}

/// A chosen part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleOption {
    /// The option's name, `Case`.
    pub label: String,
    /// The names of the chosen products.
    pub values: Vec<String>,
}

/// The details of a gift card.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GiftCardDetail {
    /// The name of the sender.
    pub sender_name: Option<String>,
    /// The e-mail address of this person.
    pub sender_email: Option<String>,
    /// The name of the recipient.
    pub recipient_name: Option<String>,
    /// The e-mail address of this person.
    pub recipient_email: Option<String>,
    /// The message.
    pub message: Option<String>,
}

/// The position of an item in its order, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemPosition(pub i32);

impl fmt::Display for ItemPosition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// Units of an item of which a document takes a part, and the money of these units.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeftOfItem {
    pub(crate) money: RowMoney,
    pub(crate) units: Quantity,
}

/// An item of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// The position; it is the item's key, together with the order's id.
    pub position: ItemPosition,
    /// The position of the bundle or configurable item that this item belongs to.
    pub parent: Option<ItemPosition>,
    /// The id in the shop that the order came from.
    pub external_id: Option<i64>,
    /// The stock keeping unit.
    pub sku: String,
    /// The name when the item was bought.
    pub name: String,
    /// The kind of product.
    pub product_type: ProductType,
    /// Whether the item needs no shipment.
    pub is_virtual: bool,
    /// Whether this item's money counts in the order's totals.
    ///
    /// Of a configurable, only the parent counts. Of a bundle, either the parent (fixed price) or its parts count.
    pub counts: bool,
    /// How many units were invoiced, shipped, canceled and refunded.
    pub quantities: ItemQuantities,
    /// Unit prices.
    pub prices: ItemPrices,
    /// The price of the item, fixed when the order was placed.
    pub ordered: RowMoney,
    /// The part of the price that is invoiced.
    pub invoiced: RowMoney,
    /// The part of the price that is refunded.
    pub refunded: RowMoney,
    /// The part of the price that is canceled.
    pub canceled: RowMoney,
    /// Chosen options.
    pub selected_options: Vec<ProductOption>,
    /// Typed options.
    pub entered_options: Vec<ProductOption>,
    /// Whether the parts of a bundle are shipped one by one; none where the shop that it came from did not say so.
    pub ships_separately: Option<bool>,
    /// A bundle's choices.
    pub bundle_options: Vec<BundleOption>,
    /// A downloadable's files, by title.
    pub downloadable_links: Vec<String>,
    /// A gift card's text.
    pub gift_card: Option<GiftCardDetail>,
}

impl OrderItem {
    /// Units that can be shipped; zero for a service.
    #[must_use]
    pub fn to_ship(&self) -> Quantity {
        if self.is_virtual {
            Quantity::ZERO
        } else {
            self.quantities.to_ship()
        }
    }

    /// Whether the item is a bundle whose price is that of its parts, so that it only describes them.
    pub(crate) fn is_priced_by_parts(&self) -> bool {
        self.product_type == ProductType::Bundle && !self.counts
    }

    /// The units that are invoiced and not refunded, with their money.
    pub(crate) fn left_to_refund(&self) -> Result<LeftOfItem, MoneyError> {
        Ok(LeftOfItem {
            money: self.invoiced.checked_sub(self.refunded)?,
            units: self.quantities.to_refund(),
        })
    }

    /// The units that are neither invoiced nor canceled, with their money.
    pub(crate) fn left_to_invoice(&self) -> Result<LeftOfItem, MoneyError> {
        Ok(LeftOfItem {
            money: self
                .ordered
                .checked_sub(self.invoiced)?
                .checked_sub(self.canceled)?,
            units: self.quantities.to_invoice(),
        })
    }

    /// The item's status, by Adobe's rule and in Adobe's texts (`docs/contract.md` section 6.1).
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.quantities.status()
    }

    /// An item of which no unit is invoiced, shipped, canceled or refunded yet.
    #[must_use]
    pub fn new(position: ItemPosition, sku: &str, name: &str, ordered: Quantity, money: RowMoney) -> Self {
        let zero = RowMoney::zero(money.net.currency());
        Self {
            position,
            parent: None,
            external_id: None,
            sku: sku.into(),
            name: name.into(),
            product_type: ProductType::Simple,
            is_virtual: false,
            counts: true,
            quantities: ItemQuantities {
                ordered,
                ..ItemQuantities::default()
            },
            prices: ItemPrices::default(),
            ordered: money,
            invoiced: zero,
            refunded: zero,
            canceled: zero,
            selected_options: Vec::new(),
            entered_options: Vec::new(),
            ships_separately: None,
            bundle_options: Vec::new(),
            downloadable_links: Vec::new(),
            gift_card: None,
        }
    }

    /// The currency of the item.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.ordered.net.currency()
    }

    /// The discount on the item.
    #[must_use]
    pub fn discount(&self) -> Money {
        self.ordered.discount
    }
}
