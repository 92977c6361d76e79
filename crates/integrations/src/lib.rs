//! Adapters that implement the ports of the app: identity, mail, NATS, payment providers, sales channels, webhooks and
//! TLS.

pub mod channels;
mod http;
pub mod identity;
pub mod mail;
pub mod nats;
pub mod payments;
pub mod tls;
pub mod webhooks;
