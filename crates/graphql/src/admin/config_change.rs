//! A manager sets cancellation settings and takes them back.

use std::collections::BTreeMap;

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use chrono::TimeDelta;
use countermand_app::cancellation_config::Setting;
use countermand_app::error::Asked;
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{CancellationReason, Catalog, ReasonCatalog, ScopedSettings, StaffRole};

use super::config::{CancellationConfig, ConfigScope};
use super::staff;
use super::user_error::{self, answer};
use crate::context::app;

/// Staff's changes to the settings.
#[derive(Default)]
pub(crate) struct AdminConfigMutation;

#[Object]
impl AdminConfigMutation {
    /// Sets the values that are given; the others stay. They hold at once. Needs the role `manager`.
    async fn update_cancellation_config(
        &self,
        context: &Context<'_>,
        input: UpdateCancellationConfigInput,
    ) -> Result<CancellationConfigPayload> {
        let viewer = staff(context, StaffRole::Manager)?;
        let scope = input.scope.of_code(&viewer.catalog, input.code.as_deref());
        let asked = match scope.and_then(|scope| Ok((scope, input.settings(&viewer.catalog)?))) {
            Ok((scope, set)) => {
                app(context)?
                    .update_cancellation_config(viewer, scope, &set)
                    .await
            }
            Err(refusal) => Ok(Err(refusal)),
        };
        CancellationConfigPayload::of(asked)
    }

    /// Takes values back, so that the inherited ones hold. Needs the role `manager`.
    async fn reset_cancellation_config(
        &self,
        context: &Context<'_>,
        input: ResetCancellationConfigInput,
    ) -> Result<CancellationConfigPayload> {
        let viewer = staff(context, StaffRole::Manager)?;
        let settings: Option<Vec<Setting>> = input
            .settings
            .map(|named| named.into_iter().map(Into::into).collect());
        let asked = match input.scope.of_code(&viewer.catalog, input.code.as_deref()) {
            Ok(scope) => {
                app(context)?
                    .reset_cancellation_config(viewer, scope, settings.as_deref())
                    .await
            }
            Err(refusal) => Ok(Err(refusal)),
        };
        CancellationConfigPayload::of(asked)
    }
}

/// What to set where.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateCancellationConfigInput {
    scope: ConfigScope,
    /// The website's or store view's code; none for the default scope.
    code: Option<String>,
    /// Whether buyers may cancel.
    enabled: Option<bool>,
    /// The whole list, in the order in which it is shown; at least one.
    reasons: Option<Vec<ReasonInput>>,
    /// 1 to 8760.
    guest_key_lifetime_hours: Option<i32>,
    /// Whether storefronts offer to order again.
    reorder_allowed: Option<bool>,
    /// Whether buyers are told by mail that their order is canceled.
    cancellation_mail_enabled: Option<bool>,
    /// The storefront's address, for links in mails.
    storefront_url: Option<String>,
    /// The storefront's page for guests' orders, below its address; it may have a query.
    guest_order_path: Option<String>,
    /// Where canceled orders are announced to the shop itself; empty for nowhere.
    merchant_notice_email: Option<String>,
}

/// A reason.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonInput {
    /// Never changes: lower case letters, digits and `_`, at most 64.
    code: String,
    /// What store views without a text of their own show.
    description: String,
    /// Texts of store views.
    translations: Option<Vec<ReasonTranslationInput>>,
}

/// What one store view shows.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonTranslationInput {
    store_code: String,
    description: String,
}

/// What to take back where.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ResetCancellationConfigInput {
    scope: ConfigScope,
    /// The website's or store view's code; none for the default scope.
    code: Option<String>,
    /// Which values; all of them when absent.
    settings: Option<Vec<CancellationSetting>>,
}

/// The cancellation settings by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum CancellationSetting {
    /// `enabled`
    Enabled,
    /// `reasons`
    Reasons,
    /// `guest_key_lifetime_hours`
    GuestKeyLifetime,
    /// `reorder_allowed`
    ReorderAllowed,
    /// `cancellation_mail_enabled`
    CancellationMailEnabled,
    /// `storefront_url`
    StorefrontUrl,
    /// `guest_order_path`
    GuestOrderPath,
    /// `merchant_notice_email`
    MerchantNoticeEmail,
}

/// What holds at the scope now, or why nothing was changed.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationConfigPayload {
    config: Option<CancellationConfig>,
    user_errors: Vec<user_error::UserError>,
}

impl CancellationConfigPayload {
    fn of(asked: Asked<countermand_app::cancellation_config::CancellationConfig>) -> Result<Self> {
        let (config, user_errors) = answer(asked)?;
        Ok(Self {
            config: config.map(Into::into),
            user_errors,
        })
    }
}

impl UpdateCancellationConfigInput {
    fn settings(self, catalog: &Catalog) -> Result<ScopedSettings, UserError> {
        let reasons = self
            .reasons
            .map(|reasons| reason_catalog(catalog, reasons))
            .transpose()?;
        Ok(ScopedSettings {
            cancellation_enabled: self.enabled,
            cancellation_reasons: reasons,
            guest_key_lifetime: self
                .guest_key_lifetime_hours
                .map(|hours| TimeDelta::hours(hours.into())),
            reorder_allowed: self.reorder_allowed,
            cancellation_mail_enabled: self.cancellation_mail_enabled,
            storefront_url: self.storefront_url,
            guest_order_path: self.guest_order_path,
            merchant_notice_email: self.merchant_notice_email,
        })
    }
}

fn reason_catalog(catalog: &Catalog, reasons: Vec<ReasonInput>) -> Result<ReasonCatalog, UserError> {
    let reasons = reasons
        .into_iter()
        .map(|reason| reason.translated(catalog))
        .collect::<Result<_, _>>()?;
    ReasonCatalog::new(reasons)
        .map_err(|refusal| UserError::about("reasons", UserErrorCode::Invalid, refusal.to_string()))
}

impl ReasonInput {
    fn translated(self, catalog: &Catalog) -> Result<CancellationReason, UserError> {
        let mut translations = BTreeMap::new();
        for it in self.translations.unwrap_or_default() {
            let refusal = |kind, message| UserError::about("reasons", kind, message);
            let Some(store) = catalog.store_by_code(&it.store_code) else {
                let message = format!("no store view `{}`", it.store_code);
                return Err(refusal(UserErrorCode::NotFound, message));
            };
            if translations.insert(store.number, it.description).is_some() {
                let message = format!(
                    "reason `{}` has two texts for store view `{}`",
                    self.code, it.store_code
                );
                return Err(refusal(UserErrorCode::Invalid, message));
            }
        }
        Ok(CancellationReason {
            code: self.code,
            description: self.description,
            translations,
        })
    }
}

impl From<CancellationSetting> for Setting {
    fn from(setting: CancellationSetting) -> Self {
        match setting {
            CancellationSetting::Enabled => Self::CancellationEnabled,
            CancellationSetting::Reasons => Self::CancellationReasons,
            CancellationSetting::GuestKeyLifetime => Self::GuestKeyLifetime,
            CancellationSetting::ReorderAllowed => Self::ReorderAllowed,
            CancellationSetting::CancellationMailEnabled => Self::CancellationMailEnabled,
            CancellationSetting::StorefrontUrl => Self::StorefrontUrl,
            CancellationSetting::GuestOrderPath => Self::GuestOrderPath,
            CancellationSetting::MerchantNoticeEmail => Self::MerchantNoticeEmail,
        }
    }
}
