//! Whether an address is free for a new account.

use countermand_domain::Email;

use crate::App;
use crate::accounts::tries::address_checks_from;
use crate::error::AppError;
use crate::viewer::Viewer;

impl App {
    /// Whether `email` is free for a new account on the viewer's website; always true where accounts are hidden.
    ///
    /// Fails with [`AppError::RateLimited`] when the caller asks about too many addresses.
    pub async fn is_email_available(&self, viewer: &Viewer, email: &str) -> Result<bool, AppError> {
        if self.settings().hides_accounts {
            return Ok(true);
        }
        self.count_try(&[address_checks_from(&viewer.origin)]).await?;
        let email = Email::new(email);
        let account = self
            .database()
            .customer_account(viewer.store.website, email.as_str());
        Ok(account.await?.is_none())
    }
}
