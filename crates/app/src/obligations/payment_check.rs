//! A payment of which its provider sent a message: it is read there and compared with the books.

use serde::{Deserialize, Serialize};

use super::{Attempt, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::payments::PaymentCheckError;

/// A payment that must be compared with the books.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PaymentCheck {
    /// The name of the account at the provider.
    pub(crate) account: String,
    /// The provider's references of the payment.
    pub(crate) payments: Vec<String>,
}

impl Obligation for PaymentCheck {
    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        if let Some(outcome) = app.begin_attempt(&self.account, attempt) {
            return outcome;
        }
        let outcome = match app.check_payment(self).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            Err(PaymentCheckError::Waiting { why, until }) => Outcome::Waiting { why, until },
            Err(PaymentCheckError::Failing { why, was_sent }) => Outcome::Failing {
                account: self.account.clone(),
                why,
                was_sent,
            },
            Err(PaymentCheckError::Refused(why)) => Outcome::Waiting { why, until: None },
            Err(PaymentCheckError::Later(why)) => Outcome::Later { why },
        };
        app.end_attempt(&self.account, attempt, &outcome).await;
        outcome
    }
}
