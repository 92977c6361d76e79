//! The structure of the shop: websites, store views, and their settings.

mod catalog;
mod config_scope;

pub use catalog::{Catalog, StoreGroup, StoreView, Website};
pub use config_scope::{ConfigScope, ScopedSettings, Settings, Sourced};
