//! A request for a new password: a worker finds out whether there is an account, and owes it a mail with a link.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::{ConfigScope, Customer, StoreNumber};
use countermand_persistence::PasswordReset;
use serde::{Deserialize, Serialize};

use super::mail::contact_of;
use super::{Attempt, Obligation, Outcome, Ports, Receipt};
use crate::App;
use crate::accounts::access_token::hash_token;
use crate::error::AppError;
use crate::orders::order_link::{new_password_link, storefront_settings};
use crate::ports::{Mail, MailMessage};

/// How long a link to a new password works: Adobe's default.
const LINK_LIFETIME: TimeDelta = TimeDelta::hours(2);

/// A new password was asked for, in a store view, for an address.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PasswordResetRequest {
    pub(crate) store: i32,
    pub(crate) email: String,
}

impl Obligation for PasswordResetRequest {
    async fn meet(&self, app: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        match app.answer_password_reset(self).await {
            Ok(()) => Outcome::Met(Receipt::default()),
            Err(problem) => Outcome::Later {
                why: problem.to_string(),
            },
        }
    }
}

impl App {
    /// Makes the token and writes the mail, if there is an account; a new token takes the place of any earlier one.
    async fn answer_password_reset(&self, request: &PasswordResetRequest) -> Result<(), AppError> {
        let shop = self.database().shop().await?;
        let number = StoreNumber(request.store);
        let Some(store) = shop.store(number) else {
            return Ok(());
        };
        let account = self
            .database()
            .customer_account(store.website, &request.email)
            .await?;
        let Some(Customer {
            id,
            email,
            firstname,
            lastname,
            ..
        }) = account.map(|account| account.customer)
        else {
            return Ok(());
        };
        // 192 random bits as text.
        let token = URL_SAFE_NO_PAD.encode(self.env().bytes::<24>());
        // Of a website without an active store view, the link works once the store view is enabled again.
        let settings = storefront_settings(&shop, number)
            .unwrap_or_else(|| shop.settings_at(ConfigScope::Store(number)));
        let mail = Mail {
            id: self.env().next_id().to_string(),
            to: email.clone(),
            to_name: format!("{firstname} {lastname}").trim().to_owned(),
            locale: store.locale.clone(),
            store_name: store.name.clone(),
            contact: contact_of(&shop, number),
            message: MailMessage::ResetPassword {
                link: new_password_link(&settings, &email, &token),
            },
            caused_at: self.now(),
        };
        let reset = PasswordReset {
            customer: id,
            hash: hash_token(&token),
            expires_at: self.now() + LINK_LIFETIME,
        };
        let mail = self.owe_mail(None, &mail)?;
        Ok(self.database().keep_password_reset(&reset, &mail).await?)
    }
}
