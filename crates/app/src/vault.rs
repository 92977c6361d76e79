//! The secrets that the shop keeps for others, such as keys to payment providers and the secrets of webhooks.
//!
//! They are sealed with a key from outside the database, so that a copy of the database alone opens none. Without such
//! a key no new secret is kept. Earlier versions sealed with the installation's secret then, which lies in the
//! database; what they sealed can still be opened.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::env::Env;
use crate::error::AppError;
use crate::seal::Seal;

/// The bytes of a key.
const KEY_BYTES: usize = 32;
/// The most keys, so that a secret is opened after few tries.
const MOST_KEYS: usize = 8;

/// Keys that seal secrets: the first one seals, and each of them opens. So a new key comes first while the old one
/// still opens what it sealed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SecretKeys(Vec<[u8; KEY_BYTES]>);

/// How a secret is kept, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kept {
    /// It was sealed with the first key.
    Current,
    /// It was sealed with another key, or with the installation's secret.
    Old,
    /// No key opens it.
    Lost,
}

/// Seals and opens the secrets.
#[derive(Clone)]
pub(crate) struct Vault {
    /// The seals of the keys, newest first, and at last the one of the installation's secret.
    seals: Vec<Seal>,
}

impl SecretKeys {
    /// Reads keys that are separated by commas, newest first: each is the base64 of 32 bytes.
    ///
    /// # Errors
    /// Says what is wrong, without a key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys = text.split(',').map(str::trim).filter(|key| !key.is_empty());
        let keys = keys.zip(1..).map(|(key, number)| {
            let bytes = STANDARD.decode(key).ok();
            let key = bytes.and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
            key.ok_or_else(|| {
                format!("key {number} must be the base64 of 32 bytes: `openssl rand -base64 32` makes one")
            })
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.len() > MOST_KEYS {
            return Err(format!("there are more than {MOST_KEYS} keys"));
        }
        Ok(Self(keys))
    }

    /// Draws a key, for a program whose data is not used after its end.
    #[must_use]
    pub fn drawn(env: &Env) -> Self {
        Self(vec![env.bytes()])
    }

    /// Whether no key was given, so that no new secret is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for SecretKeys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "SecretKeys({})", self.0.len())
    }
}

impl Vault {
    /// A vault that seals with the installation's secret alone.
    pub(crate) fn new(installation: Seal) -> Self {
        Self {
            seals: vec![installation],
        }
    }

    /// The vault that seals with the first of `keys`, and still opens what the installation's secret sealed.
    pub(crate) fn with_keys(&self, keys: &SecretKeys, env: &Env) -> Result<Self, AppError> {
        let seals = keys.0.iter().map(|key| Seal::new(key, env));
        let mut seals = seals.collect::<Result<Vec<_>, _>>()?;
        seals.extend(self.seals.last().cloned());
        Ok(Self { seals })
    }

    /// Whether a key from outside the database seals secrets.
    pub(crate) fn has_keys(&self) -> bool {
        self.seals.len() > 1
    }

    /// Seals `secret` for `context`, in base64; the text differs each time.
    pub(crate) fn seal(&self, secret: &[u8], context: &str) -> String {
        let seal = self.seals.first();
        let sealed = seal.map(|it| it.seal(secret, context.as_bytes()));
        STANDARD.encode(sealed.unwrap_or_default())
    }

    /// Opens what was sealed for `context`; none where no key opens it.
    pub(crate) fn open(&self, sealed: &str, context: &str) -> Option<Vec<u8>> {
        self.opened(sealed, context).map(|(secret, _)| secret)
    }

    /// Which key sealed `sealed` for `context`.
    pub(crate) fn kept(&self, sealed: &str, context: &str) -> Kept {
        match self.opened(sealed, context) {
            Some((_, 0)) => Kept::Current,
            Some(_) => Kept::Old,
            None => Kept::Lost,
        }
    }

    /// Whether the installation's secret sealed `sealed` for `context`, so that a reader of the database can open it.
    pub(crate) fn is_open_to_readers(&self, sealed: &str, context: &str) -> bool {
        self.opened(sealed, context)
            .is_some_and(|(_, key)| key + 1 == self.seals.len())
    }

    /// The same secret sealed with the first key; none where it is already, and where no key opens it.
    pub(crate) fn sealed_anew(&self, sealed: &str, context: &str) -> Option<String> {
        let (secret, key) = self.opened(sealed, context)?;
        (key > 0).then(|| self.seal(&secret, context))
    }

    /// The secret, and the position of the seal that opens it.
    fn opened(&self, sealed: &str, context: &str) -> Option<(Vec<u8>, usize)> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let mut seals = self.seals.iter().zip(0..);
        seals.find_map(|(seal, key)| Some((seal.open(&sealed, context.as_bytes())?, key)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::tests::counting_env;

    fn installation() -> Vault {
        let env = counting_env();
        Vault::new(Seal::new(&[9; KEY_BYTES], &env).expect("a seal"))
    }

    fn vault(keys: &[u8]) -> Vault {
        let keys = SecretKeys(keys.iter().map(|key| [*key; KEY_BYTES]).collect());
        installation().with_keys(&keys, &counting_env()).expect("a vault")
    }

    #[test]
    fn a_secret_moves_to_a_new_key_in_three_steps() {
        let sealed = installation().seal(b"key", "account");
        assert!(!vault(&[]).has_keys() && vault(&[1]).has_keys());
        assert_eq!(vault(&[1]).open(&sealed, "account").as_deref(), Some(&b"key"[..]));
        assert_eq!(vault(&[1]).kept(&sealed, "account"), Kept::Old);
        assert!(vault(&[1]).is_open_to_readers(&sealed, "account"));
        let sealed = vault(&[1]).sealed_anew(&sealed, "account").expect("sealed anew");
        assert_eq!(installation().kept(&sealed, "account"), Kept::Lost);
        assert_eq!(vault(&[1]).kept(&sealed, "account"), Kept::Current);
        assert!(!vault(&[1]).is_open_to_readers(&sealed, "account"));
        let sealed = vault(&[2, 1])
            .sealed_anew(&sealed, "account")
            .expect("sealed anew");
        assert_eq!(vault(&[2, 1]).sealed_anew(&sealed, "account"), None);
        assert_eq!(vault(&[1]).kept(&sealed, "account"), Kept::Lost);
        assert_eq!(vault(&[2]).open(&sealed, "account").as_deref(), Some(&b"key"[..]));
    }

    #[test]
    fn a_secret_opens_only_where_it_belongs() {
        let sealed = vault(&[1]).seal(b"key", "account");
        assert_eq!(vault(&[1]).open(&sealed, "another account"), None);
    }

    #[test]
    fn keys_are_read_newest_first_and_a_bad_one_is_not_repeated() {
        let [new, old] = [1_u8, 2].map(|byte| STANDARD.encode([byte; KEY_BYTES]));
        let keys = SecretKeys::parse(&format!(" {new}, {old},")).expect("keys");
        assert_eq!(keys, SecretKeys(vec![[1; KEY_BYTES], [2; KEY_BYTES]]));
        assert_eq!(format!("{keys:?}"), "SecretKeys(2)");
        assert_eq!(SecretKeys::parse(""), Ok(SecretKeys::default()));
        assert!(!SecretKeys::drawn(&counting_env()).is_empty());
        let problem = SecretKeys::parse(&format!("{new},c2hvcnQ=")).expect_err("a short key");
        assert!(
            problem.contains("key 2") && !problem.contains("c2hvcnQ"),
            "{problem}"
        );
        let many = vec![new; MOST_KEYS + 1].join(",");
        assert!(SecretKeys::parse(&many).is_err());
    }
}
