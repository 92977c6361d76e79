//! `storeConfig`: the requested store view (contract section 1.6).

use async_graphql::{Context, Object, Result};

use crate::context::viewer;
use crate::types::StoreConfig;

#[derive(Default)]
pub(crate) struct StoreConfigQuery;

#[Object]
impl StoreConfigQuery {
    /// The store view that the `Store` header names, or the default one.
    async fn store_config(&self, context: &Context<'_>) -> Option<Result<StoreConfig>> {
        Some(viewer(context).map(|viewer| StoreConfig::new(&viewer.catalog, &viewer.store)))
    }
}
