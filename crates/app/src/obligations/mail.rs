//! The obligation to send a mail.

use chrono::{DateTime, Utc};
use countermand_domain::{ConfigScope, Order, OrderId, Shop, StoreNumber};
use countermand_persistence::NewObligation;
use uuid::Uuid;

use super::{Attempt, CausingChange, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::error::AppError;
use crate::mails::notice::locale_of;
use crate::ports::{Mail, MailError, MailMessage};

impl Obligation for Mail {
    fn owed_by(app: &App, change: &CausingChange<'_>) -> Result<Vec<NewObligation>, AppError> {
        app.mails_of(change.transition, change.shop)
    }

    async fn meet(&self, _: &App, ports: &Ports<'_>, attempt: &Attempt) -> Outcome {
        let mail = Self {
            caused_at: attempt.caused_at,
            ..self.clone()
        };
        match ports.mailer.send(&mail).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            // A mail may arrive twice with the same `Message-ID`, so a lost answer is no unknown outcome.
            Err(MailError::Temporary(why)) => Outcome::Later { why },
            Err(MailError::Permanent(why)) => Outcome::NeedsAttention { why },
        }
    }
}

impl App {
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
}

/// The address that answers questions of the buyers of a store view; none when the shop has set none.
pub(crate) fn contact_of(shop: &Shop, store: StoreNumber) -> Option<String> {
    let contact = shop.settings_at(ConfigScope::Store(store)).contact_email.value;
    (!contact.is_empty()).then_some(contact)
}
