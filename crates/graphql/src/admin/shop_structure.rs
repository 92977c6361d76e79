//! `websites` and `statusLabels`: staff lists the websites, the store views, and the labels of statuses.

use async_graphql::{Context, Object, Result, SimpleObject};
use countermand_app::shop::list_shop::ListedShop;
use countermand_domain::{ConfigScope, Shop, StoreNumber, StoreView};

use super::staff;
use crate::kit::context::app;
use crate::kit::error::internal;

/// Staff's queries for the structure of the shop.
#[derive(Default)]
pub(crate) struct AdminShopQuery;

#[Object]
impl AdminShopQuery {
    /// Lists the websites with their store views, disabled store views too. The caller needs the role `viewer`; a token
    /// for one store view lists that store view only.
    async fn websites(&self, context: &Context<'_>) -> Result<Vec<AdminWebsite>> {
        let viewer = staff(context)?;
        let listed = app(context)?.list_websites(viewer).await;
        Ok(AdminWebsite::list(&listed.map_err(internal)?))
    }

    /// Lists the labels of statuses that are set. A status without a label has a built-in one, or is shown as its code.
    /// The caller needs the role `viewer`; a token for one store view lists the labels of that store view, and those of
    /// all store views.
    async fn status_labels(&self, context: &Context<'_>) -> Result<Vec<StatusLabel>> {
        let viewer = staff(context)?;
        let listed = app(context)?.list_status_labels(viewer).await;
        Ok(StatusLabel::list(&listed.map_err(internal)?))
    }
}

/// A website with its store views, as staff sees it.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminWebsite {
    /// The code of the website, such as `base`.
    code: String,
    /// The name of the website for people.
    name: String,
    /// The store views of the website, disabled ones too, sorted by position and then by number.
    stores: Vec<AdminStore>,
}

/// A store view, as staff sees it.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AdminStore {
    /// The number of the store view. An imported order with this `store_id` belongs to the store view.
    number: i32,
    /// The code of the store view, which storefronts send in the `Store` header.
    code: String,
    /// The name of the store view for people.
    name: String,
    /// Whether storefronts may use the store view. Requests for a disabled one are answered as for an unknown one.
    is_active: bool,
    /// The code of the website to which the store view belongs; null when there is no such website.
    website_code: Option<String>,
    /// The code of the store group to which the store view belongs.
    group_code: String,
    /// The name of that store group; null when there is no such group.
    group_name: Option<String>,
    /// The language and the country of the store view, such as `nl_NL`.
    locale: String,
    /// The IANA name of the time zone of the store view, such as `Europe/Amsterdam`.
    timezone: String,
    /// The ISO 4217 code of the currency in which the store view sells, such as `EUR`.
    currency: String,
    /// The position of the store view in lists, the smallest first.
    sort_order: i32,
    /// The address of the storefront that holds for the store view, with which links in mails begin.
    storefront_url: String,
}

/// The label that is set for a status.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct StatusLabel {
    /// The code of the status, such as `pending`.
    status: String,
    /// The code of the store view that shows the label; null for all store views without a label of their own.
    store_code: Option<String>,
    /// The label that buyers read instead of the code.
    label: String,
}

impl AdminWebsite {
    /// The website with the code `code`, with all its store views.
    pub(super) fn by_code(shop: &Shop, code: &str) -> Option<Self> {
        shop.website_by_code(code)
            .map(|website| Self::new(shop, website, shop.stores_of(website.number)))
    }

    fn new<'a>(
        shop: &Shop,
        website: &countermand_domain::Website,
        stores: impl Iterator<Item = &'a StoreView>,
    ) -> Self {
        Self {
            code: website.code.clone(),
            name: website.name.clone(),
            stores: stores.map(|store| AdminStore::new(shop, store)).collect(),
        }
    }

    fn list(listed: &ListedShop) -> Vec<Self> {
        let shop = listed.shop.as_ref();
        let is_seen = |store: &&StoreView| listed.only.is_none_or(|only| only == store.number);
        let seen = |website: &countermand_domain::Website| {
            Self::new(shop, website, shop.stores_of(website.number).filter(is_seen))
        };
        let websites = shop.websites.iter().map(seen);
        websites
            .filter(|website| listed.only.is_none() || !website.stores.is_empty())
            .collect()
    }
}

impl AdminStore {
    /// The store view with the code `code`.
    pub(super) fn by_code(shop: &Shop, code: &str) -> Option<Self> {
        shop.store_by_code(code).map(|store| Self::new(shop, store))
    }

    fn new(shop: &Shop, store: &StoreView) -> Self {
        let group = shop.groups.iter().find(|group| group.code == store.group);
        Self {
            number: store.number.0,
            code: store.code.clone(),
            name: store.name.clone(),
            is_active: store.is_active,
            website_code: shop.website(store.website).map(|website| website.code.clone()),
            group_code: store.group.clone(),
            group_name: group.map(|group| group.name.clone()),
            locale: store.locale.clone(),
            timezone: store.timezone.clone(),
            currency: store.currency.code().into(),
            sort_order: store.sort_order,
            storefront_url: shop
                .settings_at(ConfigScope::Store(store.number))
                .storefront_url
                .value,
        }
    }
}

impl StatusLabel {
    /// The label that is set for `status` in the store view, or in all store views; none if no label is set there.
    pub(super) fn set(shop: &Shop, status: &str, store_code: Option<&str>) -> Option<Self> {
        let store = match store_code {
            Some(code) => Some(shop.store_by_code(code)?.number),
            None => None,
        };
        let label = shop.labels.set_label(status, store)?;
        Some(Self::new(shop, status, store, label))
    }

    fn new(shop: &Shop, status: &str, store: Option<StoreNumber>, label: &str) -> Self {
        Self {
            status: status.into(),
            store_code: store
                .and_then(|store| shop.store(store))
                .map(|store| store.code.clone()),
            label: label.into(),
        }
    }

    fn list(listed: &ListedShop) -> Vec<Self> {
        let shop = listed.shop.as_ref();
        let is_known = |store: Option<StoreNumber>| store.is_none_or(|store| shop.store(store).is_some());
        let is_seen = |store: Option<StoreNumber>| match (store, listed.only) {
            (Some(store), Some(only)) => store == only,
            (None, _) | (_, None) => is_known(store),
        };
        let labels = shop.labels.all().into_iter();
        labels
            .filter(|(_, store, _)| is_seen(*store))
            .map(|(status, store, label)| Self::new(shop, status, store, label))
            .collect()
    }
}
