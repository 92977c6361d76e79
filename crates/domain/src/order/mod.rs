//! An order as a whole, and the facts that follow from its parts.

mod actor;
mod address;
mod base_currency;
mod benefit;
pub mod comment;
mod credit_due;
mod customer_group;
mod delivery;
mod documents;
mod earlier;
mod erase_buyer;
mod failed_reversal;
mod family;
mod free_text;
mod fulfilment;
mod history;
mod hold;
mod item;
mod late_capture;
mod next_state;
mod note;
mod number;
mod other_charge;
mod outside_refund;
mod sales_channel;
mod settled_by_hand;
mod state;
mod status;
mod subscription;
mod subscription_command;
mod subscription_policy;
mod upstream;

use chrono::{DateTime, Utc};

use crate::cancellation::CancellationRequest;
use crate::id::{CustomerId, OrderId};
use crate::money::{Currency, Money, MoneyError, RowMoney};
use crate::payment::Payment;

pub use actor::{Actor, StaffRole};
pub use address::Address;
pub use benefit::{Coupon, GiftCardsUsed, PointsUsed};
pub use comment::Comment;
pub use credit_due::CreditDue;
pub use customer_group::{CustomerGroup, NoCustomerGroup};
pub use delivery::{Delivery, DeliveryKind, DeliveryRefusal, DeliveryRequest};
pub use documents::{
    CreditMemo, CreditMemoLine, CreditMemoRequest, DocumentRefusal, Invoice, InvoiceLine, InvoiceRequest,
    InvoiceState, LineRefusal, OpenInvoiceRequest, Shipment, ShipmentLine, ShipmentRequest, Tracking,
};
pub use erase_buyer::ERASED;
pub use failed_reversal::{FailedReversal, FailureAudience, ReversalFailure};
pub(crate) use family::BrokenUnits;
pub use free_text::FreeTextProblem;
pub(crate) use free_text::free_text;
pub use fulfilment::FulfilmentRefusal;
pub use hold::HoldRefusal;
pub use item::{
    BundleOption, GiftCardDetail, ItemPosition, ItemPrices, ItemQuantities, OrderItem, ProductOption,
    ProductType,
};
pub use late_capture::LateCapture;
pub use next_state::Remaining;
pub use note::{LONGEST_NOTE, NoteRefusal, NoteRequest};
pub use number::{LONGEST_ORDER_NUMBER, LONGEST_STOREFRONT_NUMBER, OrderNumber, is_order_number};
pub(crate) use other_charge::WithOrderCharges;
pub use other_charge::{ChargeShare, OtherCharge, OtherCredit};
pub use outside_refund::OutsideRefund;
pub use sales_channel::{LONGEST_CHANNEL_NAME, NO_CHANNEL, OrderChannel};
pub use settled_by_hand::{RefundProgress, SettledMatter, Settlement};
pub use state::{Command, OrderState, UnknownState};
pub use status::StatusLabels;
pub use subscription::{
    IntervalUnit, LONGEST_SUBSCRIPTION_ID, LONGEST_SUBSCRIPTION_INTERVAL, Subscription, SubscriptionEnd,
    SubscriptionInterval, SubscriptionState,
};
pub use subscription_command::{EndSubscription, EndedSubscription, SubscriptionRefusal};
pub use subscription_policy::{SubscriptionEndRule, SubscriptionEndTime, SubscriptionPolicy};
pub use upstream::UpstreamChange;

/// An order with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The id of the order in this database; it contains the number of the store view.
    pub id: OrderId,
    /// The version, which every change raises. A write checks the version that it was decided on.
    pub version: i64,
    /// The increment number, unique in its store view, at most 50 characters.
    pub number: OrderNumber,
    /// The id in the shop that the order came from.
    pub external_id: Option<i64>,
    /// The state of the order.
    pub state: OrderState,
    /// The merchant's status code for the state.
    pub status: String,
    /// The state and the status before a hold.
    pub held_from: Option<(OrderState, String)>,
    /// The buyer.
    pub customer: OrderCustomer,
    /// When the order was placed.
    pub placed_at: DateTime<Utc>,
    /// When the order last changed; a note of staff is no change.
    pub updated_at: DateTime<Utc>,
    /// When the status last changed.
    pub status_changed_at: DateTime<Utc>,
    /// Whether no item of the order needs a shipment.
    pub is_virtual: bool,
    /// The items, by position.
    pub items: Vec<OrderItem>,
    /// The address for the invoice.
    pub billing_address: Address,
    /// The address for the parcel; none for virtual orders.
    pub shipping_address: Option<Address>,
    /// How the order is shipped, and what the shipping costs.
    pub shipping: Shipping,
    /// How the order is paid.
    pub payment: Payment,
    /// Charges beside the items and the shipping; mostly none.
    pub other_charges: Vec<OtherCharge>,
    /// Credits of extensions, which are part of the credits of the totals; mostly none.
    pub other_credits: Vec<OtherCredit>,
    /// The totals of the order.
    pub totals: Totals,
    /// Taxes by rate, as shown when placed.
    pub taxes: Vec<TaxLine>,
    /// Discounts by rule, as shown when placed.
    pub discounts: Vec<Discount>,
    /// Coupons used.
    pub coupons: Vec<Coupon>,
    /// Points used; mostly none.
    pub points: Option<PointsUsed>,
    /// Gift cards used, where it is known when they expire; mostly none.
    pub gift_cards: Option<GiftCardsUsed>,
    /// Invoices, oldest first.
    pub invoices: Vec<Invoice>,
    /// Shipments, oldest first.
    pub shipments: Vec<Shipment>,
    /// Credit memos, oldest first.
    pub credit_memos: Vec<CreditMemo>,
    /// History, oldest first.
    pub comments: Vec<Comment>,
    /// The newest request for a cancellation, open or ended; none where no cancellation was ever asked for.
    pub cancellation_request: Option<CancellationRequest>,
    /// Units that were delivered without a shipment, and gift cards that were used; mostly none.
    pub deliveries: Vec<Delivery>,
    /// The order of a sales channel from which this order was imported; mostly none.
    pub channel: Option<OrderChannel>,
    /// The subscriptions of which items of this order pay a period; mostly none.
    pub subscriptions: Vec<Subscription>,
}

/// The buyer: a customer with an account, or a guest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderCustomer {
    /// The customer's account; none for a guest.
    pub id: Option<CustomerId>,
    /// The e-mail address as the buyer gave it.
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
    /// The customer group that the buyer was in when the order was placed; none where the order did not tell it.
    pub group: Option<CustomerGroup>,
}

impl OrderCustomer {
    /// Given and family name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.firstname, self.lastname).trim().to_owned()
    }
}

/// How an order is shipped, and the money of the shipping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// Method code, `flatrate_flatrate`.
    pub method: Option<String>,
    /// The text that the shopper saw, such as `Flat Rate - Fixed`.
    pub description: Option<String>,
    /// The price of the shipping.
    pub ordered: RowMoney,
    /// The part of the price that is invoiced; the first invoice takes all of it.
    pub invoiced: RowMoney,
    /// The part of the price that is refunded.
    pub refunded: RowMoney,
    /// The part of the price that is canceled.
    pub canceled: RowMoney,
}

/// The totals of an order, in the order's currency unless stated otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The amount that the buyer owes in all, after credits.
    pub grand_total: Money,
    /// The grand total in the website's base currency.
    pub base_grand_total: Money,
    /// The gift cards, store credit and points that were used, those of extensions included.
    pub credits: Money,
    /// The part of `credits` that gift cards and store credit paid, which other systems keep. What points paid is no part
    /// of it, because it comes back as points; nor is a credit that is a discount by another name.
    pub stored_value: Money,
    /// The amount on invoices.
    pub invoiced: Money,
    /// The amount that was paid; none when no payment was ever made,
    /// which differs from zero (`docs/contract.md` section 5.1).
    pub paid: Option<Money>,
    /// The amount that was paid back.
    pub refunded: Money,
    /// The amount that was canceled before it was invoiced.
    pub canceled: Money,
}

/// A tax rate with its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxLine {
    /// The title, such as `VAT`.
    pub title: String,
    /// The rate in ten-thousandths of a percent: 21 % is 210,000.
    pub rate: i64,
    /// The amount of the tax.
    pub amount: Money,
}

/// A discount with its amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// The text that the shopper saw.
    pub label: String,
    /// The amount of the discount, as a positive amount.
    pub amount: Money,
    /// The coupon that gave the discount.
    pub coupon: Option<String>,
}

impl Order {
    /// The currency the buyer pays in.
    #[must_use]
    pub fn currency(&self) -> Currency {
        self.totals.grand_total.currency()
    }

    /// Whether the buyer is a guest. An erased buyer is none: the order belongs to no person any more.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        self.customer.id.is_none() && !self.is_erased()
    }

    /// Whether an item has been shipped.
    #[must_use]
    pub fn has_shipment(&self) -> bool {
        !self.shipments.is_empty()
            || self
                .items
                .iter()
                .any(|item| item.quantities.shipped.is_positive())
    }

    /// Whether the order costs nothing: neither money nor credits pay for it.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.totals.grand_total.is_zero() && self.totals.credits.is_zero()
    }

    /// Whether some invoiced money was never paid. Such an order can be neither canceled nor refunded.
    pub fn has_open_invoice(&self) -> Result<bool, MoneyError> {
        let paid = self.totals.paid.unwrap_or(Money::zero(self.currency()));
        let unpaid = self.totals.invoiced.checked_sub(paid)?;
        Ok(unpaid.is_positive())
    }

    /// The amount that was paid and not paid back.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        self.totals
            .paid
            .unwrap_or(Money::zero(self.currency()))
            .checked_sub(self.totals.refunded)
    }

    /// The part of the grand total that is neither invoiced nor canceled.
    pub(crate) fn left_to_bill(&self) -> Result<Money, MoneyError> {
        let totals = &self.totals;
        totals
            .grand_total
            .checked_sub(totals.invoiced)?
            .checked_sub(totals.canceled)
    }

    /// The sum of the items that count.
    pub fn items_money(&self) -> Result<RowMoney, MoneyError> {
        RowMoney::sum(self.currency(), self.counting_items().map(|item| item.ordered))
    }

    /// The items whose money counts.
    pub fn counting_items(&self) -> impl Iterator<Item = &OrderItem> {
        self.items.iter().filter(|item| item.counts)
    }

    /// The item at `position`.
    #[must_use]
    pub fn item(&self, position: ItemPosition) -> Option<&OrderItem> {
        self.items.iter().find(|item| item.position == position)
    }

    pub(crate) fn item_mut(&mut self, position: ItemPosition) -> Option<&mut OrderItem> {
        self.items.iter_mut().find(|item| item.position == position)
    }

    /// The items that belong to the bundle or configurable item at `position`.
    pub fn children(&self, position: ItemPosition) -> impl Iterator<Item = &OrderItem> {
        self.items
            .iter()
            .filter(move |item| item.parent == Some(position))
    }

    /// The number of the next document of a kind: the order's number and a counter.
    pub(crate) fn document_number(&self, existing: usize) -> String {
        format!("{}-{}", self.number, existing + 1)
    }
}
