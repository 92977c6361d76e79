//! Selects the TLS implementation of the program.

use rustls::crypto::{CryptoProvider, aws_lc_rs};

/// Makes aws-lc the process's provider of TLS. It is called before anything else; a second call changes nothing.
pub fn install() {
    // It fails only where there is one already.
    let _ = provider().install_default();
}

pub(crate) fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}
