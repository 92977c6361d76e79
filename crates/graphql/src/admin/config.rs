//! `cancellationConfig`: the settings that apply at a scope, each with the scope at which it is set.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::TimeDelta;
use countermand_app::shop::shop_settings::SettingsOfScope;
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{ReasonList, ScopeLevel, Shop, Sourced};

use super::cursor::rfc3339;
use super::reason_rules::ReasonAudience;
use super::staff;
use super::user_error::query_error;
use crate::kit::context::app;
use crate::kit::error::internal;

/// Staff's query for the settings.
#[derive(Default)]
pub(crate) struct AdminConfigQuery;

#[Object]
impl AdminConfigQuery {
    /// The cancellation settings that apply at a scope, inherited ones included. The caller needs the role `viewer`; a
    /// token for one store view reads the settings of that store view only.
    async fn cancellation_config(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The scope whose settings are read.")] scope: ConfigScope,
        #[graphql(desc = "The code of the website or store view; null for the scope `DEFAULT`.")]
        code: Option<String>,
    ) -> Result<CancellationConfig> {
        let viewer = staff(context)?;
        let scope = scope
            .of_code(&viewer.shop, code.as_deref())
            .map_err(query_error)?;
        let config = app(context)?
            .cancellation_config(viewer, scope)
            .await
            .map_err(internal)?;
        Ok(config.into())
    }
}

/// A level at which settings are set. A store view inherits the settings of its website, and a website inherits those
/// of the scope `DEFAULT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ConfigScope {
    /// The default scope: every website and store view of the installation.
    Default,
    /// All store views of one website.
    Website,
    /// The store view that `code` names.
    Store,
}

impl ConfigScope {
    /// The scope of the domain that this scope and `code` name together; a refusal if there is none.
    pub(crate) fn of_code(
        self,
        shop: &Shop,
        code: Option<&str>,
    ) -> Result<countermand_domain::ConfigScope, UserError> {
        let refusal = |kind, message: &str| UserError::about("code", kind, message);
        match (self, code) {
            (Self::Default, None) => Ok(countermand_domain::ConfigScope::Default),
            (Self::Default, Some(_)) => Err(refusal(UserErrorCode::Invalid, "the default scope has no code")),
            (Self::Website | Self::Store, None) => Err(refusal(
                UserErrorCode::Invalid,
                "this scope needs the code of a website or store view",
            )),
            (Self::Website, Some(code)) => shop
                .website_by_code(code)
                .map(|website| countermand_domain::ConfigScope::Website(website.number))
                .ok_or_else(|| refusal(UserErrorCode::NotFound, "no such website")),
            (Self::Store, Some(code)) => shop
                .store_by_code(code)
                .map(|store| countermand_domain::ConfigScope::Store(store.number))
                .ok_or_else(|| refusal(UserErrorCode::NotFound, "no such store view")),
        }
    }

    /// The reverse of [`Self::of_code`]: `scope` as a level and the code of its website or store view.
    fn with_code(shop: &Shop, scope: countermand_domain::ConfigScope) -> (Self, Option<String>) {
        match scope {
            countermand_domain::ConfigScope::Default => (Self::Default, None),
            countermand_domain::ConfigScope::Website(number) => (
                Self::Website,
                shop.website(number).map(|website| website.code.clone()),
            ),
            countermand_domain::ConfigScope::Store(number) => {
                (Self::Store, shop.store(number).map(|store| store.code.clone()))
            }
        }
    }
}

impl From<ScopeLevel> for ConfigScope {
    fn from(level: ScopeLevel) -> Self {
        match level {
            ScopeLevel::Default => Self::Default,
            ScopeLevel::Website => Self::Website,
            ScopeLevel::StoreView => Self::Store,
        }
    }
}

/// The cancellation settings that apply at a scope.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationConfig {
    /// The scope at which the settings apply.
    scope: ConfigScope,
    /// The code of the website or store view; null for the scope `DEFAULT`.
    code: Option<String>,
    /// Whether buyers may cancel their orders. Built in: false.
    enabled: ConfigBoolean,
    /// The reasons for a cancellation, in the order in which they are shown, as they are configured. Built in: the five
    /// reasons of Adobe Commerce, and twelve further ones for staff and sales channels.
    reasons: ConfigReasons,
    /// How long the confirmation key that is mailed to a guest is valid, in hours. Built in: 24.
    guest_key_lifetime_hours: ConfigInt,
    /// Whether storefronts offer to order the same items again. Built in: true.
    reorder_allowed: ConfigBoolean,
    /// Whether a mail tells the buyer that an order was canceled. Built in: true.
    cancellation_mail_enabled: ConfigBoolean,
    /// The address of the storefront, with which links in mails begin. Built in: `http://localhost:3000/`.
    storefront_url: ConfigString,
    /// The path of the storefront's page for guests' orders, below `storefront_url`. Built in: `sales/guest/view`.
    guest_order_path: ConfigString,
    /// The e-mail address of the shop that is notified of each canceled order. Its value is null when there are no
    /// notices, which is built in.
    merchant_notice_email: ConfigOptionalString,
    /// How a cancellation by a buyer is decided: `AUTOMATIC`, `REQUEST` or `OFF`. Built in: `AUTOMATIC`.
    mode: ConfigString,
    /// Rules that choose another mode for some orders, with semicolons between them. Built in: an empty text.
    mode_rules: ConfigString,
    /// For how many minutes after the order was placed a buyer may cancel; 0 for no end, which is built in.
    window_minutes: ConfigInt,
    /// What a buyer can do after the window: `REQUEST`, which is built in, or `NONE`.
    after_window: ConfigString,
    /// Whether the units of a partly shipped order that are not shipped can be canceled. Built in: false.
    unshipped_rest: ConfigBoolean,
    /// The paid shipping that comes back: `ALL`, `IN_PROPORTION`, `ONLY_WHEN_EVERYTHING`, which is built in, or `NONE`.
    shipping_refund: ConfigString,
    /// The fee that the shop keeps when a buyer cancels: an amount or a percentage. Built in: an empty text, for none.
    fee: ConfigString,
    /// Who must give a reason, with commas between them. Built in: `customer, guest, staff`.
    reason_required: ConfigString,
    /// Who must write a comment, with commas between them. Built in: an empty text, for none of them.
    comment_required: ConfigString,
    /// Rules that decide some requests without staff, with semicolons between them. Built in: an empty text.
    request_rules: ConfigString,
    /// How many hours staff has to decide a request for a cancellation; 0 for no deadline, which is built in.
    request_deadline_hours: ConfigInt,
    /// What happens to a request at its deadline: `APPROVE`, `DECLINE`, or `ESCALATE`, which is built in.
    request_after_deadline: ConfigString,
}

/// The scope at which the value of a setting is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigSource {
    /// The scope at which the value is set; null when no scope sets it and the built-in value applies.
    scope: Option<ConfigScope>,
    /// The code of the website or store view that sets the value; null for the scope `DEFAULT` and a built-in value.
    code: Option<String>,
    /// Whether the value is the built-in one, because no scope sets it.
    built_in: bool,
}

/// A setting that is true or false, with the scope at which it is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigBoolean {
    /// The value that applies at the scope, set there or inherited.
    value: bool,
    /// The scope at which the value is set.
    source: ConfigSource,
}

/// A setting that is a whole number, with the scope at which it is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigInt {
    /// The value that applies at the scope, set there or inherited.
    value: i32,
    /// The scope at which the value is set.
    source: ConfigSource,
}

/// A setting that is a text, with the scope at which it is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigString {
    /// The value that applies at the scope, set there or inherited.
    value: String,
    /// The scope at which the value is set.
    source: ConfigSource,
}

/// A setting that is a text or empty, with the scope at which it is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigOptionalString {
    /// The value that applies; null when the setting is empty.
    value: Option<String>,
    /// The scope at which the value is set.
    source: ConfigSource,
}

/// The list of cancellation reasons, with the scope at which it is set. The list of a nearer scope replaces the lists
/// of the wider scopes; lists are not merged.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigReasons {
    /// The reasons, in the order in which they are shown; at least one.
    value: Vec<ConfiguredReason>,
    /// The scope at which the list is set.
    source: ConfigSource,
}

/// A reason for a cancellation, with its texts for all store views and its rules.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfiguredReason {
    /// The permanent code of the reason, such as `no_longer_needed`.
    code: String,
    /// The text of the reason in store views without a translation.
    description: String,
    /// The texts of the reason in single store views; empty when there are none.
    translations: Vec<ReasonTranslation>,
    /// Who may choose the reason, at least one. Storefronts show the reasons for `CUSTOMER`.
    audience: Vec<ReasonAudience>,
    /// The moment from which the reason is offered, RFC 3339 in UTC; null for always.
    valid_from: Option<String>,
    /// The moment from which the reason is offered no more, RFC 3339 in UTC; null for never.
    valid_until: Option<String>,
    /// Whether a cancellation for the reason needs a comment: without one it is refused.
    needs_comment: bool,
    /// Whether the reason says that the seller caused the cancellation, for which the shop keeps no fee.
    sellers_fault: bool,
}

/// The text of a reason in one store view.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonTranslation {
    /// The code of the store view.
    store_code: String,
    /// The text that the store view shows.
    description: String,
}

impl From<SettingsOfScope> for CancellationConfig {
    fn from(config: SettingsOfScope) -> Self {
        let shop = config.shop.as_ref();
        let (scope, code) = ConfigScope::with_code(shop, config.scope);
        let it = config.settings;
        let switch = |it: &Sourced<bool>| ConfigBoolean {
            value: it.value,
            source: ConfigSource::of(shop, it),
        };
        let text = |it: &Sourced<String>| ConfigString {
            value: it.value.clone(),
            source: ConfigSource::of(shop, it),
        };
        let number = |it: &Sourced<TimeDelta>, count: i64| ConfigInt {
            value: i32::try_from(count).unwrap_or(i32::MAX),
            source: ConfigSource::of(shop, it),
        };
        Self {
            scope,
            code,
            enabled: switch(&it.cancellation_enabled),
            reasons: ConfigReasons {
                value: configured(shop, &it.cancellation_reasons.value),
                source: ConfigSource::of(shop, &it.cancellation_reasons),
            },
            guest_key_lifetime_hours: number(&it.guest_key_lifetime, it.guest_key_lifetime.value.num_hours()),
            reorder_allowed: switch(&it.reorder_allowed),
            cancellation_mail_enabled: switch(&it.cancellation_mail_enabled),
            storefront_url: text(&it.storefront_url),
            guest_order_path: text(&it.guest_order_path),
            mode: text(&it.cancellation_mode),
            mode_rules: text(&it.cancellation_mode_rules),
            window_minutes: number(
                &it.cancellation_window,
                it.cancellation_window.value.num_minutes(),
            ),
            after_window: text(&it.cancellation_after_window),
            unshipped_rest: switch(&it.cancellation_of_unshipped_rest),
            shipping_refund: text(&it.cancellation_shipping_refund),
            fee: text(&it.cancellation_fee),
            reason_required: text(&it.cancellation_reason_required),
            comment_required: text(&it.cancellation_comment_required),
            request_deadline_hours: number(&it.request_deadline, it.request_deadline.value.num_hours()),
            request_rules: text(&it.request_rules),
            request_after_deadline: text(&it.request_after_deadline),
            merchant_notice_email: ConfigOptionalString {
                source: ConfigSource::of(shop, &it.merchant_notice_email),
                value: Some(it.merchant_notice_email.value).filter(|email| !email.is_empty()),
            },
        }
    }
}

impl ConfigSource {
    pub(super) fn of<T>(shop: &Shop, sourced: &Sourced<T>) -> Self {
        let (scope, code) = sourced
            .source
            .map(|scope| ConfigScope::with_code(shop, scope))
            .unzip();
        Self {
            scope,
            code: code.flatten(),
            built_in: sourced.source.is_none(),
        }
    }
}

fn configured(shop: &Shop, reasons: &ReasonList) -> Vec<ConfiguredReason> {
    let translation = |(store, description): (&countermand_domain::StoreNumber, &String)| {
        let store_code = shop.store(*store)?.code.clone();
        Some(ReasonTranslation {
            store_code,
            description: description.clone(),
        })
    };
    reasons
        .reasons()
        .iter()
        .map(|reason| ConfiguredReason {
            code: reason.code.clone(),
            description: reason.description.clone(),
            translations: reason.translations.iter().filter_map(translation).collect(),
            audience: reason.rules.audience.iter().copied().map(Into::into).collect(),
            valid_from: reason.rules.valid_from.map(rfc3339),
            valid_until: reason.rules.valid_until.map(rfc3339),
            needs_comment: reason.rules.needs_comment,
            sellers_fault: reason.rules.sellers_fault,
        })
        .collect()
}
