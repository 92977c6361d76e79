//! Verifies the tokens of the shop's own identity service: JWTs, signed with a shared secret or with published keys.

mod claims;
mod key;
mod key_source;
mod refreshed_keys;
mod verifier;

pub use key_source::KeySource;
pub use verifier::{CustomerClaim, IdentitySettings, JwtVerifier, TokenKeys};

use thiserror::Error;

/// The reason why the settings of an identity service cannot be used.
#[derive(Debug, Error)]
pub enum IdentitySetupError {
    /// The shared secret is so short that it could be guessed.
    #[error("the secret must have at least 32 bytes")]
    ShortSecret,
    /// The place of the keys is neither a file nor a web address.
    #[error("`{0}` is neither a file nor an http(s) address")]
    Address(String),
    /// The HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Client(String),
}
