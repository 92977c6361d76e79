//! Books money that was captured, with the reference by which the payment provider knows it.

use chrono::{DateTime, Utc};

use super::{Charged, Payment, PaymentTransaction, TransactionKind};
use crate::money::{Money, MoneyError};

/// What a capture takes of the authorizations of one tender.
#[derive(Debug, Clone)]
struct Taken<'a> {
    amount: Money,
    /// What it is at the payment provider; none where that is the same.
    there: Option<Money>,
    /// The references of these authorizations; none for one that has none.
    references: Vec<Option<&'a str>>,
}

impl<'a> Taken<'a> {
    /// The reference of the one payment from which all of `amount` is captured; none where there is no such payment.
    fn reference_of(&self, amount: Money) -> Option<&'a str> {
        let first = *self.references.first()?;
        let is_one = self.references.iter().all(|it| *it == first);
        first.filter(|_| is_one && self.amount == amount)
    }

    /// Adds `part` of `authorization`, which is `there` at the payment provider.
    fn add(
        &mut self,
        authorization: &'a PaymentTransaction,
        part: Money,
        there: Money,
    ) -> Result<(), MoneyError> {
        self.amount = self.amount.checked_add(part)?;
        self.references.push(authorization.reference.as_deref());
        if authorization.charged.is_some() {
            let before = self.there.unwrap_or(Money::zero(there.currency()));
            self.there = Some(before.checked_add(there)?);
        }
        Ok(())
    }
}

impl Payment {
    /// The payment once `amount` is captured: taken from what is authorized, as far as that goes, with one capture for
    /// each tender that pays.
    ///
    /// A capture has the reference of the authorization from which it is taken. `given` is the provider's reference of
    /// the money that arrived, where it is known; it belongs to one tender only.
    pub(crate) fn capture(
        &self,
        amount: Money,
        given: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<Self, MoneyError> {
        let mut payment = self.clone();
        let zero = Money::zero(amount.currency());
        let mut left = amount;
        let nothing = Taken {
            amount: zero,
            there: None,
            references: Vec::new(),
        };
        let mut taken = vec![nothing; self.tender_count()];
        for (authorization, after) in self.transactions.iter().zip(&mut payment.transactions) {
            if authorization.kind != TransactionKind::Authorization {
                continue;
            }
            let part = authorization.remaining()?.checked_min(left)?;
            let there = after.take(part)?;
            left = left.checked_sub(part)?;
            if let Some(taken) = taken.get_mut(authorization.tender).filter(|_| part.is_positive()) {
                taken.add(authorization, part, there)?;
            }
        }
        let parts = self.paid_by_tender(amount, taken.iter().map(|it| it.amount).collect())?;
        let own: Vec<Option<&str>> = parts
            .iter()
            .zip(&taken)
            .map(|(part, taken)| taken.reference_of(*part))
            .collect();
        let given_for = given.and_then(|given| tender_of(given, &parts, &own));
        for (tender, (amount, own)) in parts.into_iter().zip(own).enumerate() {
            if !amount.is_positive() {
                continue;
            }
            let charged = self.charged_for(tender, amount, taken.get(tender))?;
            let reference = if given_for == Some(tender) { given } else { own };
            payment.transactions.push(PaymentTransaction {
                kind: TransactionKind::Capture,
                tender,
                amount,
                charged,
                used: zero,
                owed: zero,
                abandoned: zero,
                outside: zero,
                reference: reference.map(str::to_owned),
                created_at: at,
            });
        }
        Ok(payment)
    }

    /// What a capture of `amount` of the tender at position `tender` is at the payment provider: what it takes of the
    /// authorizations, and the rest by the rate of the first one that has another amount there.
    fn charged_for(
        &self,
        tender: usize,
        amount: Money,
        taken: Option<&Taken<'_>>,
    ) -> Result<Option<Charged>, MoneyError> {
        let of_tender = self.transactions.iter().filter(|it| it.tender == tender);
        let mut charged = of_tender.filter_map(|it| Some((it.amount, it.charged?)));
        let Some((whole, rate)) = charged.find(|(whole, _)| whole.is_positive()) else {
            return Ok(None);
        };
        let (in_books, there) =
            taken.map_or((Money::zero(amount.currency()), None), |it| (it.amount, it.there));
        let there = there.unwrap_or(Money::zero(rate.amount.currency()));
        let rest = rate.at_rate(whole, amount.checked_sub(in_books)?);
        Ok(Some(Charged::new(there.checked_add(rest)?)))
    }
}

/// The position of the tender for which the reference was `given`: of those that pay, the first one without a reference
/// of its own, or else the first one. None where it is the own reference of one of them. `parts` is what each tender
/// pays, and `own` its own reference.
fn tender_of(given: &str, parts: &[Money], own: &[Option<&str>]) -> Option<usize> {
    let paying = || {
        let tenders = parts.iter().zip(own).enumerate();
        tenders.filter(|(_, (part, _))| part.is_positive())
    };
    if paying().any(|(_, (_, own))| *own == Some(given)) {
        return None;
    }
    let without = paying().find(|(_, (_, own))| own.is_none());
    without.or_else(|| paying().next()).map(|(position, _)| position)
}
