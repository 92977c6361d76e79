//! The structure of the shop: websites, store views, and their settings.

pub mod settings;
mod structure;

pub use structure::{Shop, StoreGroup, StoreView, Website};
