//! The key that seals the secrets of the tests' shops.

use countermand_app::SecretKeys;

/// The value of `SECRET_KEYS` for each server of the tests, unless a test gives another one: the base64 of 32 bytes.
pub const SECRET_KEYS: &str = "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=";

/// The keys in a value of `SECRET_KEYS`.
///
/// # Panics
/// When the value is malformed.
#[must_use]
pub fn secret_keys(value: &str) -> SecretKeys {
    SecretKeys::parse(value).expect("keys")
}
