//! A payment provider may tell of a payment before the order is imported that has it or was paid by it, or before the
//! account serves that order. Such a payment is kept, and is checked once an order has it that the account serves.
//! Another account may have a payment with the same reference.
//!
//! The worker looks for these orders from time to time, so that an import does not have to look for messages.

use std::collections::BTreeSet;

use countermand_domain::OrderId;
use countermand_persistence::{EarlyPayment, KeptProviderReport, NewObligation, PaymentAccount};

use crate::App;
use crate::error::AppError;
use crate::obligations::PaymentCheck;

/// The longest reference of a payment that an order can have, in characters.
const LONGEST_REFERENCE: usize = 255;
/// The most payments whose checks are owed in one transaction.
const BATCH: u64 = 500;
/// The most transactions of one look, which keeps other work of the worker waiting. The next look goes on.
const MOST_BATCHES: usize = 10;

impl App {
    /// Keeps payments that no order of the account has, each once, with what the provider told. What no order can have is
    /// not kept.
    pub(super) async fn keep_early_payments(
        &self,
        account: &PaymentAccount,
        payments: Vec<String>,
        report: Option<&KeptProviderReport>,
    ) -> Result<(), AppError> {
        if !payments.iter().all(|payment| is_reference(payment)) {
            return Ok(());
        }
        let different: BTreeSet<_> = payments.into_iter().collect();
        let kept: Vec<_> = different
            .into_iter()
            .map(|payment| EarlyPayment {
                id: self.env().next_id(),
                account: account.name.clone(),
                payment,
                at: self.now(),
                in_orders: 0,
            })
            .collect();
        if kept.is_empty() {
            return Ok(());
        }
        Ok(self.database().keep_early_payments(&kept, report).await?)
    }

    /// Owes the checks of kept payments that an order of their account has by now, and returns their number.
    ///
    /// A payment that only orders of other accounts have is left, and is looked at again when another order has it or the
    /// shop has changed, such as the setting that says which account serves an order.
    pub async fn owe_early_checks(&self) -> Result<usize, AppError> {
        let database = self.database();
        let mut owed = 0;
        for _ in 0..MOST_BATCHES {
            let shop = database.shop().await?.version;
            let found = database.early_payments_of_orders(shop, BATCH).await?;
            if found.is_empty() {
                break;
            }
            let accounts = database.payment_accounts().await?;
            let (mut checks, mut left) = (Vec::new(), Vec::new());
            for early in found {
                if self.has_order_of_account(&accounts, &early).await? {
                    checks.push(self.check_of(&early)?);
                } else {
                    left.push(early);
                }
            }
            database.leave_early_payments(&left, shop).await?;
            if checks.is_empty() {
                continue;
            }
            // If another worker owes them at this moment, the rest waits for the next look.
            if !database.owe_early_checks(&checks).await? {
                break;
            }
            owed += checks.len();
            tracing::info!(
                payments = checks.len(),
                "orders have payments of which their providers told before"
            );
        }
        Ok(owed)
    }

    /// Whether an order that the payment's account serves has the payment.
    async fn has_order_of_account(
        &self,
        accounts: &[PaymentAccount],
        early: &EarlyPayment,
    ) -> Result<bool, AppError> {
        let Some(account) = accounts.iter().find(|it| it.name == early.account) else {
            return Ok(false);
        };
        let payments = std::slice::from_ref(&early.payment);
        let orders = self.database().orders_of_payment(payments).await?;
        self.serves(account, &orders, payments).await
    }

    /// Whether `account` serves one of `payments` in one of `orders`, or has begun a void or a refund of it.
    pub(super) async fn serves(
        &self,
        account: &PaymentAccount,
        orders: &[OrderId],
        payments: &[String],
    ) -> Result<bool, AppError> {
        for order in orders {
            for payment in payments {
                if self.check_case(account, *order, payment).await?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
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
fn is_reference(text: &str) -> bool {
    (1..=LONGEST_REFERENCE).contains(&text.chars().count()) && !text.contains('\0')
}
