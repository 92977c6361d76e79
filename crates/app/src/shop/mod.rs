//! The structure of the shop and its settings.

pub(crate) mod code_and_name;
pub mod create_store;
pub mod create_website;
pub mod disable_store;
pub(crate) mod edit_shop;
pub mod list_shop;
pub(crate) mod locale_and_timezone;
pub mod offered_reasons;
pub mod one_reason;
pub mod reason_mappings;
pub mod reason_rules_text;
mod reason_words;
pub mod set_status_label;
pub mod set_up_shop;
pub(crate) mod setting_text;
pub mod shop_settings;
pub mod simulate_policy;
pub mod update_store;
pub mod update_website;
