//! An order as a whole, and what follows from its parts.

mod actor;
mod address;
pub mod comment;
mod documents;
mod history;
mod hold;
mod item;
mod state;
mod status;

use chrono::{DateTime, Utc};

use crate::id::{CustomerId, OrderId};
use crate::money::{Currency, Money, MoneyError, Quantity, RowMoney};
use crate::payment::Payment;

pub use actor::{Actor, StaffRole};
pub use address::Address;
pub use comment::Comment;
pub use documents::{
    CreditMemo, CreditMemoLine, CreditMemoRequest, DocumentRefusal, Invoice, InvoiceLine, InvoiceRequest,
    LineRefusal, Shipment, ShipmentLine, ShipmentRequest, Tracking,
};
pub use hold::HoldRefusal;
pub use item::{
    BundleOption, GiftCardDetail, ItemPrices, ItemQuantities, OrderItem, ProductOption, ProductType,
};
pub use state::{Command, OrderState, Remaining, UnknownState};
pub use status::StatusLabels;

/// An order with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Our id; names the store.
    pub id: OrderId,
    /// Raised by every change: the write guard.
    pub version: i64,
    /// Increment number, unique in its store, at most 20 characters.
    pub number: String,
    /// The id in the shop that the order came from.
    pub external_id: Option<i64>,
    /// The machine's state.
    pub state: OrderState,
    /// The merchant's code for it.
    pub status: String,
    /// State and status before a hold.
    pub held_from: Option<(OrderState, String)>,
    /// Who bought.
    pub customer: OrderCustomer,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// When anything last changed.
    pub updated_at: DateTime<Utc>,
    /// When the status last changed.
    pub status_changed_at: DateTime<Utc>,
    /// Whether nothing is shipped at all.
    pub is_virtual: bool,
    /// The rows, by position.
    pub items: Vec<OrderItem>,
    /// Where the invoice goes.
    pub billing_address: Address,
    /// Where the parcel goes; none for virtual orders.
    pub shipping_address: Option<Address>,
    /// How it is shipped, and what that costs.
    pub shipping: Shipping,
    /// How it is paid.
    pub payment: Payment,
    /// What it adds up to.
    pub totals: Totals,
    /// Taxes by rate, as shown when placed.
    pub taxes: Vec<TaxLine>,
    /// Discounts by rule, as shown when placed.
    pub discounts: Vec<Discount>,
    /// Coupons used.
    pub coupons: Vec<Coupon>,
    /// Invoices, oldest first.
    pub invoices: Vec<Invoice>,
    /// Shipments, oldest first.
    pub shipments: Vec<Shipment>,
    /// Credit memos, oldest first.
    pub credit_memos: Vec<CreditMemo>,
    /// History, oldest first.
    pub comments: Vec<Comment>,
}

/// Who bought: an account, or a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderCustomer {
    /// The account; none for a guest.
    pub id: Option<CustomerId>,
    /// E-mail as given.
    pub email: String,
    /// Given name.
    pub firstname: String,
    /// Family name.
    pub lastname: String,
    /// Middle name.
    pub middlename: Option<String>,
    /// `Dr.`
    pub prefix: Option<String>,
    /// `Jr.`
    pub suffix: Option<String>,
}

impl OrderCustomer {
    /// Given and family name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname).trim().to_owned()
    }
}

/// How an order is shipped, and the money of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// Method code, `flatrate_flatrate`.
    pub method: Option<String>,
    /// What the shopper saw, `Flat Rate - Fixed`.
    pub description: Option<String>,
    /// What it costs.
    pub ordered: RowMoney,
    /// What of it is invoiced: the first invoice takes all.
    pub invoiced: RowMoney,
    /// What of it is refunded.
    pub refunded: RowMoney,
    /// What of it is canceled.
    pub canceled: RowMoney,
}

/// What an order adds up to, in the order's currency unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// What the buyer owes in all, after credits.
    pub grand_total: Money,
    /// The same in the website's base currency.
    pub base_grand_total: Money,
    /// Gift cards, store credit and points used.
    pub credits: Money,
    /// On invoices.
    pub invoiced: Money,
    /// Really paid; none when nothing ever was (not the same as zero, `docs/contract.md` section 5.1).
    pub paid: Option<Money>,
    /// Paid back.
    pub refunded: Money,
    /// Canceled before it was invoiced.
    pub canceled: Money,
}

/// A tax rate with what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLine {
    /// `VAT`.
    pub title: String,
    /// Per cent in ten-thousandths: 21 % is 210,000.
    pub rate: i64,
    /// The tax.
    pub amount: Money,
}

/// A discount with what it amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// What the shopper saw.
    pub label: String,
    /// The discount, positive.
    pub amount: Money,
    /// The coupon behind it.
    pub coupon: Option<String>,
}

/// A coupon used on an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Its code.
    pub code: String,
}

impl Order {
    /// The currency the buyer pays in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.totals.grand_total.currency()
    }

    /// Whether no account owns it.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.customer.id.is_none()
    }

    /// Whether anything left the house.
    #[must_use]
    pub fn has_shipment(&self) -> bool {
        !self.shipments.is_empty()
            || self
                .items
                .iter()
                .any(|item| item.quantities.shipped.is_positive())
    }

    /// Invoiced money that was never paid: such an order can be neither canceled nor refunded as it stands.
    pub fn has_open_invoice(&self) -> Result<bool, MoneyError> {
        let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
        let unpaid = self.totals.invoiced.checked_sub(paid)?;
        Ok(unpaid.is_positive())
    }

    /// What was paid and not paid back.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        self.totals
            .paid
            .unwrap_or(Money::zero(self.currency()))
            .checked_sub(self.totals.refunded)
    }

    /// The sum of the rows that count.
    pub fn items_money(&self) -> Result<RowMoney, MoneyError> {
        RowMoney::sum(self.currency(), self.counting_items().map(|item| item.ordered))
    }

    /// Rows whose money counts.
    pub fn counting_items(&self) -> impl Iterator<Item = &OrderItem> {
        self.items.iter().filter(|item| item.counts)
    }

    /// The row at `position`.
    #[must_use]
    pub fn item(&self, position: i32) -> Option<&OrderItem> {
        self.items.iter().find(|item| item.position == position)
    }

    pub(crate) fn item_mut(&mut self, position: i32) -> Option<&mut OrderItem> {
        self.items.iter_mut().find(|item| item.position == position)
    }

    /// Rows that belong to the bundle or configurable at `position`.
    pub fn children(&self, position: i32) -> impl Iterator<Item = &OrderItem> {
        self.items
            .iter()
            .filter(move |item| item.parent == Some(position))
    }

    /// `amount` in the base currency, at the rate of the order.
    #[must_use]
    pub fn in_base_currency(&self, amount: Money) -> Money {
        let (grand, base) = (self.totals.grand_total, self.totals.base_grand_total);
        if grand.currency() == base.currency() || grand.is_zero() {
            return Money::new(amount.minor(), base.currency());
        }
        let exact = i128::from(amount.minor()) * i128::from(base.minor());
        let minor = crate::money::decimal::divide_half_up(exact, i128::from(grand.minor()));
        Money::new(i64::try_from(minor).unwrap_or(i64::MAX), base.currency())
    }

    /// Moves to `state`, with its default status, unless it is there already.
    pub(crate) fn enter(&mut self, state: OrderState, now: DateTime<Utc>) {
        if self.state != state {
            self.state = state;
            state.default_status().clone_into(&mut self.status);
            self.status_changed_at = now;
        }
    }

    /// What is left to do for the order, and what is left to pay or to pay back.
    pub fn remaining(&self) -> Result<Remaining, MoneyError> {
        let sum = |of: fn(&OrderItem) -> Quantity| {
            let units = self.items.iter().map(of);
            units.fold(Quantity::ZERO, Quantity::plus)
        };
        let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
        Ok(Remaining {
            to_invoice: sum(|item| item.quantities.to_invoice()),
            to_ship: sum(OrderItem::to_ship),
            to_refund: sum(|item| item.quantities.to_refund()),
            refunded: sum(|item| item.quantities.refunded),
            unpaid: self.totals.invoiced.checked_sub(paid)?,
            refundable: self.refundable()?,
        })
    }

    /// Moves the order to the state that follows from its documents.
    pub(crate) fn settle_state(&mut self, now: DateTime<Utc>) -> Result<(), MoneyError> {
        let state = OrderState::after_document(&self.remaining()?);
        self.enter(state, now);
        Ok(())
    }

    /// The number of the next document of a kind: the order's number and a counter.
    pub(crate) fn document_number(&self, existing: usize) -> String {
        format!("{}-{}", self.number, existing + 1)
    }
}
