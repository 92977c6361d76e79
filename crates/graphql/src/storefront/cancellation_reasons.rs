//! `cancellationReasons`: the reasons for a cancellation that the requested store view offers.

use async_graphql::{Context, Object, Result};

use crate::kit::context::viewer;
use crate::types::CancellationReason;

#[derive(Default)]
pub(crate) struct CancellationReasonsQuery;

#[Object]
impl CancellationReasonsQuery {
    /// The reasons for a cancellation that the requested store view offers, in the order in which they are shown.
    async fn cancellation_reasons(&self, context: &Context<'_>) -> Result<Vec<CancellationReason>> {
        let viewer = viewer(context)?;
        Ok(CancellationReason::offered(&viewer.shop, viewer.store.number))
    }
}
