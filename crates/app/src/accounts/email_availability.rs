//! Whether an address is free for a new account.

use countermand_domain::Email;
use countermand_persistence::RateLimit;

use crate::App;
use crate::accounts::network::network_of;
use crate::accounts::tries::hourly;
use crate::error::AppError;
use crate::viewer::Viewer;

/// The most e-mail addresses that a network may look up in an hour.
const MOST_ADDRESS_CHECKS: i64 = 300;

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

/// The limit of looked-up e-mail addresses from a network.
fn address_checks_from(origin: &str) -> RateLimit {
    hourly(
        format!("email_check_from:{}", network_of(origin)),
        MOST_ADDRESS_CHECKS,
    )
}
