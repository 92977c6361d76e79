//! The structure of the shop: websites, store views, and their settings.

mod catalog;
pub mod settings;

pub use catalog::{Catalog, StoreGroup, StoreView, Website};
