//! Staff reads and changes the settings of a scope: any of them, by key.

use std::collections::HashSet;
use std::sync::Arc;

use countermand_domain::{ConfigScope, ScopedSettings, Setting, SettingKind, SettingValue, Settings, Shop};

use crate::App;
use crate::error::{AppError, UserError, UserErrorCode};
use crate::failure::{Failure, Refusal};
use crate::rights::StaffOperation;
use crate::shop::reason_words::reasons_in_words;
pub use crate::shop::setting_text::{ReasonText, ReasonTranslationText, reason_list, value_text};
use crate::shop::setting_text::{TextRefusal, read_value};
use crate::viewer::{Staff, Viewer};

/// The values that hold for a scope, each with its source.
#[derive(Debug, Clone)]
pub struct SettingsOfScope {
    /// The scope.
    pub scope: ConfigScope,
    /// The values.
    pub settings: Settings,
    /// The shop that the scope belongs to.
    pub shop: Arc<Shop>,
}

/// A change of one setting, as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// The key of the setting.
    pub key: String,
    /// The new value as text; none takes the value back, so that the inherited one holds.
    pub value: Option<String>,
}

/// A change at a scope: values to set, and settings whose values are taken back.
#[derive(Debug, Default)]
pub(crate) struct SettingsChange {
    pub(crate) set: ScopedSettings,
    pub(crate) reset: Vec<&'static Setting>,
}

/// A refusal of one setting's value; each operation has its own name for the field.
pub(crate) struct RefusedSetting {
    pub(crate) setting: &'static Setting,
    pub(crate) message: String,
}

impl Refusal for RefusedSetting {
    fn code(&self) -> &'static str {
        UserErrorCode::Invalid.into()
    }
}

impl RefusedSetting {
    /// The refusal in an answer, about the input field `field`.
    pub(crate) fn about(&self, field: &str) -> UserError {
        UserError::about(field, UserErrorCode::Invalid, self.message.clone())
    }
}

impl App {
    /// The settings that hold at `scope`.
    pub async fn settings_at(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
    ) -> Result<SettingsOfScope, AppError> {
        allow_scope(viewer.staff(StaffOperation::Settings)?, scope)?;
        self.settings_of(scope).await
    }

    /// Changes settings at `scope`: all of the changes, or none. Once this is answered, no replica acts on the values
    /// before.
    pub async fn update_settings(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        changes: &[SettingChange],
    ) -> Result<SettingsOfScope, Failure<UserError>> {
        let operation = StaffOperation::UpdateSettings;
        allow_scope(viewer.staff(operation)?, scope)?;
        let change = read_changes(&viewer.shop, changes)?;
        let outcome = self.change_settings(viewer, operation, scope, &change).await;
        outcome.map_err(|failure| failure.map_refusal(|it| it.about(it.setting.key)))
    }

    /// Checks a change, applies it and writes it into the audit log. The caller has checked the scope.
    pub(crate) async fn change_settings(
        &self,
        viewer: &Viewer,
        operation: StaffOperation,
        scope: ConfigScope,
        change: &SettingsChange,
    ) -> Result<SettingsOfScope, Failure<RefusedSetting>> {
        let staff = viewer.staff(operation)?;
        let shop = self.database().shop().await?;
        for setting in change.settings() {
            if !may_change(staff, &shop, scope, setting) {
                return Err(AppError::Forbidden.into());
            }
            if let Some(Err(refusal)) = setting.set_in(&change.set).map(|it| setting.check(scope, &it)) {
                let message = refusal.to_string();
                return Err(RefusedSetting { setting, message }.into());
            }
        }
        if viewer.is_carried_out() {
            return Ok(self.settings_of(scope).await?);
        }
        let target = scope_name(&shop, scope);
        let details = change.details(&shop, scope);
        let audit = self.trail_of(viewer, operation.name(), &target, &details);
        self.database()
            .change_settings(scope, &change.set, &change.reset, &audit)
            .await?;
        tracing::info!(
            operation = operation.name(),
            scope = target,
            settings = change.keys(),
            "settings were changed"
        );
        Ok(self.settings_of(scope).await?)
    }

    pub(crate) async fn settings_of(&self, scope: ConfigScope) -> Result<SettingsOfScope, AppError> {
        let shop = self.database().shop().await?;
        Ok(SettingsOfScope {
            scope,
            settings: shop.settings_at(scope),
            shop,
        })
    }
}

impl SettingsChange {
    fn settings(&self) -> impl Iterator<Item = &'static Setting> {
        let set = Setting::ALL
            .iter()
            .copied()
            .filter(|setting| setting.set_in(&self.set).is_some());
        set.chain(self.reset.iter().copied())
    }

    /// The keys of the changed settings, for the log. Their values may hold addresses.
    fn keys(&self) -> String {
        let keys: Vec<_> = self.settings().map(|setting| setting.key).collect();
        keys.join(", ")
    }

    /// The change as text for the audit log: `enabled = true; guest key lifetime = 48 h; reset reasons`. Reasons stand
    /// there with their texts, and with the reasons before.
    fn details(&self, shop: &Shop, scope: ConfigScope) -> String {
        let set = Setting::ALL.iter().filter_map(|setting| {
            let text = match setting.set_in(&self.set)? {
                SettingValue::Reasons(reasons) => {
                    format!(
                        "{}{}",
                        reasons_in_words(&reasons, shop),
                        reasons_before(shop, scope)
                    )
                }
                value => value.to_string(),
            };
            Some(format!("{} = {text}", words(setting)))
        });
        let mut parts: Vec<_> = set.collect();
        if !self.reset.is_empty() {
            let name = |setting: &&'static Setting| {
                let is_list = setting.accepts.kind() == SettingKind::Reasons;
                let before = is_list.then(|| reasons_before(shop, scope));
                format!("{}{}", words(setting), before.unwrap_or_default())
            };
            let names: Vec<_> = self.reset.iter().map(name).collect();
            parts.push(format!("reset {}", names.join(", ")));
        }
        parts.join("; ")
    }
}

/// The reasons that hold at `scope` until the change, in words.
fn reasons_before(shop: &Shop, scope: ConfigScope) -> String {
    let before = shop.settings_at(scope).cancellation_reasons.value;
    format!(" (before: {})", reasons_in_words(&before, shop))
}

/// The name of a setting in words; the unit stands after the value.
fn words(setting: &Setting) -> String {
    let name = setting.name.strip_suffix("_hours");
    let name = name
        .or(setting.name.strip_suffix("_minutes"))
        .unwrap_or(setting.name);
    name.replace('_', " ")
}

/// The change that `changes` write at `scope`, with each value checked.
pub(crate) fn checked_draft(
    shop: &Shop,
    scope: ConfigScope,
    changes: &[SettingChange],
) -> Result<SettingsChange, UserError> {
    let change = read_changes(shop, changes)?;
    for setting in change.settings() {
        if let Some(Err(refusal)) = setting.set_in(&change.set).map(|it| setting.check(scope, &it)) {
            return Err(UserError::about(
                setting.key,
                UserErrorCode::Invalid,
                refusal.to_string(),
            ));
        }
    }
    Ok(change)
}

fn read_changes(shop: &Shop, changes: &[SettingChange]) -> Result<SettingsChange, UserError> {
    let mut known = HashSet::new();
    let mut change = SettingsChange::default();
    for SettingChange { key, value } in changes {
        let Some(setting) = Setting::by_key(key) else {
            let message = format!("there is no setting `{key}`");
            return Err(UserError::about("values", UserErrorCode::NotFound, message));
        };
        let about = |TextRefusal(code, message)| UserError::about(key, code, message);
        if !known.insert(key) {
            return Err(about(TextRefusal(
                UserErrorCode::Invalid,
                "is given twice".into(),
            )));
        }
        match value {
            Some(text) => {
                let value = read_value(setting, text, shop).map_err(about)?;
                setting.put(&mut change.set, Some(value));
            }
            None => change.reset.push(setting),
        }
    }
    Ok(change)
}

/// A token for one store view reads and changes nothing outside of that store view.
pub(crate) fn allow_scope(staff: &Staff, scope: ConfigScope) -> Result<(), AppError> {
    let allowed = match scope {
        ConfigScope::Store(store) => staff.covers(store),
        ConfigScope::Default | ConfigScope::Website(_) => staff.store.is_none(),
    };
    if allowed { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Whether `staff` may change `setting` at a scope that its token covers.
///
/// Links for a new password begin with the address of the storefront, and go to every customer of the website. So only
/// a token for all store views of the website may change that address.
pub(crate) fn may_change(staff: &Staff, shop: &Shop, scope: ConfigScope, setting: &Setting) -> bool {
    let leads_others = match scope {
        ConfigScope::Store(number) if setting.key == Setting::storefront_url().key => shop
            .store(number)
            .is_some_and(|store| !staff.covers_website(shop, store.website)),
        _ => false,
    };
    staff.role >= setting.changed_by && !leads_others
}

/// `default`, `website base` or `store nl`.
pub(crate) fn scope_name(shop: &Shop, scope: ConfigScope) -> String {
    match scope {
        ConfigScope::Default => "default".into(),
        ConfigScope::Website(number) => {
            let code = shop.website(number).map_or("?", |website| website.code.as_str());
            format!("website {code}")
        }
        ConfigScope::Store(number) => {
            let code = shop.store(number).map_or("?", |store| store.code.as_str());
            format!("store {code}")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use countermand_domain::{CancellationReason, ReasonList, StatusLabels};

    use super::*;

    #[test]
    fn the_trail_names_settings_and_values_in_words() {
        let reasons = ReasonList::new(vec![CancellationReason::new("late", "Too late")]).expect("a list");
        let before = ScopedSettings {
            cancellation_reasons: Some(reasons),
            ..ScopedSettings::default()
        };
        let shop = Shop {
            version: 1,
            websites: vec![],
            groups: vec![],
            stores: vec![],
            settings: HashMap::from([(ConfigScope::Default, before)]),
            labels: StatusLabels::default(),
            subscribers: Vec::new(),
            is_streamed: false,
        };
        let new = [
            CancellationReason::new("a", "A"),
            CancellationReason::new("b", "B"),
        ];
        let change = SettingsChange {
            set: ScopedSettings {
                cancellation_enabled: Some(true),
                cancellation_reasons: Some(ReasonList::new(new.to_vec()).expect("a list")),
                guest_key_lifetime: Some(chrono::TimeDelta::hours(48)),
                ..ScopedSettings::default()
            },
            reset: vec![Setting::storefront_url(), Setting::reorder_allowed()],
        };
        assert_eq!(
            change.details(&shop, ConfigScope::Default),
            "enabled = true; reasons = a \"A\", b \"B\" (before: late \"Too late\"); guest key lifetime = 48 h; \
             reset storefront url, reorder allowed"
        );
        let change = SettingsChange {
            set: ScopedSettings::default(),
            reset: vec![Setting::cancellation_reasons()],
        };
        assert_eq!(
            change.details(&shop, ConfigScope::Default),
            "reset reasons (before: late \"Too late\")"
        );
    }
}
