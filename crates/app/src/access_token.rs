//! Bearer tokens: long random texts. The database keeps only the hash of each.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Customer, StaffRole, StoreNumber};
use countermand_persistence::{NewToken, Store, TokenInfo, TokenOwner};
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::App;
use crate::error::AppError;

/// The SHA-256 hash of a token. The database keeps this hash and finds the token by it.
#[must_use]
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Makes a text of 256 random bits that a cookie can hold; the prefix tells what kind of token the text is.
fn random_token(prefix: &str) -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes))
}

impl App {
    /// Makes a bearer token for staff and returns the token, which is shown only once.
    pub async fn create_staff_token(
        &self,
        name: &str,
        role: StaffRole,
        store: Option<StoreNumber>,
        lifetime: TimeDelta,
    ) -> Result<String, AppError> {
        let owner = TokenOwner::Staff {
            name: name.into(),
            role,
            store,
        };
        issue(self.store(), "cms", owner, self.now(), lifetime).await
    }

    /// Revokes the staff tokens called `name` and returns how many there were.
    pub async fn revoke_staff_tokens(&self, name: &str) -> Result<u64, AppError> {
        Ok(self.store().revoke_staff_tokens(name, self.now()).await?)
    }

    /// All staff tokens.
    pub async fn staff_tokens(&self) -> Result<Vec<TokenInfo>, AppError> {
        Ok(self.store().staff_tokens().await?)
    }

    pub(crate) async fn create_customer_token(&self, customer: Customer) -> Result<String, AppError> {
        let lifetime = self.settings().customer_token_lifetime;
        issue(
            self.store(),
            "cmc",
            TokenOwner::Customer(customer),
            self.now(),
            lifetime,
        )
        .await
    }
}

async fn issue(
    store: &Store,
    prefix: &str,
    owner: TokenOwner,
    now: DateTime<Utc>,
    lifetime: TimeDelta,
) -> Result<String, AppError> {
    let token = random_token(prefix);
    let expires_at = now
        .checked_add_signed(lifetime)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let hash = hash_token(&token);
    store
        .insert_token(&NewToken {
            hash,
            owner,
            created_at: now,
            expires_at,
        })
        .await?;
    Ok(token)
}
