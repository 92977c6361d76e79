//! The rules: functions over plain data. No async, no I/O, no clock, no database, no GraphQL.
//!
//! Start at [`Order`]: [`Order::cancellation_terms`] says what may be canceled, [`Order::cancel`] plans it,
//! [`Order::after`] shows the order once the plan is carried out.

pub mod actor;
pub mod address;
pub mod cancellation;
pub mod catalog;
pub mod comment;
pub mod config_scope;
pub mod credit_memo;
pub mod customer;
pub mod decimal;
pub mod eligibility;
pub mod event;
pub mod guest_key;
pub mod hold;
pub mod id;
pub mod invoice;
pub mod money;
pub mod order;
pub mod order_item;
pub mod password;
pub mod payment;
pub mod policy;
pub mod quantity;
pub mod reason;
mod refund;
pub mod row_money;
pub mod shipment;
pub mod state;
pub mod status;
mod whole_order;

pub use actor::{Actor, StaffRole};
pub use address::Address;
pub use cancellation::{CancelRequest, CanceledItem, Cancellation};
pub use catalog::{Catalog, StoreGroup, StoreView, Website};
pub use comment::Comment;
pub use config_scope::{ConfigScope, ScopedSettings, Settings, Sourced};
pub use credit_memo::{CreditMemo, CreditMemoLine, CreditMemoRequest};
pub use customer::Customer;
pub use decimal::{DecimalError, parse_scaled};
pub use eligibility::{CancellationAction, CancellationRefusal, CancellationTerms, ItemTerms};
pub use event::{EventKind, OrderEvent};
pub use guest_key::{GUEST_KEY_LENGTH, GuestKey, GuestKeyRefusal};
pub use hold::HoldRefusal;
pub use id::{CustomerId, OrderId, StoreNumber, WebsiteNumber};
pub use invoice::{DocumentRefusal, Invoice, InvoiceLine, InvoiceRequest};
pub use money::{Currency, Money, MoneyError, UnitPrice};
pub use order::{Coupon, Discount, Order, OrderCustomer, Shipping, TaxLine, Totals};
pub use order_item::{
    BundleOption, GiftCardDetail, ItemPrices, ItemQuantities, OrderItem, ProductOption, ProductType,
};
pub use password::{MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH, WeakPassword, check_password_strength};
pub use payment::{Payment, PaymentKind, PaymentTransaction, Reversal, ReversalKind, TransactionKind};
pub use policy::CancellationPolicy;
pub use quantity::Quantity;
pub use reason::{CancellationReason, ReasonCatalog, ReasonCatalogError};
pub use row_money::RowMoney;
pub use shipment::{Shipment, ShipmentLine, ShipmentRequest, Tracking};
pub use state::OrderState;
pub use status::StatusLabels;
