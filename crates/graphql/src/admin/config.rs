//! What holds at a scope, each value with where it comes from.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use countermand_app::{UserError, UserErrorCode};
use countermand_domain::{Catalog, ReasonCatalog, Sourced, StaffRole};

use super::staff;
use super::user_error::query_error;
use crate::context::app;
use crate::error::internal;

/// Staff's look at the settings.
#[derive(Default)]
pub(crate) struct AdminConfigQuery;

#[Object]
impl AdminConfigQuery {
    /// The cancellation settings that hold at a scope. Needs the role `viewer`.
    async fn cancellation_config(
        &self,
        context: &Context<'_>,
        scope: ConfigScope,
        #[graphql(desc = "The website's or store view's code; none for the default scope.")] code: Option<
            String,
        >,
    ) -> Result<CancellationConfig> {
        let viewer = staff(context, StaffRole::Viewer)?;
        let scope = scope
            .of_code(&viewer.catalog, code.as_deref())
            .map_err(query_error)?;
        let config = app(context)?
            .cancellation_config(viewer, scope)
            .await
            .map_err(internal)?;
        Ok(config.into())
    }
}

/// Where values are set; a store view inherits from its website, that from the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ConfigScope {
    /// Everywhere.
    Default,
    /// A website's store views.
    Website,
    /// One store view.
    Store,
}

impl ConfigScope {
    /// The scope that is meant together with `code`.
    pub(crate) fn of_code(
        self,
        catalog: &Catalog,
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
            (Self::Website, Some(code)) => catalog
                .website_by_code(code)
                .map(|website| countermand_domain::ConfigScope::Website(website.number))
                .ok_or_else(|| refusal(UserErrorCode::NotFound, "no such website")),
            (Self::Store, Some(code)) => catalog
                .store_by_code(code)
                .map(|store| countermand_domain::ConfigScope::Store(store.number))
                .ok_or_else(|| refusal(UserErrorCode::NotFound, "no such store view")),
        }
    }

    /// The way back: a scope and the code of what it is about.
    fn with_code(catalog: &Catalog, scope: countermand_domain::ConfigScope) -> (Self, Option<String>) {
        match scope {
            countermand_domain::ConfigScope::Default => (Self::Default, None),
            countermand_domain::ConfigScope::Website(number) => (
                Self::Website,
                catalog.website(number).map(|website| website.code.clone()),
            ),
            countermand_domain::ConfigScope::Store(number) => {
                (Self::Store, catalog.store(number).map(|store| store.code.clone()))
            }
        }
    }
}

/// The cancellation settings of a scope.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationConfig {
    scope: ConfigScope,
    /// The website's or store view's code; none for the default scope.
    code: Option<String>,
    /// Whether buyers may cancel.
    enabled: ConfigBoolean,
    /// The reasons that buyers choose from, in the order in which they are shown.
    reasons: ConfigReasons,
    /// How long the key in a guest's confirmation mail is good for.
    guest_key_lifetime_hours: ConfigInt,
    /// Whether storefronts offer to order again.
    reorder_allowed: ConfigBoolean,
    /// Whether buyers are told by mail that their order is canceled.
    cancellation_mail_enabled: ConfigBoolean,
    /// The storefront's address, for links in mails.
    storefront_url: ConfigString,
    /// The storefront's page for guests' orders, below its address.
    guest_order_path: ConfigString,
    /// Where canceled orders are announced to the shop itself; null for nowhere.
    merchant_notice_email: ConfigOptionalString,
}

/// Where a value is set.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigSource {
    /// None when nobody set the value.
    scope: Option<ConfigScope>,
    /// The website's or store view's code.
    code: Option<String>,
    /// Whether nobody set the value.
    built_in: bool,
}

/// A switch.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigBoolean {
    value: bool,
    source: ConfigSource,
}

/// A number.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigInt {
    value: i32,
    source: ConfigSource,
}

/// A text.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigString {
    value: String,
    source: ConfigSource,
}

/// A text that may be none.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigOptionalString {
    value: Option<String>,
    source: ConfigSource,
}

/// A list of reasons; it overrides wholly, lists of several scopes are not merged.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfigReasons {
    value: Vec<ConfiguredReason>,
    source: ConfigSource,
}

/// A reason with its texts for all store views.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ConfiguredReason {
    /// Never changes.
    code: String,
    /// What store views without a text of their own show.
    description: String,
    translations: Vec<ReasonTranslation>,
}

/// What one store view shows.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ReasonTranslation {
    store_code: String,
    description: String,
}

impl From<countermand_app::cancellation_config::CancellationConfig> for CancellationConfig {
    fn from(config: countermand_app::cancellation_config::CancellationConfig) -> Self {
        let catalog = config.catalog.as_ref();
        let (scope, code) = ConfigScope::with_code(catalog, config.scope);
        let it = config.settings;
        let switch = |it: &Sourced<bool>| ConfigBoolean {
            value: it.value,
            source: ConfigSource::of(catalog, it),
        };
        Self {
            scope,
            code,
            enabled: switch(&it.cancellation_enabled),
            reasons: ConfigReasons {
                value: configured(catalog, &it.cancellation_reasons.value),
                source: ConfigSource::of(catalog, &it.cancellation_reasons),
            },
            guest_key_lifetime_hours: ConfigInt {
                value: i32::try_from(it.guest_key_lifetime.value.num_hours()).unwrap_or(i32::MAX),
                source: ConfigSource::of(catalog, &it.guest_key_lifetime),
            },
            reorder_allowed: switch(&it.reorder_allowed),
            cancellation_mail_enabled: switch(&it.cancellation_mail_enabled),
            storefront_url: ConfigString {
                source: ConfigSource::of(catalog, &it.storefront_url),
                value: it.storefront_url.value,
            },
            guest_order_path: ConfigString {
                source: ConfigSource::of(catalog, &it.guest_order_path),
                value: it.guest_order_path.value,
            },
            merchant_notice_email: ConfigOptionalString {
                source: ConfigSource::of(catalog, &it.merchant_notice_email),
                value: it.merchant_notice_email.value,
            },
        }
    }
}

impl ConfigSource {
    fn of<T>(catalog: &Catalog, sourced: &Sourced<T>) -> Self {
        let (scope, code) = sourced
            .source
            .map(|scope| ConfigScope::with_code(catalog, scope))
            .unzip();
        Self {
            scope,
            code: code.flatten(),
            built_in: sourced.source.is_none(),
        }
    }
}

fn configured(catalog: &Catalog, reasons: &ReasonCatalog) -> Vec<ConfiguredReason> {
    let translation = |(store, description): (&countermand_domain::StoreNumber, &String)| {
        let store_code = catalog.store(*store)?.code.clone();
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
        })
        .collect()
}
