//! A customer who forgot the password asks for a link, which goes to the account's address.

use countermand_domain::{Email, StoreView, WebsiteNumber};
use countermand_persistence::{AuditEntry, RateLimit};

use crate::App;
use crate::accounts::network::network_of;
use crate::accounts::tries::{account_name, hourly};
use crate::error::AppError;
use crate::obligations::PasswordResetRequest;
use crate::viewer::Viewer;

/// The most links to a new password for an account in an hour.
const MOST_RESET_MAILS: i64 = 3;
/// The most links and the most wrong tokens from a network in an hour: a
/// shop's own server may send requests for many customers.
pub(crate) const MOST_RESETS_FROM: i64 = 100;

impl App {
    /// Has a link sent to the account of `email` on the viewer's website, if there is such an account.
    ///
    /// A worker looks for the account later, so neither the answer nor its time tells whether
    /// there is one. Fails with [`AppError::RateLimited`] after three requests in an hour.
    pub async fn request_password_reset(&self, viewer: &Viewer, email: &str) -> Result<(), AppError> {
        if viewer.is_carried_out() {
            return Ok(());
        }
        let email = Email::new(email);
        let limits = [
            reset_mails_from(&viewer.origin),
            reset_mails_of(viewer.store.website, &email),
        ];
        self.count_try(&limits).await?;
        let request = PasswordResetRequest {
            store: viewer.store.number.0,
            email: email.into(),
        };
        let owed = self.owe(&request, self.env().next_id(), None, self.now())?;
        let mark = viewer.mark("requestPasswordResetEmail");
        self.database()
            .insert_marked_obligation(&owed, mark.as_ref())
            .await?;
        tracing::info!(id = %owed.id, store = viewer.store.code, "a link to a new password was requested");
        Ok(())
    }

    /// Has a link to a first password sent to the account of `email` on the website of `store`, with an entry of the
    /// audit log. Fails with [`AppError::RateLimited`] like [`App::request_password_reset`].
    pub(crate) async fn send_first_link(
        &self,
        store: &StoreView,
        email: &Email,
        audit: &AuditEntry,
    ) -> Result<(), AppError> {
        self.count_try(&[reset_mails_of(store.website, email)]).await?;
        let request = PasswordResetRequest {
            store: store.number.0,
            email: email.clone().into(),
        };
        let owed = self.owe(&request, self.env().next_id(), None, self.now())?;
        Ok(self.database().insert_audited_obligation(&owed, audit).await?)
    }
}

/// The limit of links to a new password from a network.
fn reset_mails_from(origin: &str) -> RateLimit {
    hourly(
        format!("reset_mail_from:{}", network_of(origin)),
        MOST_RESETS_FROM,
    )
}

/// The limit of links to a new password for an account, whether the account exists or not.
fn reset_mails_of(website: WebsiteNumber, email: &Email) -> RateLimit {
    let account = account_name(website, email.as_str());
    hourly(format!("reset_mail:{account}"), MOST_RESET_MAILS)
}
