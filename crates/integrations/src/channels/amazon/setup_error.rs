//! Why the settings of a seller's account cannot be used.

use thiserror::Error;

/// The reason why the settings of a seller's account cannot be used.
#[derive(Debug, Error)]
pub enum AmazonSetupError {
    /// An address is not a web address.
    #[error("`{0}` is not an http(s) address")]
    Address(String),
    /// There are no marketplaces, or more than Amazon takes at once.
    #[error("{0} marketplaces are named; 1 to 25 are possible")]
    Marketplaces(usize),
    /// The HTTP client cannot be created.
    #[error("no HTTP client: {0}")]
    Client(String),
}
