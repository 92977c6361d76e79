//! Customers sign in and out.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Argon2, PasswordHash};
use countermand_domain::Email;
use countermand_persistence::CustomerAccount;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

use crate::App;
use crate::error::AppError;
use crate::viewer::Viewer;

/// The longest password that is hashed: a longer one cannot be right and must not cost time.
const MAX_PASSWORD: usize = 256;

impl App {
    /// A bearer token for the account of `email` on the viewer's website; none when anything is wrong, and never
    /// what (contract section 10: an unknown address takes as long as a wrong password, and is locked as an account
    /// is after too many failures).
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
            // Locked, whether there is such an account or not: not even the right password is looked at.
            Err(AppError::RateLimited { .. }) => return Ok(None),
            counted => counted?,
        }
        let account = self
            .store()
            .customer_account(viewer.store.website, email.as_str())
            .await?;
        let right = check_password(account.as_ref(), password.to_owned()).await?;
        match account {
            Some(account) if right => {
                // What others failed with from the same address still counts.
                self.store()
                    .settle_tries(&[of_account.name], &[from_address.name])
                    .await?;
                Ok(Some(self.create_customer_token(account.customer).await?))
            }
            Some(_) | None => Ok(None),
        }
    }

    /// Revokes every token of the signed-in customer.
    pub async fn sign_out(&self, viewer: &Viewer) -> Result<(), AppError> {
        let Some(customer) = viewer.customer() else {
            return Err(AppError::Forbidden);
        };
        self.store()
            .revoke_customer_tokens(customer.id, self.now())
            .await?;
        Ok(())
    }
}

/// Hashes a password with argon2id.
pub(crate) async fn hash_password(password: String) -> Result<String, AppError> {
    let hashing = move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|it| it.to_string())
    };
    let hashed = work_hard(hashing).await?;
    hashed.map_err(|problem| AppError::Internal(problem.to_string()))
}

/// Hashing takes 19 MiB and some ten milliseconds of one core on purpose: away from the reactor, and few at a time.
async fn work_hard<T: Send + 'static>(hashing: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    static TURNS: LazyLock<Semaphore> = LazyLock::new(|| {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Semaphore::new(cores.clamp(2, 16))
    });
    let turn = TURNS.acquire().await;
    let turn = turn.map_err(|problem| AppError::Internal(problem.to_string()))?;
    // The turn ends with the work, even if nobody waits for it any more.
    let working = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        hashing()
    });
    working
        .await
        .map_err(|problem| AppError::Internal(problem.to_string()))
}

/// A hash of nobody's password, to be compared with where there is no account.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    Argon2::default()
        .hash_password(b"nobody")
        .map(|it| it.to_string())
        .unwrap_or_default()
});

async fn check_password(account: Option<&CustomerAccount>, password: String) -> Result<bool, AppError> {
    let kept = account.and_then(|account| account.password_hash.clone());
    let checking = move || {
        let is_known = kept.is_some() && password.len() <= MAX_PASSWORD;
        let kept = kept.unwrap_or_else(|| NOBODY.clone());
        let typed = &password.as_bytes()[..password.len().min(MAX_PASSWORD)];
        let matches = PasswordHash::new(&kept)
            .is_ok_and(|hash| Argon2::default().verify_password(typed, &hash).is_ok());
        matches && is_known
    };
    work_hard(checking).await
}
