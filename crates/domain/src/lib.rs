//! The rules: functions over plain data. No async, no I/O, no clock, no database, no GraphQL.
//!
//! Start at [`Order`]: [`Order::cancellation_terms`] says what may be canceled, [`Order::cancel`] plans it,
//! [`Order::after`] shows the order once the plan is carried out.

pub mod account;
pub mod cancellation;
pub mod event;
pub mod id;
pub mod money;
pub mod order;
pub mod payment;
pub mod shop;

pub use account::{
    Customer, MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH, WeakPassword, check_password_strength,
};
pub use cancellation::{
    CancelRequest, CanceledItem, Cancellation, CancellationAction, CancellationPolicy, CancellationReason,
    CancellationRefusal, CancellationTerms, GUEST_KEY_LENGTH, GuestKey, GuestKeyRefusal, ItemTerms,
    ReasonCatalog, ReasonCatalogError,
};
pub use event::{EventKind, OrderEvent};
pub use id::{CustomerId, OrderId, StoreNumber, WebsiteNumber};
pub use money::decimal::{self, DecimalError, parse_scaled};
pub use money::{Currency, Money, MoneyError, Quantity, RowMoney, UnitPrice};
pub use order::comment;
pub use order::{
    Actor, Address, BundleOption, Comment, Coupon, CreditMemo, CreditMemoLine, CreditMemoRequest, Discount,
    DocumentRefusal, GiftCardDetail, HoldRefusal, Invoice, InvoiceLine, InvoiceRequest, ItemPrices,
    ItemQuantities, Order, OrderCustomer, OrderItem, OrderState, ProductOption, ProductType, Shipment,
    ShipmentLine, ShipmentRequest, Shipping, StaffRole, StatusLabels, TaxLine, Totals, Tracking,
};
pub use payment::{Payment, PaymentKind, PaymentTransaction, Reversal, ReversalKind, TransactionKind};
pub use shop::{Catalog, ConfigScope, ScopedSettings, Settings, Sourced, StoreGroup, StoreView, Website};
