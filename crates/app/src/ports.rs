//! The interfaces to the outside that the use cases need; adapters live in `integrations`.

mod event_stream;
mod payment_provider;
mod provider_message;
mod sales_channel;
mod webhook_sender;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
pub use countermand_domain::{Email, OrderNumber};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use event_stream::{EventStream, StreamMessage, StreamPlace};
pub use payment_provider::{
    AccountAccess, MerchantAccountUse, NoPaymentProviders, PaymentProvider, PaymentProviders, ProviderAnswer,
    ProviderError, ProviderPayment, ProviderRefund, ReversalRequest,
};
pub use provider_message::{IncomingMessage, MessageRefusal, ProviderMessage};
pub use sales_channel::{ChannelError, ChannelPage, SalesChannel};
pub use webhook_sender::{NoWebhookSender, WebhookAnswer, WebhookMessage, WebhookSender};

/// A mail to be sent: the payload of an obligation, so everything in it is fixed when it is caused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The mail's id and `Message-ID`, by which a mail that was sent twice can be recognized.
    pub id: String,
    /// The receiver's address.
    pub to: String,
    /// The receiver's name.
    pub to_name: String,
    /// Locale of the store view, `nl_NL`.
    pub locale: String,
    /// Name of the store view.
    pub store_name: String,
    /// The address that answers the receiver's questions; none when the shop has set none. Mails of older versions
    /// have none.
    #[serde(default)]
    pub contact: Option<String>,
    /// The message of the mail.
    pub message: MailMessage,
    /// When the mail was caused, even if it is sent later. The payload
    /// does not hold this date, because the obligation does.
    #[serde(skip)]
    pub caused_at: DateTime<Utc>,
}

/// The mails there are. The name of each is the name of its templates, its fields are their variables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "snake_case")]
pub enum MailMessage {
    /// A guest confirms a cancellation by opening a link (`docs/contract.md` section 5.3).
    ConfirmCancellation {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The items that the key cancels; empty for the whole order, and in a mail of an older version.
        #[serde(default)]
        items: Vec<CanceledLine>,
        /// The link with the key.
        link: String,
        /// The items and amounts of the order; none in a mail of an older version.
        #[serde(default)]
        order: Option<OrderSummary>,
    },
    /// An order was canceled (`docs/contract.md` section 5.3).
    OrderCanceled {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The items that were canceled while something of the order is left; empty when the whole order is canceled,
        /// and in a mail of an older version.
        #[serde(default)]
        items: Vec<CanceledLine>,
        /// The items of a request that the shop did not cancel; empty when all of it is canceled, and in a mail of an
        /// older version.
        #[serde(default)]
        refused_items: Vec<CanceledLine>,
        /// What the buyer owes in all after the cancellation of a part, as text; none when the whole order is canceled,
        /// and in a mail of an older version.
        #[serde(default)]
        new_total: Option<String>,
        /// The money that flows back, as text; none when nothing was paid.
        refund: Option<String>,
        /// The gift cards and the store credit that come back, as text; none when none does.
        #[serde(default)]
        credit: Option<String>,
        /// Whether neither money nor credit pays for the order, so that nothing comes back.
        #[serde(default)]
        is_free: bool,
        /// The link with the order's token; none while the whole website of the order is disabled, and in a mail of an
        /// older version.
        #[serde(default)]
        link: Option<String>,
        /// The items and amounts of the order; none in a mail of an older version.
        #[serde(default)]
        order: Option<OrderSummary>,
    },
    /// An order came in: a link to look at it without signing in.
    OrderConfirmation {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The link with the order's token; empty while the whole website of the order is disabled, so that templates
        /// of an earlier version stay valid.
        link: String,
        /// The items and amounts of the order; none in a mail of an older version.
        #[serde(default)]
        order: Option<OrderSummary>,
    },
    /// A customer who forgot the password opens a link to choose a new one.
    ResetPassword {
        /// The link with the token.
        link: String,
    },
    /// A cancellation was asked for, and the shop has not decided yet.
    CancellationRequested {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The items that were asked for; empty for the whole order.
        items: Vec<CanceledLine>,
        /// The link with the order's token; none while the whole website of the order is disabled.
        link: Option<String>,
    },
    /// The shop declined a request, or the request came too late.
    RequestRefused {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The items that were asked for and are not canceled; empty in a mail of an older version.
        #[serde(default)]
        items: Vec<CanceledLine>,
        /// What the buyer owes for the order in all, as text; none in a mail of an older version.
        #[serde(default)]
        total: Option<String>,
        /// Whether nothing of the request could be canceled any more.
        is_too_late: bool,
        /// What the shop says about its decision; none where it says nothing.
        reason: Option<String>,
        /// The link with the order's token; none while the whole website of the order is disabled.
        link: Option<String>,
    },
    /// A request was taken back, so nothing is canceled.
    RequestWithdrawn {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The items that were asked for; empty for the whole order.
        items: Vec<CanceledLine>,
        /// The link with the order's token; none while the whole website of the order is disabled.
        link: Option<String>,
    },
    /// A payment provider has carried out a refund.
    RefundPaid {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The money that went back, as text.
        refund: String,
        /// The name of the tender by which it went back, as the buyer knows it; none where the order names none.
        payment_method: Option<String>,
        /// The link with the order's token; none while the whole website of the order is disabled.
        link: Option<String>,
    },
    /// A subscription ends, has ended or goes on.
    SubscriptionChanged {
        /// The number of the order that pays the newest period.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The name of the product.
        product: String,
        /// What happened to the subscription.
        change: SubscriptionChange,
        /// The day on which the subscription ends or ended, in the time zone of the store view; none where it goes on.
        ends_on: Option<String>,
        /// The money that flows back, as text; none where none does.
        refund: Option<String>,
        /// The link with the order's token; none while the whole website of the order is disabled.
        link: Option<String>,
    },
    /// The shop itself is told that a cancellation was asked for.
    MerchantRequest {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The buyer's name.
        buyer: String,
        /// Who asked for the cancellation.
        requested_by: CanceledBy,
        /// The name of a member of staff's token.
        staff_name: Option<String>,
        /// The reason as the buyer gave it; none without a reason.
        reason: Option<String>,
        /// What the person added; none without a comment.
        comment: Option<String>,
        /// The time by which staff should decide, in UTC; none without a deadline.
        due_at: Option<String>,
        /// The items that were asked for.
        items: Vec<CanceledLine>,
    },
    /// The shop itself is told that the deadline of a request is over, and that staff must decide.
    MerchantRequestOverdue {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The buyer's name.
        buyer: String,
        /// Who asked for the cancellation.
        requested_by: CanceledBy,
        /// The name of a member of staff's token.
        staff_name: Option<String>,
        /// The reason as the buyer gave it; none without a reason.
        reason: Option<String>,
        /// What the person added; none without a comment.
        comment: Option<String>,
        /// The time of the request, in UTC.
        requested_at: String,
        /// The time by which staff should have decided, in UTC.
        due_at: Option<String>,
        /// The items that were asked for.
        items: Vec<CanceledLine>,
    },
    /// The shop itself is told that an order was canceled.
    MerchantNotice {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The buyer's name.
        buyer: String,
        /// Who canceled the order.
        canceled_by: CanceledBy,
        /// The name of a member of staff's token.
        staff_name: Option<String>,
        /// The reason as the store view shows it.
        reason: String,
        /// What the person who canceled the order added; none without a comment, and in a mail of an older version.
        #[serde(default)]
        comment: Option<String>,
        /// Whether something of the order is left; false in a mail of an older version.
        #[serde(default)]
        is_partial: bool,
        /// The money that flows back, as text; none when nothing was paid.
        refund: Option<String>,
        /// The items that must not be shipped any more.
        items: Vec<CanceledLine>,
    },
}

/// Writes an order number into the payload as plain text, and reads it back.
mod order_number_text {
    use countermand_domain::OrderNumber;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &OrderNumber, payload: S) -> Result<S::Ok, S::Error> {
        payload.serialize_str(number.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(payload: D) -> Result<OrderNumber, D::Error> {
        String::deserialize(payload).map(OrderNumber::from)
    }
}

/// What happened to a subscription, for a template to put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionChange {
    /// It ends with the paid period.
    Ending,
    /// It has ended.
    Ended,
    /// It goes on, although an end was asked for.
    Resumed,
}

/// Who canceled an order, for a template to put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanceledBy {
    /// The buyer, signed in.
    Customer,
    /// The buyer of a guest order.
    Guest,
    /// A member of staff.
    Staff,
    /// The program itself.
    System,
}

/// The items and amounts of an order as a mail shows them, as they were ordered. Amounts are texts in the reader's
/// language; together they are the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSummary {
    /// The first items of the order, as many as a mail lists.
    pub items: Vec<OrderLine>,
    /// How many more items the order has.
    pub more_items: usize,
    /// The sum of the items without tax, before discounts.
    pub subtotal: String,
    /// The price of the shipping without tax; none when nothing of the order is shipped.
    pub shipping: Option<String>,
    /// The discounts, as a negative amount; none when there are none.
    pub discount: Option<String>,
    /// The tax on items and shipping; none when there is none.
    pub tax: Option<String>,
    /// Gift cards, store credit and points that were used, as a negative amount; none when none were used.
    pub credits: Option<String>,
    /// What else is in the total, such as a payment fee; none when nothing is.
    pub other_charges: Option<String>,
    /// What the buyer owes for the whole order.
    pub total: String,
}

/// An item of an order with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The stock keeping unit.
    pub sku: String,
    /// The name when the item was bought.
    pub name: String,
    /// How many units were ordered.
    pub quantity: String,
    /// The price of all of them without tax, before discounts.
    pub amount: String,
}

/// A canceled item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanceledLine {
    /// The stock keeping unit.
    pub sku: String,
    /// The name when the item was bought.
    pub name: String,
    /// How many units were canceled.
    pub quantity: String,
}

/// Why a mail was not sent.
#[derive(Debug, Error)]
pub enum MailError {
    /// The mail server takes no mails at all now: it does not answer, hangs up, or refuses the connection or the login.
    #[error("no server: {0}")]
    Unavailable(String),
    /// A later attempt may succeed.
    #[error("not now: {0}")]
    Temporary(String),
    /// No later attempt can succeed.
    #[error("never: {0}")]
    Permanent(String),
}

/// Sends mails.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends `mail`, or says whether it is worth trying again.
    async fn send(&self, mail: &Mail) -> Result<(), MailError>;
}

/// Several workers share one mailer.
#[async_trait]
impl Mailer for Arc<dyn Mailer> {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.as_ref().send(mail).await
    }
}

/// The customer whose token of the shop's own identity service was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// The customer with this address.
    Email(Email),
    /// The customer with this number.
    CustomerId(i64),
}

/// Why a token of the identity service is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// The token is forged, expired, or made for another service.
    #[error("the token is refused")]
    Refused,
    /// The keys for checking the token are not known yet.
    #[error("the identity service's keys cannot be read")]
    Unavailable,
}

/// Checks tokens of the shop's own identity service.
#[async_trait]
pub trait IdentityVerifier: Send + Sync {
    /// The customer whose `token` it is, if the token is valid at `now`.
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, IdentityError>;
}
