//! The schema: storefronts' part and staff's part, with the limits of a request.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema};

use crate::admin::{AdminMutation, AdminQuery};
use crate::storefront::{OrderInformationInput, StorefrontMutation, StorefrontQuery};

/// How deep fields may be nested: an order page of Adobe's storefronts has 12 levels.
const MAX_DEPTH: usize = 20;
/// How many fields a document may select, fragments spread: the same order page has 741.
const MAX_COMPLEXITY: usize = 3_000;

/// The schema with all its resolvers.
pub(crate) type ShopSchema = Schema<Query, Mutation, EmptySubscription>;

/// What can be asked.
#[derive(MergedObject, Default)]
pub(crate) struct Query(StorefrontQuery, AdminQuery);

/// What can be done.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(StorefrontMutation, AdminMutation);

/// Builds the schema.
pub(crate) fn build() -> ShopSchema {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_input_type::<OrderInformationInput>()
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .finish()
}

/// The schema as text, sorted: the same text for the same schema.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    build().sdl_with_options(options)
}
