//! The structure of the shop and its settings.

pub mod create_store;
pub mod create_website;
pub(crate) mod setting_text;
pub mod shop_settings;
