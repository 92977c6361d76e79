//! The schema: the part for storefronts and the part for staff.
//!
//! The engine looks for a field in the last part of a merged object first, and each part
//! takes time. So in all merged objects, the part that is selected most often comes last.

use async_graphql::{MergedObject, SDLExportOptions, Schema};

use crate::admin::{AdminMutation, AdminQuery};
use crate::storefront::{OrderInformationInput, StorefrontMutation, StorefrontQuery};
use crate::updates::Subscription;

/// The schema with all its resolvers.
pub(crate) type ShopSchema = Schema<Query, Mutation, Subscription>;

/// The queries, which read data.
#[derive(MergedObject, Default)]
pub(crate) struct Query(AdminQuery, StorefrontQuery);

/// The mutations, which change data.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(AdminMutation, StorefrontMutation);

/// Builds the schema. Without introspection, error messages do not suggest names of the schema either.
///
/// The schema has no limits of its own, because `guard` checks every document before it runs.
pub(crate) fn build(introspection: bool) -> ShopSchema {
    let schema = Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_input_type::<OrderInformationInput>();
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().disable_suggestions().finish()
    }
}

/// The schema as sorted text. The same schema always gives the same text.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    build(true).sdl_with_options(options)
}
