//! Whether money moves through a payment provider: which payment methods are offline, and which cost nothing.

use crate::order::OrderState;

/// Whether money moves through a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentKind {
    /// People move the money, by check, transfer or cash.
    Offline,
    /// A provider authorizes and captures the money.
    Online,
    /// The order costs no money.
    Free,
}

impl PaymentKind {
    /// The kind of Adobe's method `code`. A method that is not known
    /// as offline is online (`docs/contract.md` section 5.1).
    #[must_use]
    pub fn of_method(code: &str) -> Self {
        match code {
            "checkmo" | "banktransfer" | "cashondelivery" | "purchaseorder" => Self::Offline,
            "free" => Self::Free,
            _ => Self::Online,
        }
    }

    /// The state of an order that is placed and not paid.
    pub(crate) fn state_before_payment(self) -> OrderState {
        match self {
            Self::Online => OrderState::PendingPayment,
            Self::Offline | Self::Free => OrderState::New,
        }
    }
}
