//! The settings of a shop: each is declared once, in `registry`, and everything else follows from the declaration.
//!
//! Resolution by scope, storage, the admin API, validation and the table of `docs/configuration.md` read the
//! declarations through [`Setting::ALL`].

mod declare;
mod registry;
mod rule;
mod scope;
mod setting;
mod value;

pub use registry::{ScopedSettings, Settings};
pub use rule::{Rule, SettingKind};
pub use scope::{ConfigScope, ScopeLevel, Sourced};
pub use setting::{Setting, SettingRefusal};
pub use value::SettingValue;
