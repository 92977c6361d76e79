//! Sealing: what the installation's secret alone can make and open.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore;

use crate::error::AppError;

const NONCE: usize = 24;

/// Seals and opens bytes with the installation's secret.
#[derive(Clone)]
pub(crate) struct Seal(XChaCha20Poly1305);

impl Seal {
    /// With a secret of 32 bytes.
    pub(crate) fn new(secret: &[u8]) -> Result<Self, AppError> {
        let cipher = XChaCha20Poly1305::new_from_slice(secret);
        cipher
            .map(Self)
            .map_err(|_| AppError::Internal("the installation's secret must have 32 bytes".into()))
    }

    /// `plain`, sealed for `context`: other bytes each time. Nothing comes back where the cipher fails, which it does
    /// for more than 256 GiB only.
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

    /// What was sealed for `context`; none for anything that this installation did not make.
    pub(crate) fn open(&self, sealed: &[u8], context: &[u8]) -> Option<Vec<u8>> {
        let (nonce, cipher) = sealed.split_at_checked(NONCE)?;
        let payload = Payload {
            msg: cipher,
            aad: context,
        };
        self.0.decrypt(XNonce::from_slice(nonce), payload).ok()
    }
}
