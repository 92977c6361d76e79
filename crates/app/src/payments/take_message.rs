//! Takes the messages that a payment provider sends. They are hints where the payment can be read at the provider;
//! where it cannot, what they tell is kept. A message that came before changes nothing.

use countermand_persistence::{KeptProviderReport, NewObligation, PaymentAccount};

use crate::App;
use crate::error::AppError;
use crate::failure::Failure;
use crate::obligations::PaymentCheck;
use crate::ports::{IncomingMessage, MessageRefusal, ProviderMessage};

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedMessage {
    /// No such account takes messages.
    UnknownAccount,
    /// The message is not the provider's, too old, or cannot be read.
    Refused(MessageRefusal),
}

impl App {
    /// Takes what a provider sent to the account `name` of `adapter`; gives the text of the answer, none for an empty
    /// one. A message that came before changes nothing. What waits for the payment is tried now, and the payment is
    /// checked. A paused account takes messages, too.
    pub async fn take_provider_message(
        &self,
        adapter: &str,
        name: &str,
        incoming: IncomingMessage<'_>,
    ) -> Result<Option<&'static str>, Failure<RefusedMessage>> {
        let account = self.database().payment_account(name).await?;
        let account =
            account.filter(|account| account.adapter == adapter && account.webhook_secret.is_some());
        let account = account.ok_or(Failure::Refused(RefusedMessage::UnknownAccount))?;
        let secrets = self.webhook_secrets(&account);
        let provider = self.provider_of(&account).map_err(AppError::Internal)?;
        let refused = |refusal| Failure::Refused(RefusedMessage::Refused(refusal));
        for message in provider.messages(incoming, &secrets).map_err(refused)? {
            self.keep_message(&account, message).await?;
        }
        Ok(provider.receipt())
    }

    /// Keeps a message. If no order that the account serves has the payment yet, the payment is checked once one has it.
    async fn keep_message(&self, account: &PaymentAccount, message: ProviderMessage) -> Result<(), AppError> {
        let orders = self.database().orders_of_payment(&message.payments).await?;
        let told_of = message.payments.first().cloned();
        let report = message
            .report
            .zip(told_of)
            .map(|(report, payment)| KeptProviderReport {
                account: account.name.clone(),
                id: message.id.clone(),
                payment,
                report,
            });
        if !self.serves(account, &orders, &message.payments).await? {
            return self
                .keep_early_payments(account, message.payments, report.as_ref())
                .await;
        }
        // What it tells is kept before the check that reads it is owed.
        if let Some(report) = &report {
            self.database().insert_provider_report(report).await?;
        }
        let check = PaymentCheck {
            account: account.name.clone(),
            payments: message.payments,
        };
        let owed = NewObligation {
            unique_key: format!("webhook:{}:{}", account.name, message.id),
            ..self.owe(&check, self.env().next_id(), None, self.now())?
        };
        self.insert_once(&owed).await?;
        for order in orders {
            self.database().wake_reversals(order).await?;
        }
        Ok(())
    }
}
