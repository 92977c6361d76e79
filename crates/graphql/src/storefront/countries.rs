//! `countries` and `country`: where an address may be.

use async_graphql::{Context, Object, Result};

use super::is_falsy;
use crate::context::language;
use crate::directory::Country;
use crate::error::{Category, refused};
use crate::types::List;

#[derive(Default)]
pub(crate) struct CountriesQuery;

#[Object]
impl CountriesQuery {
    /// All countries, by name in the language of the store view.
    async fn countries(&self, context: &Context<'_>) -> Option<Result<List<Country>>> {
        Some(language(context).map(|language| Country::all(&language)))
    }

    /// The country with the code `id`, two capitals.
    async fn country(&self, context: &Context<'_>, id: Option<String>) -> Option<Result<Country>> {
        Some(country(context, &id.unwrap_or_default()))
    }
}

fn country(context: &Context<'_>, id: &str) -> Result<Country> {
    if is_falsy(id) {
        let message = "Country \"id\" value should be specified";
        return Err(refused(Category::Input, "BAD_PARAMETER", message));
    }
    let language = language(context)?;
    Country::with_id(id, &language).ok_or_else(|| {
        let message = "The country isn't available.";
        refused(Category::NoSuchEntity, "COUNTRY_NOT_FOUND", message)
    })
}
