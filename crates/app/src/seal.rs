//! Seals bytes so that only the installation's secret can make and open them.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};

use crate::env::{Chance, Env};
use crate::error::AppError;

const NONCE: usize = 24;

/// Seals and opens bytes with the installation's secret.
#[derive(Clone)]
pub(crate) struct Seal {
    cipher: XChaCha20Poly1305,
    chance: Arc<dyn Chance>,
}

impl Seal {
    /// Makes the seal from a secret of 32 bytes.
    pub(crate) fn new(secret: &[u8], env: &Env) -> Result<Self, AppError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret)
            .map_err(|_| AppError::Internal("the installation's secret must have 32 bytes".into()))?;
        Ok(Self {
            cipher,
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
}
