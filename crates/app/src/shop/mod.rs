//! The structure of the shop and its settings.

pub(crate) mod code_and_name;
pub mod create_store;
pub mod create_website;
pub(crate) mod setting_text;
pub mod shop_settings;
