//! The one implementation of TLS that the program uses.

/// Makes ring the process's provider of TLS; to be called first thing, doing it again changes nothing.
pub fn install() {
    // It fails only where there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
