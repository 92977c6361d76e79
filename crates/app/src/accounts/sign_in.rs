//! Customers sign in and out.

use countermand_domain::Email;

use crate::App;
use crate::accounts::password_hashing::check_password;
use crate::error::AppError;
use crate::journal;
use crate::viewer::Viewer;

impl App {
    /// Makes a bearer token for the account of `email` on the viewer's website; none when the
    /// sign-in fails, without a reason. An unknown address takes as long as a wrong password, and
    /// is locked after too many failures as an account is (`docs/contract.md` section 10).
    pub async fn sign_in(
        &self,
        viewer: &Viewer,
        email: &str,
        password: &str,
    ) -> Result<Option<String>, AppError> {
        let email = Email::new(email);
        let of_account = self.sign_ins_of(viewer.store.website, email.as_str());
        let from_address = self.sign_ins_from(&viewer.origin);
        match self.count_try(&[from_address.clone(), of_account.clone()]).await {
            // The address is locked, whether there is an account or not, so even the right password is refused.
            Err(AppError::RateLimited { .. }) => {
                journal::count_sign_in("locked");
                tracing::info!(
                    website = viewer.store.website.0,
                    code = "LOCKED",
                    "a sign-in was refused"
                );
                return Ok(None);
            }
            counted => counted?,
        }
        let account = self
            .database()
            .customer_account(viewer.store.website, email.as_str())
            .await?;
        let kept = account.as_ref().and_then(|account| account.password_hash.clone());
        let right = check_password(kept, password.to_owned()).await?;
        match account {
            Some(account) if right => {
                // Failed sign-ins of other accounts from the same network address still count.
                self.database()
                    .settle_tries(&[of_account.name], &[from_address.name])
                    .await?;
                let customer = account.customer.id.number();
                let token = self.create_customer_token(account.customer).await?;
                journal::count_sign_in("signed_in");
                tracing::info!(customer, "a customer signed in");
                Ok(Some(token))
            }
            account => {
                journal::count_sign_in("refused");
                let customer = account.map(|account| account.customer.id.number());
                let code = if customer.is_some() {
                    "WRONG_PASSWORD"
                } else {
                    "NO_ACCOUNT"
                };
                tracing::info!(
                    customer,
                    website = viewer.store.website.0,
                    code,
                    "a sign-in was refused"
                );
                Ok(None)
            }
        }
    }

    /// Revokes every token of the signed-in customer.
    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), AppError> {
        let Some(customer) = viewer.customer() else {
            return Err(AppError::Forbidden);
        };
        self.database()
            .revoke_customer_tokens(customer.id, self.now())
            .await?;
        tracing::info!(customer = customer.id.number(), "a customer signed out");
        Ok(())
    }
}
