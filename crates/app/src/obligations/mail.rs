//! The obligation to send a mail.

use chrono::{DateTime, Utc};
use countermand_domain::{ConfigScope, Order, OrderId, Shop, StoreNumber};
use countermand_persistence::NewObligation;
use uuid::Uuid;

use super::attempts::{MAX_ATTEMPTS, counts_at_failing};
use super::{Attempt, CausingChange, Obligation, ObligationKind, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;
use crate::mails::notice::locale_of;
use crate::ports::{Mail, MailError, MailMessage};

impl Obligation for Mail {
    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        app.mails_of(change)
    }

    async fn meet(&self, app: &App, ports: &Ports<'_>, attempt: &Attempt) -> Outcome {
        let mail = Self {
            caused_at: attempt.caused_at,
            ..self.clone()
        };
        // A mail may arrive twice with the same `Message-ID`, so a lost answer is no unknown outcome.
        let outcome = match ports.mailer.send(&mail).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            Err(MailError::Unavailable(why)) => return app.without_mail_server(attempt, &why),
            Err(MailError::Temporary(why)) => Outcome::Later { why },
            Err(MailError::Permanent(why)) => Outcome::NeedsAttention { why },
        };
        app.wake_mails_after_failures(attempt).await;
        outcome
    }
}

/// How the problem of a mail begins that waits only because the mail server takes no mails.
const FAILURE: &str = "the mail server fails: ";
/// The problem of such a mail once the server is back.
const RETURN: &str = "the mail server takes mails again";

impl App {
    /// The outcome of a mail that failed because of the server. While the server takes no mails, the waits are short
    /// and few attempts count, because one mail at a time is tried.
    fn without_mail_server(&self, attempt: &Attempt, why: &str) -> Outcome {
        let why = format!("{FAILURE}{why}");
        let Some(wait) = self.mail_breaker().fail(self.now()) else {
            return Outcome::Later { why };
        };
        let is_counted = counts_at_failing(attempt.number, self.env());
        if is_counted && attempt.number >= MAX_ATTEMPTS {
            return Outcome::NeedsAttention { why };
        }
        Outcome::Again {
            why,
            wait,
            is_counted,
        }
    }

    /// The mail of `attempt` did not fail because of the server: makes the mails due within seconds that wait because
    /// the server failed, in this process or in another one.
    async fn wake_mails_after_failures(&self, attempt: &Attempt) {
        let had_failed = attempt.problem.starts_with(FAILURE);
        if !self.mail_breaker().answer(had_failed, self.now()) {
            return;
        }
        let kinds = [ObligationKind::Mail.code()];
        let woken = self.database().wake_obligations(&kinds, FAILURE, RETURN).await;
        if let Err(problem) = woken {
            // Nearly all of them are tried within half a minute without this.
            tracing::warn!(%problem, "cannot wake what waits for the mail server");
        }
    }

    /// The row of a mail, about `order` where there is one.
    pub(crate) fn owe_mail(&self, order: Option<OrderId>, mail: &Mail) -> Result<NewObligation, AppError> {
        let id: Uuid = mail
            .id
            .parse()
            .map_err(|problem: uuid::Error| AppError::Internal(problem.to_string()))?;
        self.owe(mail, id, order, mail.caused_at)
    }

    /// A mail to the buyer of `order`, in the language of its store view.
    pub(crate) fn mail_to_buyer(
        &self,
        order: &Order,
        shop: &Shop,
        message: MailMessage,
        caused_at: DateTime<Utc>,
    ) -> Mail {
        let store = shop.store(order.id.store());
        Mail {
            id: self.env().next_id().to_string(),
            to: order.customer.email.clone(),
            to_name: order.customer.full_name(),
            locale: locale_of(order, shop).into(),
            store_name: store.map_or_else(String::new, |store| store.name.clone()),
            contact: contact_of(shop, order.id.store()),
            message,
            caused_at,
        }
    }

    /// A mail about the order to the shop itself, at `email`.
    pub(crate) fn mail_to_shop(
        &self,
        email: String,
        order: &Order,
        shop: &Shop,
        message: MailMessage,
        caused_at: DateTime<Utc>,
    ) -> Mail {
        let to_buyer = self.mail_to_buyer(order, shop, message, caused_at);
        Mail {
            to: email,
            to_name: to_buyer.store_name.clone(),
            // The shop need not tell itself where to ask.
            contact: None,
            ..to_buyer
        }
    }
}

/// The address that answers questions of the buyers of a store view; none when the shop has set none.
pub(crate) fn contact_of(shop: &Shop, store: StoreNumber) -> Option<String> {
    let contact = shop.settings_at(ConfigScope::Store(store)).contact_email.value;
    (!contact.is_empty()).then_some(contact)
}
