//! Seals and hashes texts so that only the installation's secret can make them. Secrets that are kept for others are
//! sealed by `vault.rs`, with keys from outside the database.

use std::fmt::Write;
use std::sync::Arc;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key, sign};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::env::{Chance, Env};
use crate::error::AppError;

const NONCE: usize = 24;
/// The purpose for which the key of hashes is derived from the secret.
const HASHES: &[u8] = b"countermand keyed hashes";

/// Seals, opens and hashes bytes with the installation's secret.
#[derive(Clone)]
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    hashing: Key,
    chance: Arc<dyn Chance>,
}

impl Seal {
    /// Makes the seal from a secret of 32 bytes.
    pub(crate) fn new(secret: &[u8], env: &Env) -> Result<Self, AppError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret)
            .map_err(|_| AppError::Internal("the installation's secret must have 32 bytes".into()))?;
        Ok(Self {
            cipher,
            hashing: Key::new(HMAC_SHA256, sign(&Key::new(HMAC_SHA256, secret), HASHES).as_ref()),
            chance: env.chance.clone(),
        })
    }

    /// Seals `plain` for `context`; the bytes differ each time. The result is
    /// empty if the cipher fails, which happens only above 256 GiB.
    pub(crate) fn seal(&self, plain: &[u8], context: &[u8]) -> Vec<u8> {
        let mut sealed = [0_u8; NONCE].to_vec();
        self.chance.fill(&mut sealed);
        let payload = Payload {
            msg: plain,
            aad: context,
        };
        let cipher = self.cipher.encrypt(XNonce::from_slice(&sealed), payload);
        sealed.extend(cipher.unwrap_or_default());
        sealed
    }

    /// Opens what was sealed for `context`; none for bytes that this installation did not seal.
    pub(crate) fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let (nonce, cipher) = sealed.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: cipher,
            aad: context,
        };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
    }

    /// The HMAC-SHA256 of `parts` in 64 hexadecimal digits: without the secret, no part can be guessed from it. The
    /// lengths are hashed too, so that no two lists are the same text.
    pub(crate) fn keyed_hash(&self, parts: &[&str]) -> String {
        let mut hash = Context::with_key(&self.hashing);
        for part in parts {
            hash.update(&part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.sign().as_ref().iter().fold(String::new(), |mut text, byte| {
            // A text grows without fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::env::tests::counting_env;

    fn seal(secret: u8) -> Seal {
        Seal::new(&[secret; 32], &counting_env()).expect("a secret of 32 bytes")
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let seal = seal(1);
        assert_ne!(seal.keyed_hash(&["ab", "c"]), seal.keyed_hash(&["a", "bc"]));
        assert_eq!(seal.keyed_hash(&["a", "b"]), seal.keyed_hash(&["a", "b"]));
        assert_eq!(seal.keyed_hash(&["a"]).len(), 64);
    }

    /// Idempotency keys and their requests are kept as such hashes, so a later version must find them again.
    #[test]
    fn a_hash_is_the_same_in_each_version_of_the_program() {
        let hash = seal(1).keyed_hash(&["a", "bc"]);
        assert_eq!(
            hash,
            "083539ccfb086a9104e16fe754ee97a463ea3754803db8d46b68bcbb5b5d702b"
        );
    }

    /// A plain hash of a request would let a reader of the database try passwords.
    #[test]
    fn a_hash_needs_the_secret() {
        let password = "Secret-123";
        let mut plain = Sha256::new();
        plain.update(password.len().to_be_bytes());
        plain.update(password.as_bytes());
        let plain = plain.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        assert_eq!(plain.len(), 64);
        assert_ne!(seal(1).keyed_hash(&[password]), plain);
        assert_ne!(seal(1).keyed_hash(&[password]), seal(2).keyed_hash(&[password]));
    }
}
