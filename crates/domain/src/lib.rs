//! The rules of the shop: functions over plain data. They do no I/O, and know no clock, database or GraphQL.
//!
//! Start at [`Order`]: [`Order::cancellation_terms`] says what may be canceled,
//! [`Order::cancel`] decides a cancellation. Every decided change of an order is a
//! [`Transition`]: the order afterwards, the event, and the effects that are owed outside.

pub mod account;
pub mod cancellation;
pub mod channel;
pub mod effect;
pub mod event;
pub mod event_filter;
pub mod id;
pub mod idempotency_key;
pub mod invariants;
pub mod money;
pub mod order;
pub mod payment;
pub mod shop;
pub mod transition;

pub use account::{
    Customer, Email, LONGEST_EMAIL, MAX_PASSWORD_LENGTH, MIN_PASSWORD_CLASSES, MIN_PASSWORD_LENGTH,
    PasswordResetLifetime, TokenLifetime, WeakPassword, check_password_strength, is_email,
};
pub use cancellation::{
    AfterWindow, ApproveRequest, ApprovedRequest, Audience, Audiences, BulkOrderState, BulkPace, BulkState,
    BundleParts, BuyerMail, Cancel, CanceledItem, Cancellation, CancellationAction, CancellationIntent,
    CancellationMode, CancellationPolicy, CancellationPreview, CancellationQuote, CancellationReason,
    CancellationRefusal, CancellationRequest, CancellationRules, CancellationTerms, ChannelCode,
    ChannelCodes, ChannelFact, ChannelWay, ConfirmationKey, ConfirmationRefusal, EndedRequest, FeeRule,
    GUEST_KEY_LENGTH, GuestKey, GuestKeyChange, GuestKeyRefusal, GuestKeyRequest, ItemTerms,
    LONGEST_CANCELLATION_COMMENT, LONGEST_DECISION_REASON, LONGEST_REFUND_NOTE, MOST_BULK_ORDERS_PER_SECOND,
    ModeRules, NO_REASON, OrderRuleError, OrderRules, PastAttempt, PastOrder, PreviewedItem, QuotedItem,
    QuotedMoney, ReasonAudience, ReasonEdit, ReasonEditRefusal, ReasonList, ReasonListError, ReasonMapping,
    ReasonNotForChannel, ReasonRules, ReasonRulesEdit, RefundChoice, RefundRefusal, RefundShare,
    RequestCancellation, RequestDecision, RequestRefusal, RequestRules, RequestRuling, RequestStatus,
    RequestedCancellation, Restoration, RestoreRule, RestoreRules, RestoredStock, RuleOutcome, Selection,
    ShippingRefund, SimulatedOutcome, TOO_SLOW, TenderRefund, are_channel_codes,
};
pub use effect::{Effect, Notice};
pub use event::{EventData, EventKind, OrderEvent};
pub use id::{CustomerId, OrderId, StoreNumber, WebsiteNumber};
pub use idempotency_key::{IdempotencyKey, LONGEST_IDEMPOTENCY_KEY, NoIdempotencyKey};
pub use money::decimal::{self, DecimalError, parse_scaled};
pub use money::{Currency, Money, MoneyError, Quantity, RowMoney, UnitPrice};
pub use order::comment;
pub use order::{
    Actor, Address, BundleOption, ChargeShare, Command, Comment, Coupon, CreditDue, CreditMemo,
    CreditMemoLine, CreditMemoRequest, CustomerGroup, Delivery, DeliveryKind, DeliveryRefusal,
    DeliveryRequest, Discount, DocumentRefusal, ERASED, EndSubscription, EndedSubscription, FailedReversal,
    FailureAudience, FreeTextProblem, FulfilmentRefusal, GiftCardDetail, GiftCardsUsed, HoldRefusal,
    IntervalUnit, Invoice, InvoiceLine, InvoiceRequest, InvoiceState, ItemPosition, ItemPrices,
    ItemQuantities, LONGEST_CHANNEL_NAME, LONGEST_NOTE, LONGEST_ORDER_NUMBER, LONGEST_STOREFRONT_NUMBER,
    LONGEST_SUBSCRIPTION_ID, LONGEST_SUBSCRIPTION_INTERVAL, LateCapture, LineRefusal, NO_CHANNEL,
    NoCustomerGroup, NoteRefusal, NoteRequest, OpenInvoiceRequest, Order, OrderChannel, OrderCustomer,
    OrderItem, OrderNumber, OrderState, OtherCharge, OtherCredit, OutsideRefund, PointsUsed, ProductOption,
    ProductType, RefundProgress, Remaining, ReversalFailure, SettledMatter, Settlement, Shipment,
    ShipmentLine, ShipmentRequest, Shipping, StaffRole, StatusLabels, Subscription, SubscriptionEnd,
    SubscriptionEndRule, SubscriptionEndTime, SubscriptionInterval, SubscriptionPolicy, SubscriptionRefusal,
    SubscriptionState, TaxLine, Totals, Tracking, UpstreamChange, is_order_number,
};
pub use payment::provider_account::{LONGEST_ACCOUNT_NAME, is_account_name};
pub use payment::provider_capabilities::{LookUp, ProviderCapabilities};
pub use payment::refund_split::RefundOrder;
pub use payment::report::{ProviderReport, ProviderReports, ReportMatter};
pub use payment::reversal::{
    Reversal, ReversalCall, ReversalEntry, ReversalOperation, ReversalRefusal, ReversalState,
};
pub use payment::safe_next_request::ReversalStep;
pub use payment::tender::{PaymentTender, Tender, TenderKind};
pub use payment::{Charged, Payment, PaymentKind, PaymentTransaction, TransactionKind};
pub use shop::settings::{
    ConfigScope, Rule, ScopeLevel, ScopedSettings, Setting, SettingKind, SettingRefusal, SettingValue,
    Settings, Sourced,
};
pub use shop::{Shop, StoreGroup, StoreView, Website};
pub use transition::Transition;
