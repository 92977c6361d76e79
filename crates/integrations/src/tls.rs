//! Selects the TLS implementation of the program.

use rustls::crypto::{CryptoProvider, aws_lc_rs};

/// Makes aws-lc the TLS provider of the process. The program calls this function first; a second call has no effect.
pub fn install() {
    // The call fails only if a provider is installed already.
    let _ = provider().install_default();
}

pub(crate) fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}
