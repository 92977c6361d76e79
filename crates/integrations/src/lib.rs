//! Adapters behind the app's ports.

pub mod identity;
pub mod mail;
pub mod tls;
