//! The account of the shop at the provider: the key by which the provider knows it.

use countermand_app::ports::ProviderError;

use super::Ledger;

/// The key that the provider accepts at the beginning and at the end of each history.
pub(crate) const FIRST_KEY: &str = "the-key-of-the-shop";

/// What was sent with a key, and what of it was refused because of the key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KeyUse {
    pub(crate) calls: u64,
    pub(crate) refused: u64,
}

impl Ledger {
    /// The key that the provider accepts.
    pub(crate) fn key(&self) -> String {
        match self.changed_keys {
            0 => FIRST_KEY.to_owned(),
            number => format!("{FIRST_KEY}-{number}"),
        }
    }

    /// The provider accepts another key from now on.
    pub(crate) fn change_key(&mut self) {
        self.changed_keys += 1;
    }

    /// Whether the provider accepts another key than the first one.
    pub(crate) fn has_other_key(&self) -> bool {
        self.changed_keys > 0
    }

    /// Takes a call with `key`; the error says that the provider refuses the key.
    pub(crate) fn admit(&mut self, key: &str) -> Result<(), ProviderError> {
        self.key_use.calls += 1;
        if key == self.key() {
            return Ok(());
        }
        self.key_use.refused += 1;
        Err(ProviderError::Unauthorized("401".to_owned()))
    }

    pub(crate) fn key_use(&self) -> KeyUse {
        self.key_use
    }
}

impl KeyUse {
    /// What was sent since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            calls: self.calls - before.calls,
            refused: self.refused - before.refused,
        }
    }
}
