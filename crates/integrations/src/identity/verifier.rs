//! Verifies a token of the identity service and finds the customer that it names.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use countermand_app::ports::{Identity, IdentityError, IdentityVerifier};
use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Algorithm, Header, TokenData, Validation, decode, decode_header};

use super::IdentitySetupError;
use super::claims::Claims;
use super::key::TokenKey;
use super::key_source::KeySource;
use super::refreshed_keys::RefreshedKeys;

/// The largest token that is verified, in bytes.
const LARGEST_TOKEN: usize = 8 * 1024;
/// The shortest secret, in bytes: as long as the hash of HS256.
const SHORTEST_SECRET: usize = 32;

/// The claim that names the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerClaim {
    /// The claim `email`, unless `email_verified` is false.
    Email,
    /// The claim `email`, if `email_verified` is true.
    VerifiedEmail,
    /// The claim `customer_id`, the number of the customer in this shop.
    CustomerId,
}

/// The keys with which tokens are verified.
pub enum TokenKeys {
    /// A secret that the identity service shares (HS256).
    Secret(String),
    /// Keys that the identity service publishes (RS256 and ES256).
    Published(KeySource),
}

/// The settings of an identity service: which tokens are accepted.
pub struct IdentitySettings {
    /// The value that the claim `iss` must have.
    pub issuer: String,
    /// The value that the claim `aud` must have or contain.
    pub audience: String,
    /// The claim that names the customer.
    pub claim: CustomerClaim,
    /// The keys with which tokens are verified.
    pub keys: TokenKeys,
}

/// Verifies tokens of one identity service.
pub struct JwtVerifier {
    issuer: String,
    audience: String,
    claim: CustomerClaim,
    keys: Keys,
}

enum Keys {
    Secret(TokenKey),
    Published(RefreshedKeys),
}

impl JwtVerifier {
    /// A verifier for the identity service of `settings`. Published keys are read when the first token arrives.
    pub fn new(settings: IdentitySettings) -> Result<Self, IdentitySetupError> {
        let keys = match settings.keys {
            TokenKeys::Secret(secret) if secret.len() < SHORTEST_SECRET => {
                return Err(IdentitySetupError::ShortSecret);
            }
            TokenKeys::Secret(secret) => Keys::Secret(TokenKey::shared(secret.as_bytes())),
            TokenKeys::Published(source) => Keys::Published(RefreshedKeys::new(source)),
        };
        Ok(Self {
            issuer: settings.issuer,
            audience: settings.audience,
            claim: settings.claim,
            keys,
        })
    }

    async fn keys_for(&self, header: &Header, now: DateTime<Utc>) -> Result<Vec<TokenKey>, IdentityError> {
        match &self.keys {
            Keys::Secret(key) => Ok(vec![key.clone()]),
            Keys::Published(store) => store.keys_for(header.kid.as_deref(), now).await,
        }
    }

    /// The claims of `token`, if `key` verifies its signature, issuer and audience.
    fn claims(&self, token: &str, key: &TokenKey) -> Option<Claims> {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        // `Claims::hold_at` checks these two claims, with the clock that is passed in instead of the machine's clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let decoded: Result<TokenData<Claims>, _> = decode(token, &key.key, &validation);
        let claims = decoded.ok()?.claims;
        claims.is_by(&self.issuer).then_some(claims)
    }
}

#[async_trait]
impl IdentityVerifier for JwtVerifier {
    async fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Identity, IdentityError> {
        if token.len() > LARGEST_TOKEN {
            return Err(IdentityError::Refused);
        }
        let header = decode_header(token).map_err(|_| IdentityError::Refused)?;
        let is_taken = matches!(header.alg, Algorithm::HS256 | Algorithm::RS256 | Algorithm::ES256);
        // `crit` names extensions that the server must understand. This server understands none.
        if !is_taken || header.crit.is_some() {
            return Err(IdentityError::Refused);
        }
        // A token that no key can make valid does not lead to a look for its key.
        let told: Claims = insecure_decode_claims(token).map_err(|_| IdentityError::Refused)?;
        if !told.is_by(&self.issuer) || !told.hold_at(now) {
            return Err(IdentityError::Refused);
        }
        let keys = self.keys_for(&header, now).await?;
        let mut fitting = keys.iter().filter(|key| key.algorithm == header.alg);
        let claims = fitting
            .find_map(|key| self.claims(token, key))
            .filter(|claims| claims.hold_at(now))
            .ok_or(IdentityError::Refused)?;
        claims.identity(self.claim).ok_or(IdentityError::Refused)
    }
}

impl std::fmt::Debug for JwtVerifier {
    /// Without the keys.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("JwtVerifier")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("claim", &self.claim)
            .finish_non_exhaustive()
    }
}
