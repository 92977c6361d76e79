//! Reads the data in the context of a resolver: the use cases, the viewer and the viewer's language.

use std::sync::Arc;

use async_graphql::Context;
use countermand_app::{App, Viewer};

use super::Language;

/// The use cases of the shop.
pub(crate) fn app<'a>(context: &Context<'a>) -> async_graphql::Result<&'a App> {
    context.data::<App>()
}

/// The viewer: the caller of the request, with the requested store view.
pub(crate) fn viewer<'a>(context: &Context<'a>) -> async_graphql::Result<&'a Viewer> {
    context.data::<Arc<Viewer>>().map(AsRef::as_ref)
}

/// The language of the requested store view.
pub(crate) fn language(context: &Context<'_>) -> async_graphql::Result<Language> {
    Ok(Language::of(&viewer(context)?.store.locale))
}
