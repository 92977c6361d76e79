//! The schema: storefronts' part and staff's part.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema};

use crate::admin::{AdminMutation, AdminQuery};
use crate::storefront::{OrderInformationInput, StorefrontMutation, StorefrontQuery};

/// The schema with all its resolvers.
pub(crate) type ShopSchema = Schema<Query, Mutation, EmptySubscription>;

/// What can be asked.
#[derive(MergedObject, Default)]
pub(crate) struct Query(StorefrontQuery, AdminQuery);

/// What can be done.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(StorefrontMutation, AdminMutation);

/// Builds the schema. Without introspection, errors do not hint at names that they did not ask for either.
///
/// What a document may ask for is limited before it gets here (`guard`).
pub(crate) fn build(introspection: bool) -> ShopSchema {
    let schema = Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_input_type::<OrderInformationInput>();
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().disable_suggestions().finish()
    }
}

/// The schema as text, sorted: the same text for the same schema.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    build(true).sdl_with_options(options)
}
