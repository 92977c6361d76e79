//! The tenders of an order: each way of paying it, such as a card, a gift card or an invoice.
//!
//! What was authorized, captured and paid back by a tender is the sum over its transactions, so no amount is kept twice.

use strum::{EnumString, IntoStaticStr};

use super::{Payment, PaymentKind, PaymentTransaction, TransactionKind};
use crate::money::{Currency, Money, MoneyError};
use crate::order::RefundProgress;

/// Where the money of a tender comes from, and where it goes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TenderKind {
    /// A payment provider authorizes and captures the money.
    Provider,
    /// The balance of a gift card, which another system keeps.
    GiftCard,
    /// The buyer's store credit, which another system keeps.
    StoreCredit,
    /// People move the money: an invoice, a check or a transfer.
    Offline,
}

/// A tender of an order that is paid by several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentTender {
    /// Where the money comes from.
    pub kind: TenderKind,
    /// Method code, `stripe`.
    pub method: String,
    /// The text that the shopper saw, such as `Gift card`.
    pub title: String,
    /// The part of the order that the tender pays.
    pub amount: Money,
}

/// A tender as it is read, with its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tender<'a> {
    /// The position, from 0; that of the order's payment method is 0.
    pub position: usize,
    /// Where the money comes from.
    pub kind: TenderKind,
    /// Method code, `stripe`.
    pub method: &'a str,
    /// The text that the shopper saw, such as `Gift card`.
    pub title: &'a str,
}

impl TenderKind {
    /// The code in events and rows.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with `code`; none for another text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The kind of a tender with a method of `kind`, where the order names none.
    #[must_use]
    pub fn of(kind: PaymentKind) -> Self {
        match kind {
            PaymentKind::Online => Self::Provider,
            PaymentKind::Offline | PaymentKind::Free => Self::Offline,
        }
    }

    /// Whether the money goes back to a balance that another system keeps.
    #[must_use]
    pub fn is_balance(self) -> bool {
        matches!(self, Self::GiftCard | Self::StoreCredit)
    }
}

impl Payment {
    /// How many tenders pay the order: at least 1.
    #[must_use]
    pub fn tender_count(&self) -> usize {
        self.tenders.len().max(1)
    }

    /// The tender at `position`, from 0; none where the order has fewer.
    #[must_use]
    pub fn tender(&self, position: usize) -> Option<Tender<'_>> {
        if let Some(tender) = self.tenders.get(position) {
            return Some(Tender {
                position,
                kind: tender.kind,
                method: &tender.method,
                title: &tender.title,
            });
        }
        (position == 0).then(|| Tender {
            position,
            kind: TenderKind::of(self.kind),
            method: &self.method,
            title: &self.title,
        })
    }

    /// The tenders, the payment method of the order first.
    pub fn all_tenders(&self) -> impl Iterator<Item = Tender<'_>> {
        (0..self.tender_count()).filter_map(|position| self.tender(position))
    }

    /// The tender of the transaction at index `transaction`.
    #[must_use]
    pub fn tender_of(&self, transaction: usize) -> Option<Tender<'_>> {
        let transaction = self.transactions.get(transaction)?;
        self.tender(transaction.tender)
    }

    /// The captures of the tender at `position`, oldest first.
    pub fn captures_of(&self, position: usize) -> impl Iterator<Item = &PaymentTransaction> + Clone {
        let captures = self.transactions.iter();
        captures.filter(move |it| it.kind == TransactionKind::Capture && it.tender == position)
    }

    /// The amount that was captured of the tender at `position`.
    ///
    /// # Errors
    /// When the sum does not fit.
    pub fn captured_of(&self, position: usize, currency: Currency) -> Result<Money, MoneyError> {
        Money::sum(currency, self.captures_of(position).map(|it| it.amount))
    }

    /// How far the refunds of the tender at `position` are.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn refund_progress_of(
        &self,
        position: usize,
        currency: Currency,
    ) -> Result<RefundProgress, MoneyError> {
        let captures = self.captures_of(position);
        let decided = Money::sum(currency, captures.clone().map(|it| it.used))?;
        RefundProgress::of(captures, decided)
    }

    /// How much of `due`, of which `authorized` is taken by tender, each tender pays: an invoice pays what is left of
    /// its part of the order, and the payment method of the order pays the rest.
    pub(super) fn paid_by_tender(
        &self,
        due: Money,
        mut authorized: Vec<Money>,
    ) -> Result<Vec<Money>, MoneyError> {
        let mut left = authorized
            .iter()
            .try_fold(due, |left, it| left.checked_sub(*it))?;
        for (position, tender) in self.tenders.iter().enumerate() {
            if let (TenderKind::Offline, Some(part)) = (tender.kind, authorized.get_mut(position)) {
                let open = tender
                    .amount
                    .checked_sub(self.captured_of(position, due.currency())?)?
                    .checked_sub(*part)?;
                let more = open.or_zero().checked_min(left)?;
                *part = part.checked_add(more)?;
                left = left.checked_sub(more)?;
            }
        }
        if let Some(first) = authorized.first_mut() {
            *first = first.checked_add(left)?;
        }
        Ok(authorized)
    }
}
