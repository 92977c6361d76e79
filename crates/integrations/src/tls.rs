//! Selects the TLS implementation of the program.

/// Makes aws-lc the process's provider of TLS. It is called before anything else; a second call changes nothing.
pub fn install() {
    // It fails only where there is one already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}
