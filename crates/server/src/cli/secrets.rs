//! The option for keys that seal secrets, and the command that checks the secrets.

use std::convert::Infallible;

use clap::{Args, Subcommand};
use countermand_app::SecretKeys;

use super::DatabaseArgs;

#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SecretArgs {
    /// Keys that seal the secrets of payment providers and webhooks in the database, separated by commas, newest first:
    /// each is the base64 of 32 bytes. Without one, new secrets are refused; `demo` draws a key for itself.
    #[arg(id = "secret_keys", long = "secret-keys", env = "SECRET_KEYS", hide_env_values = true, value_name = "KEYS", value_parser = read)]
    keys: Option<Result<SecretKeys, String>>,
}

impl SecretArgs {
    /// The keys, newest first; none where no key was given.
    ///
    /// # Errors
    /// Says what is wrong with the keys.
    pub(crate) fn keys(&self) -> anyhow::Result<SecretKeys> {
        let keys = self.keys.clone().unwrap_or_else(|| Ok(SecretKeys::default()));
        keys.map_err(|problem| anyhow::anyhow!("SECRET_KEYS: {problem}"))
    }
}

/// Reads keys, and keeps what is wrong with them: the parser of the command line would print the keys with it.
#[expect(clippy::unnecessary_wraps, reason = "a parser of the command line may fail")]
fn read(keys: &str) -> Result<Result<SecretKeys, String>, Infallible> {
    Ok(SecretKeys::parse(keys))
}

#[derive(Debug, Args)]
pub(crate) struct SecretsArgs {
    #[command(subcommand)]
    pub(crate) action: SecretsAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretsAction {
    /// Says which secrets cannot be opened with the keys; exits with 1 when there is one.
    Check(SecretsTarget),
    /// Seals every secret with the newest key that another key sealed.
    Seal(SecretsTarget),
}

#[derive(Debug, Args)]
pub(crate) struct SecretsTarget {
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
}
