//! A customer sets a new password with the token from the mail.

use countermand_domain::{Email, WeakPassword, WebsiteNumber, check_password_strength};
use countermand_persistence::RateLimit;
use thiserror::Error;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::accounts::network::network_of;
use crate::accounts::password_hashing::hash_password;
use crate::accounts::request_password_reset::MOST_RESETS_FROM;
use crate::accounts::tries::{account_name, hourly};
use crate::failure::{Failure, Refusal};
use crate::viewer::Viewer;

/// Why the password was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ResetRefusal {
    /// The new password is too weak.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// There is no such account, or the token is not the last one that was
    /// sent, was used, or is too old. The answer does not tell which.
    #[error("Cannot set the customer's password")]
    NotReset,
}

impl Refusal for ResetRefusal {}

/// The most tokens for a new password that may be tried for an account in an hour.
const MOST_RESETS: i64 = 10;

impl App {
    /// Gives the account of `email` on the viewer's website a new password and ends all its sessions. A
    /// token works once. Fails with [`AppError::RateLimited`](crate::AppError::RateLimited) after ten tries in an hour.
    pub async fn reset_password(
        &self,
        viewer: &Viewer,
        email: &str,
        token: &str,
        password: String,
    ) -> Result<(), Failure<ResetRefusal>> {
        check_password_strength(&password).map_err(ResetRefusal::Weak)?;
        let email = Email::new(email);
        let website = viewer.store.website;
        let limits = resets(website, email.as_str(), &viewer.origin);
        self.count_try(&limits).await?;
        // The hash is computed whether there is an account or not, so that both cases take the same time.
        let hash = hash_password(password, self.settings().password_cost).await?;
        let Some(account) = self.database().customer_account(website, email.as_str()).await? else {
            return Err(ResetRefusal::NotReset.into());
        };
        let id = account.customer.id;
        let token = hash_token(token);
        if !self
            .database()
            .reset_password(id, &token, &hash, self.env().next_id(), self.now())
            .await?
        {
            return Err(ResetRefusal::NotReset.into());
        }
        let [from_address, of_account] = limits;
        // A customer with a valid token can read the account's mail, so earlier failed tries no longer count.
        let forgotten = [of_account.name, self.sign_ins_of(website, email.as_str()).name];
        self.database()
            .settle_tries(&forgotten, &[from_address.name])
            .await?;
        Ok(())
    }
}

/// The limits of tried tokens for a new password: from a network, and for an account, whether it exists or not.
fn resets(website: WebsiteNumber, email: &str, origin: &str) -> [RateLimit; 2] {
    let account = account_name(website, email);
    [
        hourly(format!("reset_from:{}", network_of(origin)), MOST_RESETS_FROM),
        hourly(format!("reset:{account}"), MOST_RESETS),
    ]
}
