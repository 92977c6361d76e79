//! What a mail says: the values for its templates.

use countermand_domain::OrderNumber;
use serde::{Deserialize, Serialize};

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
    /// The money of a refund that counted as paid back did not arrive.
    RefundFailed {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// The money that did not arrive, as text.
        refund: String,
        /// The name of the tender by which it was to go back, as the buyer knows it; none where the order names none.
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
    /// The shop itself is told that a payment provider did not carry out a refund or a void.
    MerchantRefundFailed {
        /// The order's number.
        #[serde(with = "order_number_text")]
        order_number: OrderNumber,
        /// How much did not reach the buyer, or was not released, as text.
        amount: String,
        /// Whether captured money did not go back; false where a reserved amount was not released.
        is_refund: bool,
        /// Whether the books said that the money was paid back.
        was_refunded: bool,
        /// Whether others made the refund, at the payment provider.
        is_by_others: bool,
        /// The code of the reason, as in the event: `disputed`.
        reason: String,
        /// What is known of the failure, such as the payment provider's words; none where it said nothing.
        detail: Option<String>,
        /// The name of the account at the payment provider.
        payment_provider: String,
        /// The payment provider's reference of the payment; none where the order has none.
        payment: Option<String>,
        /// The payment provider's id of the void or the refund; none where it gave none.
        reference: Option<String>,
        /// The id of the obligation, by which staff decides what follows.
        obligation: String,
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
