//! A customer sets a new password with the token from the mail.

use countermand_domain::{Email, WeakPassword, check_password_strength};
use countermand_persistence::{KeptPasswordReset, RateLimit};
use strum::IntoStaticStr;
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::App;
use crate::accounts::access_token::hash_token;
use crate::accounts::network::network_of;
use crate::accounts::password_hashing::hash_password;
use crate::accounts::request_password_reset::MOST_RESETS_FROM;
use crate::accounts::tries::hourly;
use crate::failure::{Failure, Refusal};
use crate::viewer::Viewer;

/// Why the password was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ResetRefusal {
    /// The new password is too weak.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// There is no such account, or the token is not the last one that was
    /// sent, was used, or is too old. The answer does not tell which.
    #[error("Cannot set the customer's password")]
    NotReset,
}

impl Refusal for ResetRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
}

impl App {
    /// Gives the account of `email` on the viewer's website a new password and ends all its sessions. A token works
    /// once. Wrong tokens count for the network that sends them, and for no account: a token cannot be guessed, so the
    /// right one is accepted after any number of wrong ones. Fails with
    /// [`AppError::RateLimited`](crate::AppError::RateLimited) after too many wrong tokens.
    pub async fn reset_password(
        &self,
        viewer: &Viewer,
        email: &str,
        token: &str,
        password: String,
    ) -> Result<(), Failure<ResetRefusal>> {
        check_password_strength(&password).map_err(ResetRefusal::Weak)?;
        if viewer.is_carried_out() {
            return Ok(());
        }
        let email = Email::new(email);
        let website = viewer.store.website;
        let token = hash_token(token);
        // One statement looks for account and token, so the answer takes the same time with and without an account.
        let kept = self.database().password_reset(website, email.as_str()).await?;
        let Some(kept) = kept.filter(|kept| self.opens(kept, &token)) else {
            self.count_try(&[wrong_tokens_from(&viewer.origin)]).await?;
            return Err(ResetRefusal::NotReset.into());
        };
        let hash = hash_password(password, self.settings().password_cost).await?;
        let (id, mark) = (self.env().next_id(), viewer.mark("resetPassword"));
        if !self
            .database()
            .reset_password(kept.customer, &token, &hash, id, mark.as_ref(), self.now())
            .await?
        {
            return Err(ResetRefusal::NotReset.into());
        }
        // A customer with a valid token can read the account's mail, so earlier failed sign-ins no longer count.
        let forgotten = [self.sign_ins_of(website, email.as_str()).name];
        self.database().settle_tries(&forgotten, &[]).await?;
        tracing::info!(customer = kept.customer.number(), "a customer has a new password");
        Ok(())
    }

    /// Whether `hash` is the hash of the kept token, and the token is valid now.
    fn opens(&self, kept: &KeptPasswordReset, hash: &[u8]) -> bool {
        bool::from(kept.hash.as_slice().ct_eq(hash)) && kept.lifetime.is_valid_at(self.now())
    }
}

/// The limit of wrong tokens for a new password from a network.
fn wrong_tokens_from(origin: &str) -> RateLimit {
    hourly(format!("reset_from:{}", network_of(origin)), MOST_RESETS_FROM)
}
