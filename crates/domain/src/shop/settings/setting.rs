//! One setting as the declaration describes it: its key, bounds, scopes, default, and who may change it.

use thiserror::Error;

use super::registry::{ScopedSettings, Settings};
use super::rule::Rule;
use super::scope::{ConfigScope, ScopeLevel, Sourced};
use super::value::SettingValue;
use crate::StaffRole;

/// A declared setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key of its rows in the database and of the API: Adobe's configuration path where Adobe has the setting.
    pub key: &'static str,
    /// The name of the setting in the audit log and in the typed operations of the API.
    pub name: &'static str,
    /// The values that it accepts.
    pub accepts: Rule,
    /// The kinds of scopes at which it may be set.
    pub scopes: &'static [ScopeLevel],
    /// The least role that may change it: `Manager` or `Owner`.
    pub changed_by: StaffRole,
    /// The section of `docs/contract.md` that has the setting.
    pub contract: Option<&'static str>,
    pub(super) description: &'static [&'static str],
    pub(super) default: fn() -> SettingValue,
    pub(super) holding: fn(&Settings) -> Sourced<SettingValue>,
    pub(super) set_in: fn(&ScopedSettings) -> Option<SettingValue>,
    pub(super) put: fn(&mut ScopedSettings, Option<SettingValue>),
}

/// Why a value of a setting is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingRefusal {
    /// The setting does not accept the value.
    #[error("must be {0}")]
    Value(String),
    /// The setting may not be set at this kind of scope.
    #[error("cannot be set for a {0}")]
    Scope(&'static str),
}

impl Setting {
    /// The setting with `key`.
    #[must_use]
    pub fn by_key(key: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|setting| setting.key == key)
    }

    /// What the setting decides, in plain English.
    #[must_use]
    pub fn description(&self) -> String {
        let lines: Vec<_> = self.description.iter().map(|line| line.trim()).collect();
        lines.join(" ")
    }

    /// The value that holds where no scope sets one.
    #[must_use]
    pub fn default(&self) -> SettingValue {
        (self.default)()
    }

    /// The value that holds, with its source.
    #[must_use]
    pub fn holding(&self, settings: &Settings) -> Sourced<SettingValue> {
        (self.holding)(settings)
    }

    /// The value that is set at one scope, if any.
    #[must_use]
    pub fn set_in(&self, set: &ScopedSettings) -> Option<SettingValue> {
        (self.set_in)(set)
    }

    /// Puts a value into `set`, or takes the value out of it.
    pub fn put(&self, set: &mut ScopedSettings, value: Option<SettingValue>) {
        (self.put)(set, value);
    }

    /// Checks that `value` may be set at `scope`.
    pub fn check(&self, scope: ConfigScope, value: &SettingValue) -> Result<(), SettingRefusal> {
        let level = scope.level();
        if !self.scopes.contains(&level) {
            return Err(SettingRefusal::Scope(level.name()));
        }
        if self.accepts.allows(value) {
            Ok(())
        } else {
            Err(SettingRefusal::Value(self.accepts.problem_with(value)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{StoreNumber, WebsiteNumber};

    #[test]
    fn a_setting_of_the_whole_shop_cannot_be_set_for_a_website_or_store_view() {
        let setting = Setting {
            scopes: &[ScopeLevel::Default],
            ..*Setting::reorder_allowed()
        };
        let value = SettingValue::Switch(true);
        let check = |scope| setting.check(scope, &value);
        assert_eq!(check(ConfigScope::Default), Ok(()));
        assert_eq!(
            check(ConfigScope::Website(WebsiteNumber(1))),
            Err(SettingRefusal::Scope("website"))
        );
        assert_eq!(
            check(ConfigScope::Store(StoreNumber(1))),
            Err(SettingRefusal::Scope("store view"))
        );
    }

    #[test]
    fn every_default_is_a_value_that_the_setting_accepts() {
        for setting in Setting::ALL {
            assert_eq!(
                setting.check(ConfigScope::Default, &setting.default()),
                Ok(()),
                "{}",
                setting.key
            );
        }
    }

    #[test]
    fn every_setting_can_be_put_in_and_taken_out() {
        for setting in Setting::ALL {
            let mut set = ScopedSettings::default();
            setting.put(&mut set, Some(setting.default()));
            assert_eq!(setting.set_in(&set), Some(setting.default()), "{}", setting.key);
            let settings = Settings::resolve(&[(ConfigScope::Default, &set)]);
            assert_eq!(
                setting.holding(&settings).source,
                Some(ConfigScope::Default),
                "{}",
                setting.key
            );
            setting.put(&mut set, None);
            assert_eq!(set, ScopedSettings::default(), "{}", setting.key);
        }
    }

    #[test]
    fn keys_and_names_are_unique_and_fit_their_column() {
        for (index, setting) in Setting::ALL.iter().enumerate() {
            assert!(setting.key.len() <= 64, "{}", setting.key);
            for other in &Setting::ALL[..index] {
                assert_ne!(setting.key, other.key);
                assert_ne!(setting.name, other.name);
            }
        }
    }

    #[test]
    fn every_setting_may_be_set_for_the_whole_shop_by_a_manager_or_an_owner() {
        for setting in Setting::ALL {
            assert!(setting.scopes.contains(&ScopeLevel::Default), "{}", setting.key);
            assert!(setting.changed_by >= StaffRole::Manager, "{}", setting.key);
        }
    }
}
