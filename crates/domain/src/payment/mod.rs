//! How an order is paid, what was authorized and captured, and what must flow back.

mod capture;
mod charged;
mod kind;
mod lost_success;
pub(crate) mod method_name;
pub(crate) mod money_before_credits;
mod prepaid;
pub mod provider_account;
pub mod provider_capabilities;
pub mod refund_split;
pub mod report;
pub mod reversal;
pub mod safe_next_request;
pub mod tender;
mod void;

use chrono::{DateTime, Utc};

use crate::effect::Effect;
use crate::money::{Currency, Money, MoneyError};

pub use self::charged::Charged;
pub use self::kind::PaymentKind;
use self::tender::PaymentTender;

/// A payment method with its transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Method code, `checkmo`.
    pub method: String,
    /// The text that the shopper saw, such as `Check / Money order`.
    pub title: String,
    /// Whether money moves through a provider.
    pub kind: PaymentKind,
    /// The data that storefronts may show beside the method.
    pub additional_data: Vec<(String, String)>,
    /// The tenders where several pay the order, the payment method first; empty where the payment method alone does, as
    /// in most orders.
    pub tenders: Vec<PaymentTender>,
    /// Authorizations and captures, oldest first; `position` is the index.
    pub transactions: Vec<PaymentTransaction>,
}

/// The kinds of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// The transaction reserved money; none where only the reference of the payment is known.
    Authorization,
    /// The transaction took money.
    Capture,
}

/// One authorization or capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransaction {
    /// The kind of the transaction.
    pub kind: TransactionKind,
    /// The position of the tender that the transaction belongs to; 0 for the payment method of the order.
    pub tender: usize,
    /// The amount of the transaction.
    pub amount: Money,
    /// What that is at the payment provider, where it charged the buyer in another currency; none where it is the same.
    pub charged: Option<Charged>,
    /// How much of an authorization was captured or voided, or how much of a capture was refunded.
    pub used: Money,
    /// How much of `used` is to go back to the buyer, by a void or a refund that is not carried out yet.
    pub owed: Money,
    /// How much of `used` was to go back to the buyer and does not, because staff ended the void or the refund.
    pub abandoned: Money,
    /// How much of `used` others paid back at the payment provider.
    pub outside: Money,
    /// The provider's reference.
    pub reference: Option<String>,
    /// When the transaction was made.
    pub created_at: DateTime<Utc>,
}

impl PaymentTransaction {
    /// The amount that may still be captured, voided or refunded.
    pub fn remaining(&self) -> Result<Money, MoneyError> {
        self.amount.checked_sub(self.used)
    }

    /// Whether the transaction took the money of the payment that the provider calls `reference`.
    #[must_use]
    pub fn is_capture_of(&self, reference: &str) -> bool {
        self.kind == TransactionKind::Capture && self.reference.as_deref() == Some(reference)
    }
}

impl Payment {
    /// The payment once the voids and refunds among `effects` are booked.
    pub(crate) fn after(&self, effects: &[Effect]) -> Result<Self, MoneyError> {
        let mut payment = self.clone();
        for effect in effects {
            match *effect {
                Effect::Void { transaction, amount } | Effect::Refund { transaction, amount } => {
                    if let Some(transaction) = payment.transactions.get_mut(transaction) {
                        transaction.take(amount)?;
                        transaction.owed = transaction.owed.checked_add(amount)?;
                    }
                }
                Effect::Notify(_) => {}
            }
        }
        Ok(payment)
    }

    /// The amount of all captures.
    pub fn captured(&self, currency: Currency) -> Result<Money, MoneyError> {
        let captures = self
            .transactions
            .iter()
            .filter(|it| it.kind == TransactionKind::Capture);
        Money::sum(currency, captures.map(|it| it.amount))
    }
}
