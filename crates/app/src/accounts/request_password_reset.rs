//! A customer who forgot the password asks for a link, which goes to the account's address.

use chrono::TimeDelta;
use countermand_domain::{Email, WebsiteNumber};
use countermand_persistence::RateLimit;

use crate::App;
use crate::accounts::network::network_of;
use crate::accounts::tries::{account_name, hourly};
use crate::error::AppError;
use crate::obligations::PasswordResetRequest;
use crate::viewer::Viewer;

/// How long a link to a new password works: Adobe's default.
pub(crate) const LINK_LIFETIME: TimeDelta = TimeDelta::hours(2);
/// The most links to a new password for an account in an hour.
const MOST_RESET_MAILS: i64 = 3;
/// The most links and the most tokens from a network in an hour: a
/// shop's own server may send requests for many customers.
pub(crate) const MOST_RESETS_FROM: i64 = 100;

impl App {
    /// Has a link sent to the account of `email` on the viewer's website, if there is such an account.
    ///
    /// A worker looks for the account later, so neither the answer nor its time tells whether
    /// there is one. Fails with [`AppError::RateLimited`] after three requests in an hour.
    pub async fn request_password_reset(&self, viewer: &Viewer, email: &str) -> Result<(), AppError> {
        let email = Email::new(email);
        self.count_try(&reset_mails(viewer.store.website, email.as_str(), &viewer.origin))
            .await?;
        let request = PasswordResetRequest {
            store: viewer.store.number.0,
            email: email.into(),
        };
        let owed = self.owe(&request, self.env().next_id(), None, self.now())?;
        Ok(self.database().insert_obligation(&owed).await?)
    }
}

/// The limits of links to a new password: from a network, and for an account, whether the account exists or not.
fn reset_mails(website: WebsiteNumber, email: &str, origin: &str) -> [RateLimit; 2] {
    let account = account_name(website, email);
    [
        hourly(
            format!("reset_mail_from:{}", network_of(origin)),
            MOST_RESETS_FROM,
        ),
        hourly(format!("reset_mail:{account}"), MOST_RESET_MAILS),
    ]
}
