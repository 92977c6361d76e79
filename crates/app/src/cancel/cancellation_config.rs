//! The typed operations for settings: a manager switches cancellation on, edits the reasons, or takes values back.

use countermand_domain::{ConfigScope, ScopedSettings, Setting};

use crate::App;
use crate::error::{AppError, UserError};
use crate::failure::Failure;
use crate::rights::StaffOperation;
use crate::shop::shop_settings::{RefusedSetting, SettingsChange, SettingsOfScope, allow_scope, may_change};
use crate::viewer::Viewer;

impl App {
    /// The settings that hold at `scope`.
    pub async fn cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
    ) -> Result<SettingsOfScope, AppError> {
        allow_scope(viewer.staff(StaffOperation::CancellationConfig)?, scope)?;
        self.settings_of(scope).await
    }

    /// Sets the values of `set` at `scope`. After the answer, no replica uses the earlier values.
    pub async fn update_cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        set: &ScopedSettings,
    ) -> Result<SettingsOfScope, Failure<UserError>> {
        let operation = StaffOperation::UpdateCancellationConfig;
        allow_scope(viewer.staff(operation)?, scope)?;
        let change = SettingsChange {
            set: set.clone(),
            reset: Vec::new(),
        };
        let changed = self.change_settings(viewer, operation, scope, &change).await;
        changed.map_err(in_typed_words)
    }

    /// Takes values back at `scope`, so that the inherited values hold.
    /// Without names, it takes back all values that the role may change.
    pub async fn reset_cancellation_config(
        &self,
        viewer: &Viewer,
        scope: ConfigScope,
        settings: Option<&[&'static Setting]>,
    ) -> Result<SettingsOfScope, Failure<UserError>> {
        let operation = StaffOperation::ResetCancellationConfig;
        let staff = viewer.staff(operation)?;
        allow_scope(staff, scope)?;
        let shop = self.database().shop().await?;
        let may_change = |setting: &&Setting| may_change(staff, &shop, scope, setting);
        let reset = match settings {
            Some(named) => named.to_vec(),
            None => Setting::ALL.iter().copied().filter(may_change).collect(),
        };
        let change = SettingsChange {
            set: ScopedSettings::default(),
            reset,
        };
        let changed = self.change_settings(viewer, operation, scope, &change).await;
        changed.map_err(in_typed_words)
    }
}

/// The failure for the typed operations, in which each setting has a field of its own name.
fn in_typed_words(failure: Failure<RefusedSetting>) -> Failure<UserError> {
    failure.map_refusal(|it| it.about(it.setting.name))
}
