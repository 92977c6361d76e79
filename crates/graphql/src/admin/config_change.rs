//! `updateCancellationConfig` and `resetCancellationConfig`: a manager sets cancellation settings and removes them.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};
use chrono::TimeDelta;
use countermand_app::Failure;
use countermand_app::UserError;
use countermand_app::shop::shop_settings::{ReasonText, ReasonTranslationText, SettingsOfScope, reason_list};
use countermand_domain::{ScopedSettings, Setting, Shop};

use super::config::{CancellationConfig, ConfigScope};
use super::reason_rules::ReasonAudience;
use super::staff;
use super::user_error::{self, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutations of the settings.
#[derive(Default)]
pub(crate) struct AdminConfigMutation;

#[Object]
impl AdminConfigMutation {
    /// Sets cancellation settings at a scope; a setting that is null keeps its value. The new values apply as soon as
    /// the mutation is answered. The caller needs the role `manager`; a token for one store view changes that store
    /// view only.
    async fn update_cancellation_config(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope and the settings to set there.")] input: UpdateCancellationConfigInput,
    ) -> Result<CancellationConfigPayload> {
        let viewer = staff(context)?;
        let scope = input.scope.of_code(&viewer.shop, input.code.as_deref());
        let outcome = match scope.and_then(|scope| Ok((scope, input.settings(&viewer.shop)?))) {
            Ok((scope, set)) => {
                app(context)?
                    .update_cancellation_config(viewer, scope, &set)
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        CancellationConfigPayload::of(outcome)
    }

    /// Removes cancellation settings from a scope, so that the inherited or built-in values apply there. The caller
    /// needs the role `manager`; a token for one store view changes that store view only.
    async fn reset_cancellation_config(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope and the settings to remove there.")] input: ResetCancellationConfigInput,
    ) -> Result<CancellationConfigPayload> {
        let viewer = staff(context)?;
        let settings: Option<Vec<&'static Setting>> = input
            .settings
            .map(|named| named.into_iter().map(Into::into).collect());
        let outcome = match input.scope.of_code(&viewer.shop, input.code.as_deref()) {
            Ok(scope) => {
                app(context)?
                    .reset_cancellation_config(viewer, scope, settings.as_deref())
                    .await
            }
            Err(refusal) => Err(refusal.into()),
        };
        CancellationConfigPayload::of(outcome)
    }
}

/// A scope, and the settings to set there. A setting that is null keeps its value.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct UpdateCancellationConfigInput {
    /// The scope at which the settings are set.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// Whether buyers may cancel their orders.
    enabled: Option<bool>,
    /// The complete list of cancellation reasons, 1 to 100, in the order in which they are shown. It replaces the
    /// previous list.
    reasons: Option<Vec<ReasonInput>>,
    /// How long the confirmation key that is mailed to a guest is valid, in hours: 1 to 8760.
    guest_key_lifetime_hours: Option<i32>,
    /// Whether storefronts offer to order the same items again.
    reorder_allowed: Option<bool>,
    /// Whether a mail tells the buyer that an order was canceled.
    cancellation_mail_enabled: Option<bool>,
    /// The address of the storefront, with which links in mails begin: `http://` or `https://`, without a query, at
    /// most 255 characters.
    storefront_url: Option<String>,
    /// The path of the storefront's page for guests' orders, below `storefront_url`: at most 255 characters, with or
    /// without a query, without a fragment.
    guest_order_path: Option<String>,
    /// The e-mail address of the shop that is notified of each canceled order; an empty text for no notices.
    merchant_notice_email: Option<String>,
    /// How a cancellation by a buyer is decided while cancellation is on: `AUTOMATIC`, `REQUEST` or `OFF`.
    mode: Option<String>,
    /// Rules that choose another mode for some orders, with semicolons between them; an empty text for none.
    mode_rules: Option<String>,
    /// For how many minutes after the order was placed a buyer may cancel; 0 for no end.
    window_minutes: Option<i32>,
    /// What a buyer can do after the window: `REQUEST` the cancellation, or `NONE` of both.
    after_window: Option<String>,
    /// Whether the units of a partly shipped order that are not shipped can be canceled.
    unshipped_rest: Option<bool>,
    /// The paid shipping that comes back: `ALL`, `IN_PROPORTION`, `ONLY_WHEN_EVERYTHING` or `NONE`.
    shipping_refund: Option<String>,
    /// The fee that the shop keeps when a buyer cancels: an amount such as `5.00` in the order's currency, or a
    /// percentage such as `10%`; an empty text for no fee.
    fee: Option<String>,
    /// Who must give a reason: `customer`, `guest` and `staff` with commas between them; an empty text for none of
    /// them.
    reason_required: Option<String>,
    /// Who must write a comment: `customer`, `guest` and `staff` with commas between them; an empty text for none of
    /// them.
    comment_required: Option<String>,
    /// Rules that decide some requests without staff, such as `when total <= 20 then APPROVE`; an empty text for none.
    request_rules: Option<String>,
    /// How many hours staff has to decide a request for a cancellation; 0 for no deadline.
    request_deadline_hours: Option<i32>,
    /// What happens to a request at its deadline: `APPROVE`, `DECLINE` or `ESCALATE`.
    request_after_deadline: Option<String>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// A reason for a cancellation that buyers can choose.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonInput {
    /// The permanent code of the reason, unique in the list: lower case letters, digits and `_`, at most 64.
    code: String,
    /// The text of the reason in store views without a translation: one line of 1 to 255 characters, unique in the
    /// list.
    description: String,
    /// The texts of the reason in single store views; null for none.
    translations: Option<Vec<ReasonTranslationInput>>,
    /// Who may choose the reason, at least one; null for everyone.
    audience: Option<Vec<ReasonAudience>>,
    /// The moment (RFC 3339) or day (`2026-01-31`, from its beginning in UTC) from which the reason is offered; null
    /// for always.
    valid_from: Option<String>,
    /// The moment (RFC 3339) from which, or the day (`2026-01-31`, to its end in UTC) after which the reason is offered
    /// no more; null for never.
    valid_until: Option<String>,
    /// Whether a cancellation for the reason needs a comment; null for no.
    needs_comment: Option<bool>,
    /// Whether the reason says that the seller caused the cancellation, for which the shop keeps no fee; null for no.
    sellers_fault: Option<bool>,
}

/// The text of a reason in one store view.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonTranslationInput {
    /// The code of the store view.
    store_code: String,
    /// The text that the store view shows: one line of 1 to 255 characters.
    description: String,
}

/// A scope, and the settings to remove there.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ResetCancellationConfigInput {
    /// The scope from which the settings are removed.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// The settings to remove; null for all settings of the scope.
    settings: Option<Vec<CancellationSetting>>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The name of a cancellation setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum CancellationSetting {
    /// The setting `enabled`: whether buyers may cancel their orders.
    Enabled,
    /// The setting `reasons`: the list of cancellation reasons.
    Reasons,
    /// The setting `guest_key_lifetime_hours`: how long a guest's confirmation key is valid.
    GuestKeyLifetime,
    /// The setting `reorder_allowed`: whether storefronts offer to order the same items again.
    ReorderAllowed,
    /// The setting `cancellation_mail_enabled`: whether a mail tells the buyer that an order was canceled.
    CancellationMailEnabled,
    /// The setting `storefront_url`: the address of the storefront.
    StorefrontUrl,
    /// The setting `guest_order_path`: the path of the storefront's page for guests' orders.
    GuestOrderPath,
    /// The setting `merchant_notice_email`: the address of the shop that is notified of each canceled order.
    MerchantNoticeEmail,
    /// The setting `mode`: how a cancellation by a buyer is decided.
    Mode,
    /// The setting `mode_rules`: the rules that choose another mode for some orders.
    ModeRules,
    /// The setting `window_minutes`: how long after the order was placed a buyer may cancel.
    Window,
    /// The setting `after_window`: what a buyer can do after the window.
    AfterWindow,
    /// The setting `unshipped_rest`: whether the rest of a partly shipped order can be canceled.
    UnshippedRest,
    /// The setting `shipping_refund`: the paid shipping that comes back.
    ShippingRefund,
    /// The setting `fee`: the fee that the shop keeps when a buyer cancels.
    Fee,
    /// The setting `reason_required`: who must give a reason.
    ReasonRequired,
    /// The setting `comment_required`: who must write a comment.
    CommentRequired,
    /// The setting `request_rules`: the rules that decide some requests without staff.
    RequestRules,
    /// The setting `request_deadline_hours`: how long staff has to decide a request.
    RequestDeadline,
    /// The setting `request_after_deadline`: what happens to a request at its deadline.
    RequestAfterDeadline,
}

/// The result of the mutations that change cancellation settings.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationConfigPayload {
    /// The settings that apply at the scope after the mutation; null when the mutation was refused.
    config: Option<CancellationConfig>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<user_error::UserError>,
}

impl CancellationConfigPayload {
    /// The payload for the outcome of a mutation.
    pub(super) fn of(outcome: Result<SettingsOfScope, Failure<countermand_app::UserError>>) -> Result<Self> {
        let (config, user_errors) = done_or_user_errors(outcome)?;
        Ok(Self {
            config: config.map(Into::into),
            user_errors,
        })
    }
}

impl UpdateCancellationConfigInput {
    fn settings(self, shop: &Shop) -> Result<ScopedSettings, UserError> {
        let reasons = self
            .reasons
            .map(|reasons| reason_list(shop, reasons.into_iter().map(Into::into).collect()))
            .transpose()?;
        let hours = |hours: i32| TimeDelta::hours(hours.into());
        let lifetime = self.guest_key_lifetime_hours.map(hours);
        let deadline = self.request_deadline_hours.map(hours);
        let minutes = self.window_minutes.map(|it| TimeDelta::minutes(it.into()));
        let mut set = ScopedSettings::default();
        for (setting, value) in [
            (Setting::cancellation_enabled(), self.enabled.map(Into::into)),
            (Setting::cancellation_reasons(), reasons.map(Into::into)),
            (Setting::guest_key_lifetime(), lifetime.map(Into::into)),
            (Setting::reorder_allowed(), self.reorder_allowed.map(Into::into)),
            (
                Setting::cancellation_mail_enabled(),
                self.cancellation_mail_enabled.map(Into::into),
            ),
            (Setting::storefront_url(), self.storefront_url.map(Into::into)),
            (Setting::guest_order_path(), self.guest_order_path.map(Into::into)),
            (
                Setting::merchant_notice_email(),
                self.merchant_notice_email.map(Into::into),
            ),
            (Setting::cancellation_mode(), self.mode.map(Into::into)),
            (
                Setting::cancellation_mode_rules(),
                self.mode_rules.map(Into::into),
            ),
            (Setting::cancellation_window(), minutes.map(Into::into)),
            (
                Setting::cancellation_after_window(),
                self.after_window.map(Into::into),
            ),
            (
                Setting::cancellation_of_unshipped_rest(),
                self.unshipped_rest.map(Into::into),
            ),
            (
                Setting::cancellation_shipping_refund(),
                self.shipping_refund.map(Into::into),
            ),
            (Setting::cancellation_fee(), self.fee.map(Into::into)),
            (
                Setting::cancellation_reason_required(),
                self.reason_required.map(Into::into),
            ),
            (
                Setting::cancellation_comment_required(),
                self.comment_required.map(Into::into),
            ),
            (Setting::request_rules(), self.request_rules.map(Into::into)),
            (Setting::request_deadline(), deadline.map(Into::into)),
            (
                Setting::request_after_deadline(),
                self.request_after_deadline.map(Into::into),
            ),
        ] {
            setting.put(&mut set, value);
        }
        Ok(set)
    }
}

fn audience_code(audience: ReasonAudience) -> String {
    countermand_domain::ReasonAudience::from(audience).code().into()
}

impl From<ReasonInput> for ReasonText {
    fn from(reason: ReasonInput) -> Self {
        let translations = reason.translations.unwrap_or_default();
        let translation = |it: ReasonTranslationInput| ReasonTranslationText {
            store_code: it.store_code,
            description: it.description,
        };
        Self {
            code: reason.code,
            description: reason.description,
            translations: translations.into_iter().map(translation).collect(),
            audience: reason
                .audience
                .map(|it| it.into_iter().map(audience_code).collect()),
            valid_from: reason.valid_from,
            valid_until: reason.valid_until,
            needs_comment: reason.needs_comment.unwrap_or_default(),
            sellers_fault: reason.sellers_fault.unwrap_or_default(),
        }
    }
}

impl From<CancellationSetting> for &'static Setting {
    fn from(setting: CancellationSetting) -> Self {
        match setting {
            CancellationSetting::Enabled => Setting::cancellation_enabled(),
            CancellationSetting::Reasons => Setting::cancellation_reasons(),
            CancellationSetting::GuestKeyLifetime => Setting::guest_key_lifetime(),
            CancellationSetting::ReorderAllowed => Setting::reorder_allowed(),
            CancellationSetting::CancellationMailEnabled => Setting::cancellation_mail_enabled(),
            CancellationSetting::StorefrontUrl => Setting::storefront_url(),
            CancellationSetting::GuestOrderPath => Setting::guest_order_path(),
            CancellationSetting::MerchantNoticeEmail => Setting::merchant_notice_email(),
            CancellationSetting::Mode => Setting::cancellation_mode(),
            CancellationSetting::ModeRules => Setting::cancellation_mode_rules(),
            CancellationSetting::Window => Setting::cancellation_window(),
            CancellationSetting::AfterWindow => Setting::cancellation_after_window(),
            CancellationSetting::UnshippedRest => Setting::cancellation_of_unshipped_rest(),
            CancellationSetting::ShippingRefund => Setting::cancellation_shipping_refund(),
            CancellationSetting::Fee => Setting::cancellation_fee(),
            CancellationSetting::ReasonRequired => Setting::cancellation_reason_required(),
            CancellationSetting::CommentRequired => Setting::cancellation_comment_required(),
            CancellationSetting::RequestRules => Setting::request_rules(),
            CancellationSetting::RequestDeadline => Setting::request_deadline(),
            CancellationSetting::RequestAfterDeadline => Setting::request_after_deadline(),
        }
    }
}
