//! Adapters that implement the ports of the app: identity, mail and TLS.

pub mod identity;
pub mod mail;
pub mod tls;
