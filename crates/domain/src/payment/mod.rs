//! How an order is paid, what was authorized and captured, and what must flow back.

pub(crate) mod refund;

use chrono::{DateTime, Utc};

use crate::effect::Effect;
use crate::money::{Currency, Money, MoneyError};

/// Whether money moves through a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentKind {
    /// Checks, transfers, cash: people move the money.
    Offline,
    /// A provider authorizes and captures.
    Online,
    /// Nothing to pay.
    Free,
}

impl PaymentKind {
    /// The kind of Adobe's method `code`; whatever is not known as offline is a gateway (`docs/contract.md` section 5.1).
    #[must_use]
    pub fn of_method(code: &str) -> Self {
        match code {
            "checkmo" | "banktransfer" | "cashondelivery" | "purchaseorder" => Self::Offline,
            "free" => Self::Free,
            _ => Self::Online,
        }
    }
}

/// A payment method with what happened on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Method code, `checkmo`.
    pub method: String,
    /// What the shopper saw, `Check / Money order`.
    pub title: String,
    /// Whether money moves through a provider.
    pub kind: PaymentKind,
    /// What storefronts may show beside it.
    pub additional_data: Vec<(String, String)>,
    /// Authorizations and captures, oldest first; `position` is the index.
    pub transactions: Vec<PaymentTransaction>,
}

/// What a transaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// Money is reserved.
    Authorization,
    /// Money was taken.
    Capture,
}

/// One authorization or capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTransaction {
    /// What it did.
    pub kind: TransactionKind,
    /// How much.
    pub amount: Money,
    /// How much of it was captured (an authorization), refunded (a capture) or voided.
    pub used: Money,
    /// The provider's reference.
    pub reference: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl PaymentTransaction {
    /// What may still be captured, voided or refunded.
    pub fn remaining(&self) -> Result<Money, MoneyError> {
        self.amount.checked_sub(self.used)
    }
}

impl Payment {
    /// Refunds `amount` from the captures, the last one first, never more than each has left.
    pub fn refund(&self, amount: Money) -> Result<Vec<Effect>, MoneyError> {
        let mut owed = amount;
        let mut refunds = Vec::new();
        for (transaction, capture) in self.transactions.iter().enumerate().rev() {
            if capture.kind != TransactionKind::Capture || !owed.is_positive() {
                continue;
            }
            let amount = capture.remaining()?.checked_min(owed)?;
            if amount.is_positive() {
                refunds.push(Effect::Refund { transaction, amount });
                owed = owed.checked_sub(amount)?;
            }
        }
        Ok(refunds)
    }

    /// Voids what is authorized and was not captured.
    pub fn void_authorizations(&self) -> Result<Vec<Effect>, MoneyError> {
        let mut voids = Vec::new();
        for (transaction, authorization) in self.transactions.iter().enumerate() {
            let amount = authorization.remaining()?;
            if authorization.kind == TransactionKind::Authorization && amount.is_positive() {
                voids.push(Effect::Void { transaction, amount });
            }
        }
        Ok(voids)
    }

    /// The payment once the voids and refunds among `effects` are booked.
    pub(crate) fn after(&self, effects: &[Effect]) -> Result<Self, MoneyError> {
        let mut payment = self.clone();
        for effect in effects {
            match *effect {
                Effect::Void { transaction, amount } | Effect::Refund { transaction, amount } => {
                    if let Some(transaction) = payment.transactions.get_mut(transaction) {
                        transaction.used = transaction.used.checked_add(amount)?;
                    }
                }
                Effect::Notify(_) => {}
            }
        }
        Ok(payment)
    }

    /// The payment once `amount` is captured: taken from what is authorized, as far as that goes.
    pub(crate) fn capture(&self, amount: Money, at: DateTime<Utc>) -> Result<Self, MoneyError> {
        let mut payment = self.clone();
        let mut left = amount;
        for authorization in payment
            .transactions
            .iter_mut()
            .filter(|it| it.kind == TransactionKind::Authorization)
        {
            let part = authorization.remaining()?.checked_min(left)?;
            authorization.used = authorization.used.checked_add(part)?;
            left = left.checked_sub(part)?;
        }
        let used = Money::zero(amount.currency());
        let kind = TransactionKind::Capture;
        payment.transactions.push(PaymentTransaction {
            kind,
            amount,
            used,
            reference: None,
            created_at: at,
        });
        Ok(payment)
    }

    /// What was captured in all.
    pub fn captured(&self, currency: Currency) -> Result<Money, MoneyError> {
        let captures = self
            .transactions
            .iter()
            .filter(|it| it.kind == TransactionKind::Capture);
        Money::sum(currency, captures.map(|it| it.amount))
    }
}
