//! `cancellationReasons`: what the requested store view offers.

use async_graphql::{Context, Object, Result};

use crate::context::viewer;
use crate::types::CancellationReason;

#[derive(Default)]
pub(crate) struct CancellationReasonsQuery;

#[Object]
impl CancellationReasonsQuery {
    /// The reasons of the requested store view, in the order in which they are shown.
    async fn cancellation_reasons(&self, context: &Context<'_>) -> Result<Vec<CancellationReason>> {
        let viewer = viewer(context)?;
        Ok(CancellationReason::offered(&viewer.catalog, viewer.store.number))
    }
}
