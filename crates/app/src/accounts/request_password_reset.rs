//! A customer who forgot the password asks for a link, which goes to the account's address.

use countermand_domain::Email;

use crate::App;
use crate::accounts::tries::reset_mails;
use crate::error::AppError;
use crate::obligations::PasswordResetRequest;
use crate::viewer::Viewer;

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
