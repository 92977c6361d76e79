//! `countries` and `country`: the countries in which an address may be.

use async_graphql::{Context, Object, Result};

use super::is_falsy;
use crate::directory::Country;
use crate::kit::List;
use crate::kit::context::language;
use crate::kit::error::{Category, refused};

#[derive(Default)]
pub(crate) struct CountriesQuery;

#[Object]
impl CountriesQuery {
    /// All countries of ISO 3166-1, sorted by their names in the language of the requested store view. Null only
    /// together with an error.
    async fn countries(&self, context: &Context<'_>) -> Option<Result<List<Country>>> {
        Some(language(context).map(|language| Country::all(&language)))
    }

    /// The country with a given code. A code that names no country is an error. Null only together with an error.
    async fn country(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The ISO 3166-1 code of the country: two capital letters, such as `NL`. Null is refused."
        )]
        id: Option<String>,
    ) -> Option<Result<Country>> {
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
