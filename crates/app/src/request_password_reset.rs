//! Somebody forgot the password: a link to choose a new one goes to the account's address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countermand_domain::{ConfigScope, Customer, StoreNumber};
use countermand_persistence::{NewJob, PasswordReset};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::App;
use crate::access_token::hash_token;
use crate::error::AppError;
use crate::job::{PASSWORD_RESET, mail_job};
use crate::order_link::new_password_link;
use crate::ports::{Mail, MailError, MailMessage};
use crate::tries::reset_mails;
use crate::viewer::Viewer;

/// How long a link works: Adobe's default.
const LIFETIME: TimeDelta = TimeDelta::hours(2);

/// What was asked: the job's payload.
#[derive(Serialize, Deserialize)]
struct Asked {
    store: i32,
    email: String,
}

impl App {
    /// Has a link sent to whoever signs in with `email` on the viewer's website, if there is such an account.
    ///
    /// A worker finds that out, so neither the answer nor its time tells. [`AppError::RateLimited`] after three in
    /// an hour.
    pub async fn request_password_reset(&self, viewer: &Viewer, email: &str) -> Result<(), AppError> {
        let email = email.trim().to_lowercase();
        self.count_try(&reset_mails(viewer.store.website, &email, &viewer.origin))
            .await?;
        let asked = Asked {
            store: viewer.store.number.0,
            email,
        };
        let payload =
            serde_json::to_string(&asked).map_err(|problem| AppError::Internal(problem.to_string()))?;
        let job = NewJob {
            id: Uuid::now_v7(),
            kind: PASSWORD_RESET.into(),
            order: None,
            payload,
            created_at: self.now(),
        };
        Ok(self.store().insert_job(&job).await?)
    }

    /// Makes the token and writes the mail, if there is an account; a new token takes the place of any earlier one.
    pub(crate) async fn mail_password_reset(&self, payload: &str) -> Result<(), MailError> {
        let asked: Asked =
            serde_json::from_str(payload).map_err(|problem| MailError::Permanent(problem.to_string()))?;
        let sent = self.answer_password_reset(&asked).await;
        sent.map_err(|problem| MailError::Temporary(problem.to_string()))
    }

    async fn answer_password_reset(&self, asked: &Asked) -> Result<(), AppError> {
        let catalog = self.store().catalog().await?;
        let number = StoreNumber(asked.store);
        let Some(store) = catalog.store(number) else {
            return Ok(());
        };
        let account = self.store().customer_account(store.website, &asked.email).await?;
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
        let token = random_token();
        let settings = catalog.settings_at(ConfigScope::Store(number));
        let mail = Mail {
            id: Uuid::now_v7().to_string(),
            to: email.clone(),
            to_name: format!("{firstname} {lastname}").trim().to_owned(),
            locale: store.locale.clone(),
            store_name: store.name.clone(),
            message: MailMessage::ResetPassword {
                link: new_password_link(&settings, &email, &token),
            },
            caused_at: self.now(),
        };
        let reset = PasswordReset {
            customer: id,
            hash: hash_token(&token),
            expires_at: self.now() + LIFETIME,
        };
        let job = mail_job(None, &mail)?;
        Ok(self.store().keep_password_reset(&reset, &job).await?)
    }
}

/// 192 random bits as text.
fn random_token() -> String {
    let mut bytes = [0_u8; 24];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
