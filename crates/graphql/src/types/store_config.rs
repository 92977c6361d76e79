//! A store view and its settings (`docs/contract.md` section 1.6).

use std::sync::Arc;

use async_graphql::{Context, ID, MergedObject, Object};
use countermand_domain::{CancellationRules, ConfigScope, Shop, StoreGroup, StoreView, Website};

use super::cancellation_reason::CancellationReason;
use crate::adobe::{CatalogSettings, CheckoutSettings, ContentSettings, CustomerSettings, SalesSettings};
use crate::kit::List;
use crate::kit::context::app;

/// A store view and its settings.
#[derive(MergedObject)]
#[graphql(serial)]
pub(crate) struct StoreConfig(
    SalesSettings,
    CustomerSettings,
    ContentSettings,
    CheckoutSettings,
    CatalogSettings,
    CancellationSettings,
    StoreAddresses,
    StoreIdentity,
);

impl StoreConfig {
    /// The settings of `store`.
    pub(crate) fn new(shop: &Arc<Shop>, store: &StoreView) -> Self {
        let settings = shop.settings_at(ConfigScope::Store(store.number));
        let may_cancel =
            settings.cancellation_enabled.value && CancellationRules::of(&settings).are_open_to_buyers();
        Self(
            SalesSettings,
            CustomerSettings,
            ContentSettings,
            CheckoutSettings,
            CatalogSettings,
            CancellationSettings {
                may_cancel,
                shop: shop.clone(),
                store: store.clone(),
            },
            StoreAddresses(settings.storefront_url.value.trim_end_matches('/').to_owned()),
            StoreIdentity {
                shop: shop.clone(),
                store: store.clone(),
            },
        )
    }
}

/// The store view itself, with its group and its website.
pub(crate) struct StoreIdentity {
    shop: Arc<Shop>,
    store: StoreView,
}

impl StoreIdentity {
    fn group(&self) -> Option<&StoreGroup> {
        self.shop
            .groups
            .iter()
            .find(|group| group.code == self.store.group)
    }

    fn website(&self) -> Option<&Website> {
        self.shop.website(self.store.website)
    }
}

#[Object(rename_fields = "snake_case")]
impl StoreIdentity {
    /// Number of the store view. Never null.
    #[graphql(deprecation = "Use `store_code`.")]
    async fn id(&self) -> Option<i32> {
        Some(self.store.number.0)
    }

    /// Code of the store view, such as `default`. Never null.
    #[graphql(deprecation = "Use `store_code`.")]
    async fn code(&self) -> Option<&str> {
        Some(&self.store.code)
    }

    /// Code of the store view, such as `default`, which storefronts send in the `Store` header. Never null.
    async fn store_code(&self) -> Option<ID> {
        Some(ID(self.store.code.clone()))
    }

    /// Name of the store view for shoppers. Never null.
    async fn store_name(&self) -> Option<&str> {
        Some(&self.store.name)
    }

    /// Position of the store view in lists of store views, lowest first. Never null.
    async fn store_sort_order(&self) -> Option<i32> {
        Some(self.store.sort_order)
    }

    /// Whether requests without a `Store` header go to this store view. Never null.
    async fn is_default_store(&self) -> Option<bool> {
        let default = self.shop.store_by_header(None);
        Some(default.is_some_and(|store| store.number == self.store.number))
    }

    /// Code of the group that the store view belongs to. Never null.
    async fn store_group_code(&self) -> Option<ID> {
        Some(ID(self.store.group.clone()))
    }

    /// Name of the group that the store view belongs to; null when the shop has no group of that code.
    async fn store_group_name(&self) -> Option<&str> {
        self.group().map(|group| group.name.as_str())
    }

    /// Whether the default store view belongs to the same group. Never null.
    async fn is_default_store_group(&self) -> Option<bool> {
        let default = self.shop.store_by_header(None);
        Some(default.is_some_and(|store| store.group == self.store.group))
    }

    /// Code of the website that the store view belongs to; null when the shop has no such website.
    async fn website_code(&self) -> Option<ID> {
        self.website().map(|website| ID(website.code.clone()))
    }

    /// Number of the website that the store view belongs to. Never null.
    #[graphql(deprecation = "Use `website_code`.")]
    async fn website_id(&self) -> Option<i32> {
        Some(self.store.website.0)
    }

    /// Name of the website that the store view belongs to; null when the shop has no such website.
    async fn website_name(&self) -> Option<&str> {
        self.website().map(|website| website.name.as_str())
    }

    /// Language and region of the store view, such as `en_US`. Never null.
    async fn locale(&self) -> Option<&str> {
        Some(&self.store.locale)
    }

    /// Time zone of the store view as an IANA name, such as `Europe/Amsterdam`. Never null.
    async fn timezone(&self) -> Option<&str> {
        Some(&self.store.timezone)
    }

    /// ISO 4217 code of the currency that the store view keeps amounts in, such as `EUR`. Never null.
    async fn base_currency_code(&self) -> Option<&str> {
        Some(self.store.currency.code())
    }

    /// ISO 4217 code of the currency that the store view shows prices in, the same as `base_currency_code`. Never null.
    async fn default_display_currency_code(&self) -> Option<&str> {
        Some(self.store.currency.code())
    }

    /// Hours after which a customer must sign in again, such as `1` or `0.5`; null when the lifetime has more
    /// seconds than a signed 32-bit number holds.
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

/// The storefront's address, without a slash at the end.
pub(crate) struct StoreAddresses(String);

impl StoreAddresses {
    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }
}

#[Object(rename_fields = "snake_case")]
impl StoreAddresses {
    /// Address of the storefront, with a slash at the end. Never null.
    async fn base_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Address that links of the storefront start with, the same as `base_url`. Never null.
    async fn base_link_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Address of static files: `base_url` with `static/` added. Never null.
    async fn base_static_url(&self) -> Option<String> {
        Some(self.at("static/"))
    }

    /// Address of pictures: `base_url` with `media/` added. Never null.
    async fn base_media_url(&self) -> Option<String> {
        Some(self.at("media/"))
    }

    /// Address of the storefront for HTTPS, the same as `base_url`. Never null.
    async fn secure_base_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Address that links of the storefront start with for HTTPS, the same as `base_link_url`. Never null.
    async fn secure_base_link_url(&self) -> Option<String> {
        Some(self.at(""))
    }

    /// Address of static files for HTTPS, the same as `base_static_url`. Never null.
    async fn secure_base_static_url(&self) -> Option<String> {
        Some(self.at("static/"))
    }

    /// Address of pictures for HTTPS, the same as `base_media_url`. Never null.
    async fn secure_base_media_url(&self) -> Option<String> {
        Some(self.at("media/"))
    }

    /// Always false: the `Store` header names the store view, the URL does not.
    async fn use_store_in_url(&self) -> Option<bool> {
        Some(false)
    }
}

/// Whether buyers of the store view may cancel orders, and for which reasons.
pub(crate) struct CancellationSettings {
    /// Whether some buyer may cancel or ask for it.
    may_cancel: bool,
    shop: Arc<Shop>,
    store: StoreView,
}

#[Object(rename_fields = "snake_case")]
impl CancellationSettings {
    /// Whether buyers may cancel orders of this store view, or ask for it. False if the switch is off, and if the mode
    /// is `OFF` and no rule chooses another mode.
    async fn order_cancellation_enabled(&self) -> bool {
        self.may_cancel
    }

    /// Reasons that customers may choose at the moment, in the order in which storefronts show them; never empty.
    async fn order_cancellation_reasons(
        &self,
        context: &Context<'_>,
    ) -> async_graphql::Result<List<CancellationReason>> {
        let app = app(context)?;
        Ok(CancellationReason::offered(app, &self.shop, self.store.number).into())
    }
}
