//! `currency`: what the requested store view is paid in.

use async_graphql::{Context, Object, Result};

use crate::context::viewer;
use crate::directory::Currency;

#[derive(Default)]
pub(crate) struct CurrencyQuery;

#[Object]
impl CurrencyQuery {
    /// The currency of the requested store view.
    async fn currency(&self, context: &Context<'_>) -> Option<Result<Currency>> {
        Some(viewer(context).map(|viewer| viewer.store.currency.into()))
    }
}
