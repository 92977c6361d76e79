//! Books money that was captured, with the reference by which the payment provider knows it.

use chrono::{DateTime, Utc};

use super::{Payment, PaymentTransaction, TransactionKind};
use crate::money::{Money, MoneyError};

/// What a capture takes of the authorizations of one tender.
#[derive(Debug, Clone)]
struct Taken<'a> {
    amount: Money,
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
            references: Vec::new(),
        };
        let mut taken = vec![nothing; self.tender_count()];
        for (authorization, after) in self.transactions.iter().zip(&mut payment.transactions) {
            if authorization.kind != TransactionKind::Authorization {
                continue;
            }
            let part = authorization.remaining()?.checked_min(left)?;
            after.used = after.used.checked_add(part)?;
            left = left.checked_sub(part)?;
            if let Some(taken) = taken.get_mut(authorization.tender).filter(|_| part.is_positive()) {
                taken.amount = taken.amount.checked_add(part)?;
                taken.references.push(authorization.reference.as_deref());
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
            let reference = if given_for == Some(tender) { given } else { own };
            payment.transactions.push(PaymentTransaction {
                kind: TransactionKind::Capture,
                tender,
                amount,
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
