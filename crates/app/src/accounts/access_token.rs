//! Bearer tokens: long random texts. The database keeps only the hash of each. For how long one of a customer and one
//! of staff are valid stands here; whether one has ended is compared in `domain/src/account/token.rs`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Actor, Customer};
pub use countermand_persistence::TokenInfo;
use countermand_persistence::{AuditEntry, NewToken, RevokedTokens, TokenOwner};
use sha2::{Digest, Sha256};

use crate::App;
use crate::env::Env;
use crate::error::AppError;
use crate::viewer::Staff;

/// The number of hours after which the sign-in of a customer expires: Adobe's default (`docs/contract.md` section 10).
pub const CUSTOMER_TOKEN_HOURS: u32 = 1;
/// The number of days after which a token of staff expires, where the command that makes it names no other number.
pub const STAFF_TOKEN_DAYS: u32 = 90;

/// The SHA-256 hash of a token. The database keeps this hash and finds the token by it.
#[must_use]
pub fn hash_token(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The beginning of every token of staff.
pub(crate) const STAFF_PREFIX: &str = "cms_";
/// The beginning of every token of a customer.
const CUSTOMER_PREFIX: &str = "cmc_";

/// Makes a text of 256 random bits that a cookie can hold; the prefix tells what kind of token the text is.
fn random_token(env: &Env, prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(env.bytes::<32>()))
}

impl App {
    /// Makes a bearer token for `staff` and returns the token, which is shown only once.
    pub async fn create_staff_token(&self, staff: Staff, lifetime: TimeDelta) -> Result<String, AppError> {
        let Staff {
            name,
            role,
            store,
            may_withhold_refunds,
        } = staff;
        let permission = if may_withhold_refunds {
            ", may withhold refunds"
        } else {
            ""
        };
        let details = format!("{}{permission}", role.code());
        let audit = self.trail(&Actor::System, "", "createStaffToken", &name, &details);
        let owner = TokenOwner::Staff {
            name,
            role,
            store,
            may_withhold_refunds,
        };
        let token = self
            .issue_token(STAFF_PREFIX, owner, lifetime, Some(&audit))
            .await?;
        let store = store.map(|store| store.0);
        tracing::info!(
            role = role.code(),
            store,
            // An owner needs no permission, so the log names only one that was given.
            may_withhold_refunds = may_withhold_refunds.then_some(true),
            "a token of staff was created"
        );
        Ok(token)
    }

    /// Revokes the staff tokens called `name` and returns how many there were.
    pub async fn revoke_staff_tokens(&self, name: &str) -> Result<u64, AppError> {
        let audit = self.trail(&Actor::System, "", "revokeStaffTokens", name, "");
        let count = self
            .database()
            .revoke_staff_tokens(RevokedTokens::Named(name), self.now(), &audit)
            .await?;
        if count > 0 {
            tracing::info!(count, "tokens of staff were revoked");
        }
        Ok(count)
    }

    /// Revokes the staff token `token` alone, and returns whether it was valid until now.
    pub async fn revoke_staff_token(&self, token: &TokenInfo) -> Result<bool, AppError> {
        let audit = self.trail(&Actor::System, "", "revokeStaffTokens", &token.name, &token.id);
        let which = RevokedTokens::WithId(&token.id);
        let revoked = self
            .database()
            .revoke_staff_tokens(which, self.now(), &audit)
            .await?;
        if revoked > 0 {
            tracing::info!(id = token.id, "a token of staff was revoked");
        }
        Ok(revoked > 0)
    }

    /// All staff tokens.
    pub async fn staff_tokens(&self) -> Result<Vec<TokenInfo>, AppError> {
        Ok(self.database().staff_tokens().await?)
    }

    pub(crate) async fn create_customer_token(&self, customer: Customer) -> Result<String, AppError> {
        let lifetime = self.settings().customer_token_lifetime;
        self.issue_token(CUSTOMER_PREFIX, TokenOwner::Customer(customer), lifetime, None)
            .await
    }

    async fn issue_token(
        &self,
        prefix: &str,
        owner: TokenOwner,
        lifetime: TimeDelta,
        audit: Option<&AuditEntry>,
    ) -> Result<String, AppError> {
        let token = random_token(self.env(), prefix);
        let created_at = self.now();
        let expires_at = created_at
            .checked_add_signed(lifetime)
            .unwrap_or(DateTime::<Utc>::MAX_UTC);
        let new = NewToken {
            hash: hash_token(&token),
            owner,
            created_at,
            expires_at,
        };
        self.database().insert_token(&new, audit).await?;
        Ok(token)
    }
}
