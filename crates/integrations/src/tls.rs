//! Selects the TLS implementation of the program, and the certificates that its HTTP clients trust.

use std::sync::LazyLock;

use reqwest::{Client, ClientBuilder};
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls_platform_verifier::ConfigVerifierExt;

/// Makes aws-lc the TLS provider of the process. The program calls this function first; a second call has no effect.
pub fn install() {
    // The call fails only if a provider is installed already.
    let _ = provider().install_default();
}

/// A builder for HTTP clients that trust the certificates of this system. All clients share the certificates, which are
/// read when the first client is made: new ones need a restart. Call [`install`] before.
pub fn client_builder() -> ClientBuilder {
    static TRUST: LazyLock<Option<ClientConfig>> = LazyLock::new(|| {
        let mut trust = ClientConfig::with_platform_verifier().ok()?;
        trust.alpn_protocols = vec![b"http/1.1".to_vec()];
        Some(trust)
    });
    match &*TRUST {
        Some(trust) => Client::builder().tls_backend_preconfigured(trust.clone()),
        // The client meets the same problem, and its error tells it.
        None => Client::builder(),
    }
}

pub(crate) fn provider() -> CryptoProvider {
    aws_lc_rs::default_provider()
}
