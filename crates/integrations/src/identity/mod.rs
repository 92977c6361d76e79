//! Tokens of the shop's own identity service: JWTs, checked with a shared secret or with the keys that it publishes.

mod claims;
mod key;
mod key_source;
mod key_store;
mod verifier;

pub use key_source::KeySource;
pub use verifier::{CustomerClaim, IdentitySettings, JwtVerifier, TokenKeys};

use thiserror::Error;

/// Why an identity service cannot be connected.
#[derive(Debug, Error)]
pub enum IdentitySetupError {
    /// Anybody could find it out.
    #[error("the secret must have at least 32 bytes")]
    ShortSecret,
    /// It must say where keys are.
    #[error("`{0}` is neither a file nor an http(s) address")]
    Address(String),
    /// The HTTP client cannot be made.
    #[error("no HTTP client: {0}")]
    Client(String),
}
