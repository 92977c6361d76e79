//! The situations of the contract, each with its state, its payment method and its quantities.

use super::shop::Shop;

/// A situation in which the contract decides whether an order can be canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Situation {
    Unpaid,
    PaidOffline,
    PaidOnline,
    /// A part of the order is invoiced and paid offline.
    PartlyInvoiced,
    /// The whole amount is authorized, and a part of it is captured.
    PartlyCaptured,
    /// The order is invoiced and not paid.
    OpenInvoice,
    PartlyRefunded,
    Refunded,
    PartlyShipped,
    /// The order is shipped and will be paid on delivery.
    ShippedUnpaid,
    Complete,
    OnHold,
    PaidOnHold,
    PendingPayment,
    PaymentReview,
    SuspectedFraud,
    /// The amount is authorized and not captured.
    Authorized,
    Canceled,
    /// The order costs nothing.
    Free,
}

/// How many units of an item are invoiced, shipped, canceled and refunded.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    pub(super) invoiced: i64,
    pub(super) shipped: i64,
    pub(super) canceled: i64,
    pub(super) refunded: i64,
}

/// A payment method: Adobe's code, and the title that the shopper saw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    pub(super) code: &'static str,
    pub(super) title: &'static str,
    pub(super) is_online: bool,
}

impl Situation {
    /// The state and the status of an order in this situation.
    pub(super) fn state(self) -> (&'static str, &'static str) {
        match self {
            Self::Unpaid | Self::Free => ("new", "pending"),
            Self::PendingPayment => ("pending_payment", "pending_payment"),
            Self::PaidOffline
            | Self::PaidOnline
            | Self::PartlyInvoiced
            | Self::PartlyCaptured
            | Self::OpenInvoice
            | Self::PartlyRefunded
            | Self::PartlyShipped
            | Self::ShippedUnpaid
            | Self::Authorized => ("processing", "processing"),
            Self::PaymentReview => ("payment_review", "payment_review"),
            Self::SuspectedFraud => ("payment_review", "fraud"),
            Self::OnHold | Self::PaidOnHold => ("holded", "holded"),
            Self::Complete => ("complete", "complete"),
            Self::Refunded => ("closed", "closed"),
            Self::Canceled => ("canceled", "canceled"),
        }
    }

    /// The state and the status before the hold; none if the order is not on hold.
    pub(super) fn held_from(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::OnHold => Some(("new", "pending")),
            Self::PaidOnHold => Some(("processing", "processing")),
            _ => None,
        }
    }

    /// The least and the greatest age of an order in this situation, in hours. Open orders are young.
    pub(super) fn age_in_hours(self) -> (i64, i64) {
        match self {
            Self::PendingPayment => (1, 48),
            Self::PaymentReview | Self::SuspectedFraud => (1, 72),
            Self::PaidOnline | Self::Authorized => (1, 120),
            Self::PaidOffline => (2, 168),
            Self::Unpaid => (1, 336),
            Self::PartlyShipped | Self::ShippedUnpaid => (30, 288),
            Self::PartlyInvoiced | Self::PartlyCaptured | Self::OnHold | Self::PaidOnHold => (24, 600),
            Self::OpenInvoice => (48, 720),
            Self::PartlyRefunded => (72, 960),
            Self::Free => (24, 1440),
            Self::Complete | Self::Refunded | Self::Canceled => (96, 2159),
        }
    }

    /// The progress of `quantity` units of the `nth` top-level item in this situation.
    pub(super) fn progress(self, nth: usize, quantity: i64, is_virtual: bool) -> Progress {
        let invoiced = match self {
            Self::Unpaid
            | Self::ShippedUnpaid
            | Self::OnHold
            | Self::PendingPayment
            | Self::PaymentReview
            | Self::SuspectedFraud
            | Self::Authorized
            | Self::Canceled
            | Self::Free => 0,
            // A part of the first item, no unit of the second one, and all units of the others.
            Self::PartlyInvoiced | Self::PartlyCaptured => match nth {
                0 => (quantity + 1) / 2,
                1 => 0,
                _ => quantity,
            },
            Self::PaidOffline
            | Self::PaidOnline
            | Self::OpenInvoice
            | Self::PartlyRefunded
            | Self::Refunded
            | Self::PartlyShipped
            | Self::Complete
            | Self::PaidOnHold => quantity,
        };
        let ships = match self {
            Self::PartlyShipped => nth == 0,
            Self::ShippedUnpaid | Self::Complete => true,
            _ => false,
        };
        Progress {
            invoiced,
            shipped: if ships && !is_virtual { quantity } else { 0 },
            canceled: if self == Self::Canceled { quantity } else { 0 },
            refunded: match self {
                Self::PartlyRefunded if nth == 0 => 1,
                Self::Refunded => quantity,
                _ => 0,
            },
        }
    }

    /// Whether the invoices are paid.
    pub(super) fn pays_invoices(self) -> bool {
        self != Self::OpenInvoice
    }

    /// Whether the shipping charge is refunded.
    pub(super) fn refunds_shipping(self) -> bool {
        matches!(self, Self::PartlyRefunded | Self::Refunded)
    }

    /// The payment method of an order of `shop` in this situation.
    pub(super) fn method(self, shop: &Shop) -> Method {
        match self {
            Self::Unpaid | Self::OnHold | Self::Canceled => match shop.store {
                1 => offline("checkmo", "Check / Money order"),
                _ => offline("banktransfer", "Bank Transfer Payment"),
            },
            Self::PaidOffline | Self::PartlyInvoiced | Self::PartlyRefunded => {
                offline("banktransfer", "Bank Transfer Payment")
            }
            Self::OpenInvoice => offline("purchaseorder", "Purchase Order"),
            Self::ShippedUnpaid => offline("cashondelivery", "Cash On Delivery"),
            Self::Free => offline("free", "No Payment Information Required"),
            Self::PendingPayment => online("paypal_express", "PayPal Express Checkout"),
            Self::Authorized | Self::PartlyCaptured | Self::PaymentReview | Self::SuspectedFraud => {
                match shop.store {
                    1 => online("braintree", "Credit Card (Braintree)"),
                    _ => online("adyen_cc", "Credit Card (Adyen)"),
                }
            }
            Self::PaidOnline | Self::PaidOnHold | Self::PartlyShipped | Self::Complete | Self::Refunded => {
                match shop.store {
                    3 => online("mollie_methods_ideal", "iDEAL"),
                    4 => online("klarna_kp", "Klarna"),
                    _ => online("stripe_payments", "Credit Card (Stripe)"),
                }
            }
        }
    }
}

fn offline(code: &'static str, title: &'static str) -> Method {
    Method {
        code,
        title,
        is_online: false,
    }
}

fn online(code: &'static str, title: &'static str) -> Method {
    Method {
        is_online: true,
        ..offline(code, title)
    }
}
