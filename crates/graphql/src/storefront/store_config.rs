//! `storeConfig`: the settings of the requested store view (`docs/contract.md` section 1.6).

use async_graphql::{Context, Object, Result};

use crate::kit::context::viewer;
use crate::types::StoreConfig;

#[derive(Default)]
pub(crate) struct StoreConfigQuery;

#[Object]
impl StoreConfigQuery {
    /// The settings of the requested store view: the one that the header `Store` names, or the default store view
    /// without this header. Null only together with an error.
    async fn store_config(&self, context: &Context<'_>) -> Option<Result<StoreConfig>> {
        Some(viewer(context).map(|viewer| StoreConfig::new(&viewer.shop, &viewer.store)))
    }
}
