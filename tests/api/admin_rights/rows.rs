//! The table of rights: the role that each operation needs, and what a token for one store view may do.

use countermand_domain::StaffRole;
use countermand_tests::OrderJson;
use serde_json::Value;

mod of_channels;
mod of_orders;
mod of_payments;
mod of_the_shop;
mod of_webhooks;

/// An operation of staff with one call of it. Its variables are `$order`, an order in the situation; `$name` and
/// `$email`, which are not used before; `$orders`, the JSON of a new order; `$job`, a job or an owed refund about
/// the order, or null.
pub(crate) struct Row {
    pub(crate) field: &'static str,
    pub(crate) needs: StaffRole,
    pub(crate) limited: Limited,
    pub(crate) situation: Situation,
    pub(crate) document: &'static str,
}

/// What a token for one store view may do.
#[derive(Clone, Copy)]
pub(crate) enum Limited {
    /// The operation is forbidden for every store view, because it would affect others.
    Forbidden,
    /// The operation is allowed for the token's own store view and forbidden for others.
    ForbiddenElsewhere,
    /// The operation is allowed for the token's own store view; orders of others are not found.
    UnseenElsewhere,
    /// The operation is allowed, and shows the token's own store view only.
    OwnOnly,
}

/// The order that the call needs.
#[derive(Clone, Copy)]
pub(crate) enum Situation {
    Unpaid,
    Paid,
    OnHold,
    /// A cancellation of the order, which is paid, is requested.
    Requested,
    /// The order has an open invoice.
    Billed,
    /// The order is canceled, and its refund waits with the id `$job`.
    Owing,
    /// A token for the store view of the order began the job `$job`, which cancels the order.
    Bulk,
    /// The units of the order are in fulfilment.
    Picked,
    /// The order has a virtual item with the id `$job`.
    Digital,
    /// The order has a gift card with the id `$job`.
    GiftCard,
    /// The order pays a subscription with the id `$job`.
    Subscribed,
    /// The same, and the subscription ends with the paid period.
    Ending,
    /// The buyer has a mail that waits, with the job `$job`.
    Mailed,
    /// The same, and the program has given the mail up.
    Unmailed,
    /// The buyer of an order of the channel `amazon` asked there to cancel it; its number is `$job`.
    AtChannel,
    /// There is an endpoint of webhooks with the id `$job`.
    Told,
}

impl Situation {
    pub(crate) fn order(self, number: &str) -> Value {
        let order = OrderJson::new(number);
        match self {
            Self::Unpaid | Self::Picked | Self::Mailed | Self::Unmailed | Self::AtChannel | Self::Told => {
                order.line("A", 1000, 1, 0, 0)
            }
            Self::Subscribed | Self::Ending => order.line("A", 1000, 1, 0, 0).subscription(
                number,
                "2026-01-01 00:00:00",
                "2027-01-01 00:00:00",
            ),
            Self::Digital => order.line("A", 1000, 1, 0, 0).of_type("virtual"),
            Self::GiftCard => order.line("A", 1000, 1, 0, 0).of_type("giftcard"),
            Self::Billed => order
                .line("A", 1000, 1, 1, 0)
                .with("total_paid", serde_json::json!(0)),
            Self::Paid | Self::Requested | Self::Owing | Self::Bulk => order.line("A", 1000, 1, 1, 0),
            Self::OnHold => order.line("A", 1000, 1, 0, 0).in_state("holded", "holded"),
        }
        .json()
    }
}

/// The operations that every caller may use.
pub(crate) const STOREFRONT: &[&str] = &[
    "attributesForm",
    "attributesList",
    "availableStores",
    "cancelOrder",
    "cancellationReasons",
    "confirmCancelOrder",
    "confirmEmail",
    "countries",
    "country",
    "currency",
    "customer",
    "customerOrders",
    "generateCustomerToken",
    "guestOrder",
    "guestOrderByToken",
    "isEmailAvailable",
    "previewCancellation",
    "recaptchaV3Config",
    "requestGuestOrderCancel",
    "requestPasswordResetEmail",
    "resendConfirmationEmail",
    "resetPassword",
    "revokeCustomerToken",
    "storeConfig",
];

const fn row(
    field: &'static str,
    needs: StaffRole,
    limited: Limited,
    situation: Situation,
    document: &'static str,
) -> Row {
    Row {
        field,
        needs,
        limited,
        situation,
        document,
    }
}

/// The whole table.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    // Each call imports an order of the same guest, and an export of that guest's data has a limit.
    of_the_shop::ROWS
        .iter()
        .chain(of_orders::ROWS)
        .chain(of_channels::ROWS)
        .chain(of_payments::ROWS)
        .chain(of_webhooks::ROWS)
}
