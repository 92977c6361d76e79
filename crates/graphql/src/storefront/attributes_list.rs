//! `attributesList`: the attributes of a kind of thing.

use async_graphql::{Context, Object, Result};

use crate::adobe::{AttributeEntityTypeEnum, AttributesMetadataOutput};
use crate::context::language;

#[derive(Default)]
pub(crate) struct AttributesListQuery;

#[Object]
impl AttributesListQuery {
    /// The attributes of customers or addresses; products, categories and returns are not kept here and have none.
    async fn attributes_list(
        &self,
        context: &Context<'_>,
        entity_type: AttributeEntityTypeEnum,
    ) -> Option<Result<AttributesMetadataOutput>> {
        Some(language(context).map(|language| AttributesMetadataOutput::of(entity_type, &language)))
    }
}
