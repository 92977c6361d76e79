//! `cancellationReasons`: the reasons for a cancellation that the requested store view offers.

use async_graphql::{Context, Object, Result};

use crate::kit::context::{app, viewer};
use crate::types::CancellationReason;

#[derive(Default)]
pub(crate) struct CancellationReasonsQuery;

#[Object]
impl CancellationReasonsQuery {
    /// The reasons for a cancellation that the requested store view offers to customers at the moment, in the order in
    /// which they are shown.
    async fn cancellation_reasons(&self, context: &Context<'_>) -> Result<Vec<CancellationReason>> {
        let viewer = viewer(context)?;
        Ok(CancellationReason::offered(
            app(context)?,
            &viewer.shop,
            viewer.store.number,
        ))
    }
}
