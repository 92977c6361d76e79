//! Adapters that implement the ports of the app: identity, mail, payment providers, sales channels and TLS.

pub mod channels;
pub mod identity;
pub mod mail;
pub mod payments;
pub mod tls;
