//! Seals bytes so that only the installation's secret can make and open them.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore;

use crate::error::AppError;

const NONCE: usize = 24;

/// Seals and opens bytes with the installation's secret.
#[derive(Clone)]
pub(crate) struct Seal(XChaCha20Poly1305);

impl Seal {
    /// Makes the seal from a secret of 32 bytes.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, AppError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret);
        cipher
            .map(Self)
            .map_err(|_| AppError::Internal("the installation's secret must have 32 bytes".into()))
    }

    /// Seals `plain` for `context`; the bytes differ each time. The result is
    /// empty if the cipher fails, which happens only above 256 GiB.
    pub(crate) fn seal(&self, plain: &[u8], context: &[u8]) -> Vec<u8> {
        let mut sealed = [0_u8; NONCE].to_vec();
        rand::rng().fill_bytes(&mut sealed);
        let payload = Payload {
            msg: plain,
            aad: context,
        };
        let cipher = self.0.encrypt(XNonce::from_slice(&sealed), payload);
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
        self.0.decrypt(XNonce::from_slice(nonce), payload).ok()
    }
}
