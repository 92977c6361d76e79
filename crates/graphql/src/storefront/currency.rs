//! `currency`: the currency of the requested store view.

use async_graphql::{Context, Object, Result};

use crate::directory::Currency;
use crate::kit::context::viewer;

#[derive(Default)]
pub(crate) struct CurrencyQuery;

#[Object]
impl CurrencyQuery {
    /// The currency in which the requested store view sells. Null only together with an error.
    async fn currency(&self, context: &Context<'_>) -> Option<Result<Currency>> {
        Some(viewer(context).map(|viewer| viewer.store.currency.into()))
    }
}
