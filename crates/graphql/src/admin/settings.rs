//! Staff reads and changes any setting by its key: a new setting needs no change here.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use countermand_app::Failure;
use countermand_app::shop::shop_settings::{SettingChange, SettingsOfScope, value_text};
use countermand_domain::SettingKind;

use super::config::{ConfigScope, ConfigSource};
use super::staff;
use super::user_error::{UserError, done_or_user_errors, query_error};
use crate::kit::RepeatInput;
use crate::kit::context::app;
use crate::kit::error::internal;

/// Queries of staff about settings.
#[derive(Default)]
pub(crate) struct AdminSettingsQuery;

#[Object]
impl AdminSettingsQuery {
    /// Every setting of the shop with the value that holds at a scope. Needs the role `viewer`; a token for one store
    /// view reads the settings of that store view only.
    async fn settings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The kind of scope at which the values hold.")] scope: ConfigScope,
        #[graphql(desc = "The code of the website or store view; null for the default scope.")] code: Option<
            String,
        >,
    ) -> Result<Vec<Setting>> {
        let viewer = staff(context)?;
        let scope = scope
            .of_code(&viewer.shop, code.as_deref())
            .map_err(query_error)?;
        let settings = app(context)?.settings_at(viewer, scope).await;
        settings.map(|it| list(&it)).map_err(internal)
    }
}

/// Mutations of staff about settings.
#[derive(Default)]
pub(crate) struct AdminSettingsMutation;

#[Object]
impl AdminSettingsMutation {
    /// Changes settings at a scope: all of the given values, or none when one of them is refused. The new values hold
    /// at once. Needs the role `manager`, and the role in `Setting.changed_by` of each given setting.
    async fn update_settings(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope, and the settings to set or to remove there.")]
        input: UpdateSettingsInput,
    ) -> Result<UpdateSettingsPayload> {
        let viewer = staff(context)?;
        let changes: Vec<_> = input.values.into_iter().map(Into::into).collect();
        let outcome = match input.scope.of_code(&viewer.shop, input.code.as_deref()) {
            Ok(scope) => app(context)?.update_settings(viewer, scope, &changes).await,
            Err(refusal) => Err(refusal.into()),
        };
        UpdateSettingsPayload::of(outcome)
    }
}

/// A setting of the shop with the value that holds at a scope.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct Setting {
    /// The key of the setting, for example `sales/cancellation/enabled`. It is Adobe's configuration path where Adobe
    /// has the setting.
    key: String,
    /// What the setting decides, in one or two sentences.
    description: String,
    /// The kind of `value`, which says how the text is written.
    kind: SettingKindEnum,
    /// The values that the setting accepts, in words.
    accepts: String,
    /// The value that holds at the scope, as text.
    value: String,
    /// The scope that `value` comes from.
    source: ConfigSource,
    /// The value that holds where no scope sets one, as text.
    default_value: String,
    /// The kinds of scopes at which the setting can be set.
    scopes: Vec<ConfigScope>,
    /// The least role that can change the setting: `manager` or `owner`.
    changed_by: String,
}

/// How the value of a setting is written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "SettingKind", remote = "SettingKind")]
pub(crate) enum SettingKindEnum {
    /// One of the two words `true` and `false`.
    Switch,
    /// A whole number without a unit, for example `10`.
    Number,
    /// A number of whole hours, for example `24`.
    Hours,
    /// A number of whole minutes, for example `30`; `0` for none.
    Minutes,
    /// The text itself, without quotes around it.
    Text,
    /// A JSON array of cancellation reasons. Each is an object with `code`, `description` and `translations`; a
    /// translation is an object with `store_code` and `description`.
    Reasons,
}

/// The settings to change, and the scope to change them at.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateSettingsInput {
    /// The kind of scope at which the values are set.
    scope: ConfigScope,
    /// The code of the website or store view; null for the default scope.
    code: Option<String>,
    /// The new values, each key at most once. Settings that are not listed stay as they are.
    values: Vec<SettingInput>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A new value of one setting.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct SettingInput {
    /// The key of the setting, as in `Setting.key`.
    key: String,
    /// The new value as text, written as `Setting.kind` says. Null, or no value at all, removes the value of the
    /// scope, so that the inherited value holds.
    value: Option<String>,
}

/// The outcome of `updateSettings`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateSettingsPayload {
    /// Every setting as it holds at the scope now; null when the change was refused.
    settings: Option<Vec<Setting>>,
    /// Why the change was refused; `field` is the key of the setting. Empty when the change was made.
    user_errors: Vec<UserError>,
}

impl UpdateSettingsPayload {
    fn of(outcome: Result<SettingsOfScope, Failure<countermand_app::UserError>>) -> Result<Self> {
        let (settings, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            settings: settings.as_ref().map(list),
            user_errors,
        })
    }
}

impl From<SettingInput> for SettingChange {
    fn from(input: SettingInput) -> Self {
        Self {
            key: input.key,
            value: input.value,
        }
    }
}

fn list(of: &SettingsOfScope) -> Vec<Setting> {
    let shop = of.shop.as_ref();
    let shown = |setting: &&countermand_domain::Setting| {
        let holding = setting.holding(&of.settings);
        Setting {
            key: setting.key.into(),
            description: setting.description(),
            kind: setting.accepts.kind().into(),
            accepts: setting.accepts.to_string(),
            value: value_text(setting, &holding.value, shop),
            source: ConfigSource::of(shop, &holding),
            default_value: value_text(setting, &setting.default(), shop),
            scopes: setting.scopes.iter().copied().map(Into::into).collect(),
            changed_by: setting.changed_by.code().into(),
        }
    };
    countermand_domain::Setting::ALL.iter().map(shown).collect()
}
