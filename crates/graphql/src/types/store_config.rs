//! A store view and its settings (contract section 1.6).

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};
use countermand_domain::{Catalog, ConfigScope, StoreGroup, StoreView, Website};

use super::cancellation_reason::CancellationReason;
use super::list::List;
use crate::adobe::{CatalogSettings, CheckoutSettings, ContentSettings, CustomerSettings, SalesSettings};
use crate::context::app;

/// A store view and its settings.
#[derive(MergedObject)]
pub(crate) struct StoreConfig(
    StoreIdentity,
    StoreAddresses,
    CancellationSettings,
    CatalogSettings,
    CheckoutSettings,
    ContentSettings,
    CustomerSettings,
    SalesSettings,
);

impl StoreConfig {
    /// The settings of `store`.
    pub(crate) fn new(catalog: &Arc<Catalog>, store: &StoreView) -> Self {
        let settings = catalog.settings_at(ConfigScope::Store(store.number));
        Self(
            StoreIdentity {
                catalog: catalog.clone(),
                store: store.clone(),
            },
            StoreAddresses(settings.storefront_url.value.trim_end_matches('/').to_owned()),
            CancellationSettings {
                enabled: settings.cancellation_enabled.value,
                catalog: catalog.clone(),
                store: store.clone(),
            },
            CatalogSettings,
            CheckoutSettings,
            ContentSettings,
            CustomerSettings,
            SalesSettings,
        )
    }
}

/// What the store view is.
pub(crate) struct StoreIdentity {
    catalog: Arc<Catalog>,
    store: StoreView,
}

impl StoreIdentity {
    fn group(&self) -> Option<&StoreGroup> {
        self.catalog
            .groups
            .iter()
            .find(|group| group.code == self.store.group)
    }

    fn website(&self) -> Option<&Website> {
        self.catalog.website(self.store.website)
    }
}

#[Object(rename_fields = "snake_case")]
impl StoreIdentity {
    /// The store view's number.
    #[graphql(deprecation = "Use `store_code`.")]
    async fn id(&self) -> Option<i32> {
        Some(self.store.number.0)
    }

    /// The store view's code.
    #[graphql(deprecation = "Use `store_code`.")]
    async fn code(&self) -> Option<&str> {
        Some(&self.store.code)
    }

    /// What storefronts name in the `Store` header.
    async fn store_code(&self) -> Option<ID> {
        Some(ID(self.store.code.clone()))
    }

    /// The store view's name.
    async fn store_name(&self) -> Option<&str> {
        Some(&self.store.name)
    }

    /// Position in lists.
    async fn store_sort_order(&self) -> Option<i32> {
        Some(self.store.sort_order)
    }

    /// Whether this store view is asked when no `Store` header is sent.
    async fn is_default_store(&self) -> Option<bool> {
        let default = self.catalog.store_by_header(None);
        Some(default.is_some_and(|store| store.number == self.store.number))
    }

    /// The code of the store view's group.
    async fn store_group_code(&self) -> Option<ID> {
        Some(ID(self.store.group.clone()))
    }

    /// The name of the store view's group.
    async fn store_group_name(&self) -> Option<&str> {
        self.group().map(|group| group.name.as_str())
    }

    /// Whether the default store view is of this group.
    async fn is_default_store_group(&self) -> Option<bool> {
        let default = self.catalog.store_by_header(None);
        Some(default.is_some_and(|store| store.group == self.store.group))
    }

    /// The website's code.
    async fn website_code(&self) -> Option<ID> {
        self.website().map(|website| ID(website.code.clone()))
    }

    /// The website's number.
    #[graphql(deprecation = "Use `website_code`.")]
    async fn website_id(&self) -> Option<i32> {
        Some(self.store.website.0)
    }

    /// The website's name.
    async fn website_name(&self) -> Option<&str> {
        self.website().map(|website| website.name.as_str())
    }

    /// `en_US`.
    async fn locale(&self) -> Option<&str> {
        Some(&self.store.locale)
    }

    /// IANA name, `Europe/Amsterdam`.
    async fn timezone(&self) -> Option<&str> {
        Some(&self.store.timezone)
    }

    /// The currency that amounts are kept in.
    async fn base_currency_code(&self) -> Option<&str> {
        Some(self.store.currency.code())
    }

    /// The currency that prices are shown in.
    async fn default_display_currency_code(&self) -> Option<&str> {
        Some(self.store.currency.code())
    }

    /// How many hours a customer stays signed in.
    async fn customer_access_token_lifetime(&self, context: &Context<'_>) -> Option<f64> {
        let seconds = app(context)
            .ok()?
            .settings()
            .customer_token_lifetime
            .num_seconds();
        i32::try_from(seconds)
            .ok()
            .map(|seconds| f64::from(seconds) / 3600.0)
    }
}

/// Where the storefront is, without the slash at the end.
pub(crate) struct StoreAddresses(String);

impl StoreAddresses {
    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

#[Object(rename_fields = "snake_case")]
impl StoreAddresses {
    /// Where the storefront is.
    async fn base_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Where links lead to.
    async fn base_link_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Where static files are.
    async fn base_static_url(&self) -> Option<String> {
        Some(self.at("static/"))
    }

    /// Where pictures are.
    async fn base_media_url(&self) -> Option<String> {
        Some(self.at("media/"))
    }

    /// Where the storefront is.
    async fn secure_base_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Where links lead to.
    async fn secure_base_link_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Where static files are.
    async fn secure_base_static_url(&self) -> Option<String> {
        Some(self.at("static/"))
    }

    /// Where pictures are.
    async fn secure_base_media_url(&self) -> Option<String> {
        Some(self.at("media/"))
    }

    /// Whether addresses name the store view: no, the `Store` header does.
    async fn use_store_in_url(&self) -> Option<bool> {
        Some(false)
    }
}

/// What a buyer may cancel for which reason.
pub(crate) struct CancellationSettings {
    enabled: bool,
    catalog: Arc<Catalog>,
    store: StoreView,
}

#[Object(rename_fields = "snake_case")]
impl CancellationSettings {
    /// Whether orders of this store view may be canceled.
    async fn order_cancellation_enabled(&self) -> bool {
        self.enabled
    }

    /// The reasons to choose from, in the order in which they are shown.
    async fn order_cancellation_reasons(&self) -> List<CancellationReason> {
        CancellationReason::offered(&self.catalog, self.store.number).into()
    }
}
