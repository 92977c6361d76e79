//! A payment provider may tell of a payment before the order is imported that has it. Such a payment is kept, and is
//! checked once an order has it.
//!
//! The worker looks for these orders from time to time, so that an import does not have to look for messages.

use std::collections::BTreeSet;

use countermand_persistence::{EarlyPayment, KeptProviderReport, NewObligation, PaymentAccount};

use crate::App;
use crate::error::AppError;
use crate::obligations::PaymentCheck;

/// The longest reference of a payment that an order can have, in characters.
const LONGEST_REFERENCE: usize = 255;
/// The most payments whose checks are owed in one transaction.
const BATCH: u64 = 500;

impl App {
    /// Keeps payments that no order has, each once, with what the provider told.
    pub(super) async fn keep_early_payments(
        &self,
        account: &PaymentAccount,
        payments: Vec<String>,
        report: Option<&KeptProviderReport>,
    ) -> Result<(), AppError> {
        let different: BTreeSet<_> = payments.into_iter().collect();
        let kept: Vec<_> = different
            .into_iter()
            .map(|payment| EarlyPayment {
                id: self.env().next_id(),
                account: account.name.clone(),
                payment,
                at: self.now(),
            })
            .collect();
        if kept.is_empty() {
            return Ok(());
        }
        Ok(self.database().keep_early_payments(&kept, report).await?)
    }

    /// Owes the checks of kept payments that an order has by now, and returns their number.
    pub async fn owe_early_checks(&self) -> Result<usize, AppError> {
        let mut owed = 0;
        loop {
            let found = self.database().early_payments_of_orders(BATCH).await?;
            let checks = found.iter().map(|payment| self.check_of(payment));
            let checks: Vec<_> = checks.collect::<Result<_, _>>()?;
            // If another worker owes them at this moment, the rest waits for the next look.
            if checks.is_empty() || !self.database().owe_early_checks(&checks).await? {
                return Ok(owed);
            }
            owed += checks.len();
            tracing::info!(
                payments = checks.len(),
                "orders have payments of which their providers told before"
            );
        }
    }

    /// The obligation to check a payment that was kept. It has the id of the payment, so it is owed once.
    fn check_of(&self, early: &EarlyPayment) -> Result<NewObligation, AppError> {
        let check = PaymentCheck {
            account: early.account.clone(),
            payments: vec![early.payment.clone()],
        };
        self.owe(&check, early.id, None, self.now())
    }
}

/// Whether a payment of an order can have this reference.
pub(super) fn is_reference(text: &str) -> bool {
    (1..=LONGEST_REFERENCE).contains(&text.chars().count()) && !text.contains('\0')
}
