//! A row of an order: what was bought, how much of it went where, and the money that goes with each part.

use crate::money::{Currency, Money, MoneyError, Quantity, RowMoney, UnitPrice};

/// What kind of product a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductType {
    /// A physical thing.
    Simple,
    /// A service: nothing is shipped.
    Virtual,
    /// Files.
    Downloadable,
    /// A set; its parts are rows of their own.
    Bundle,
    /// A choice; the chosen product is a row of its own.
    Configurable,
    /// A gift card.
    GiftCard,
    /// One of a group, sold alone.
    Grouped,
}

impl ProductType {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Simple,
        Self::Virtual,
        Self::Downloadable,
        Self::Bundle,
        Self::Configurable,
        Self::GiftCard,
        Self::Grouped,
    ];

    /// Adobe's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Virtual => "virtual",
            Self::Downloadable => "downloadable",
            Self::Bundle => "bundle",
            Self::Configurable => "configurable",
            Self::GiftCard => "giftcard",
            Self::Grouped => "grouped",
        }
    }

    /// The type called `code`; a type that an extension added is taken for a simple product.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|it| it.code() == code)
            .unwrap_or(Self::Simple)
    }
}

/// How much of a row went where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemQuantities {
    /// Bought.
    pub ordered: Quantity,
    /// On an invoice.
    pub invoiced: Quantity,
    /// Handed to a carrier.
    pub shipped: Quantity,
    /// Canceled before it was invoiced.
    pub canceled: Quantity,
    /// On a credit memo.
    pub refunded: Quantity,
}

impl ItemQuantities {
    /// Neither invoiced, shipped nor canceled: may be canceled without a refund.
    #[must_use]
    pub fn to_cancel(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.invoiced.max(self.shipped))
    }

    /// May be put on an invoice.
    #[must_use]
    pub fn to_invoice(self) -> Quantity {
        self.ordered.minus(self.canceled).minus(self.invoiced)
    }

    /// May be shipped: what was refunded stays here.
    #[must_use]
    pub fn to_ship(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.shipped)
            .minus(self.refunded)
    }

    /// May be put on a credit memo.
    #[must_use]
    pub fn to_refund(self) -> Quantity {
        self.invoiced.minus(self.refunded)
    }

    /// May be canceled or put on a credit memo: what a cancellation can give up.
    #[must_use]
    pub fn to_give_up(self) -> Quantity {
        self.to_cancel().plus(self.to_refund())
    }

    /// Still on its way to the buyer: neither canceled, refunded nor shipped.
    #[must_use]
    pub fn open(self) -> Quantity {
        self.ordered
            .minus(self.canceled)
            .minus(self.refunded)
            .minus(self.shipped)
    }
}

/// Unit prices, only shown: row amounts are what counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemPrices {
    /// Without tax.
    pub price: UnitPrice,
    /// With tax.
    pub price_including_tax: UnitPrice,
    /// Before special prices, without tax.
    pub original_price: Option<UnitPrice>,
}

/// An option as the shopper saw it: `Color: Red`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// `Color`.
    pub label: String,
    /// `Red`.
    pub value: String,
}

/// A chosen part of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleOption {
    /// The option's name, `Case`.
    pub label: String,
    /// What was chosen, by name.
    pub values: Vec<String>,
}

/// What a gift card row tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GiftCardDetail {
    /// Who gives.
    pub sender_name: Option<String>,
    /// Their address.
    pub sender_email: Option<String>,
    /// Who receives.
    pub recipient_name: Option<String>,
    /// Their address.
    pub recipient_email: Option<String>,
    /// The message.
    pub message: Option<String>,
}

/// A row of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderItem {
    /// 1, 2, ...: with the order's id the row's key.
    pub position: i32,
    /// The position of the bundle or configurable row this one belongs to.
    pub parent: Option<i32>,
    /// The id in the shop that the order came from.
    pub external_id: Option<i64>,
    /// Stock keeping unit.
    pub sku: String,
    /// Name when bought.
    pub name: String,
    /// Kind of product.
    pub product_type: ProductType,
    /// Whether nothing is shipped for this row.
    pub is_virtual: bool,
    /// Whether this row's money counts in the order's totals.
    ///
    /// Of a configurable only the parent counts; of a bundle either the parent (fixed price) or its parts.
    pub counts: bool,
    /// Where the units are.
    pub quantities: ItemQuantities,
    /// Unit prices.
    pub prices: ItemPrices,
    /// What the row costs, fixed when the order was placed.
    pub ordered: RowMoney,
    /// What of it is invoiced.
    pub invoiced: RowMoney,
    /// What of it is refunded.
    pub refunded: RowMoney,
    /// What of it is canceled.
    pub canceled: RowMoney,
    /// Chosen options.
    pub selected_options: Vec<ProductOption>,
    /// Typed options.
    pub entered_options: Vec<ProductOption>,
    /// A bundle's choices.
    pub bundle_options: Vec<BundleOption>,
    /// A downloadable's files, by title.
    pub downloadable_links: Vec<String>,
    /// A gift card's text.
    pub gift_card: Option<GiftCardDetail>,
}

impl OrderItem {
    /// Units that can be shipped; none of a service.
    #[must_use]
    pub fn to_ship(&self) -> Quantity {
        if self.is_virtual {
            Quantity::ZERO
        } else {
            self.quantities.to_ship()
        }
    }

    /// What units of this row still invoiced and not refunded cost, `quantity` of them.
    ///
    /// A share of what is left: the row never goes below zero, whatever was invoiced between two refunds, and
    /// the last units close it to the minor unit.
    pub(crate) fn refund_share(&self, quantity: Quantity) -> Result<RowMoney, MoneyError> {
        let left = self.invoiced.checked_sub(self.refunded)?;
        left.share(Quantity::ZERO, quantity, self.quantities.to_refund())
    }

    /// What the next `quantity` units cost that are neither invoiced nor canceled: a share of what is left.
    pub(crate) fn open_share(&self, quantity: Quantity) -> Result<RowMoney, MoneyError> {
        let left = self
            .ordered
            .checked_sub(self.invoiced)?
            .checked_sub(self.canceled)?;
        left.share(Quantity::ZERO, quantity, self.quantities.to_invoice())
    }

    /// What the row is in the status texts of the contract (section 6.1).
    #[must_use]
    pub fn status(&self) -> &'static str {
        let q = self.quantities;
        if q.ordered == q.canceled {
            "Canceled"
        } else if q.refunded.is_positive() && q.refunded.plus(q.canceled) == q.ordered {
            "Refunded"
        } else if q.shipped.is_positive() && q.shipped.plus(q.canceled) == q.ordered {
            "Shipped"
        } else if q.invoiced.is_positive() && q.invoiced.plus(q.canceled) == q.ordered {
            "Invoiced"
        } else if q.shipped.is_positive() && q.invoiced.is_positive() {
            "Mixed"
        } else if q.shipped.is_positive() || q.invoiced.is_positive() || q.canceled.is_positive() {
            "Partial"
        } else {
            "Ordered"
        }
    }

    /// A row with nothing done to it yet.
    #[must_use]
    pub fn new(position: i32, sku: &str, name: &str, ordered: Quantity, money: RowMoney) -> Self {
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
            bundle_options: Vec::new(),
            downloadable_links: Vec::new(),
            gift_card: None,
        }
    }

    /// The currency of the row.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.ordered.net.currency()
    }

    /// The discount on the row.
    #[must_use]
    pub fn discount(&self) -> Money {
        self.ordered.discount
    }
}
