//! `availableStores`: the store views to which a shopper can switch.

use async_graphql::{Context, Object, Result};
use countermand_app::Viewer;

use crate::kit::List;
use crate::kit::context::viewer;
use crate::types::StoreConfig;

#[derive(Default)]
pub(crate) struct AvailableStoresQuery;

#[Object]
impl AvailableStoresQuery {
    /// The active store views of the website to which the requested store view belongs, sorted by their position. Null
    /// only together with an error.
    async fn available_stores(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "Whether to list the store views of the requested store view's group only; null means false."
        )]
        use_current_group: Option<bool>,
    ) -> Option<Result<List<StoreConfig>>> {
        Some(viewer(context).map(|viewer| stores(viewer, use_current_group.unwrap_or(false))))
    }
}

fn stores(viewer: &Viewer, only_group: bool) -> List<StoreConfig> {
    let (shop, here) = (&viewer.shop, &viewer.store);
    let mut stores: Vec<_> = shop
        .stores_of(here.website)
        .filter(|store| store.is_active && (!only_group || store.group == here.group))
        .collect();
    stores.sort_by_key(|store| (store.sort_order, store.number));
    stores
        .into_iter()
        .map(|store| StoreConfig::new(shop, store))
        .collect()
}
