//! Adapters behind the app's ports.

pub mod mail;
