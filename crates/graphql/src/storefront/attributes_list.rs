//! `attributesList`: the attributes of one type of entity.

use async_graphql::{Context, Object, Result};

use crate::adobe::{AttributeEntityTypeEnum, AttributesMetadataOutput};
use crate::kit::context::language;

#[derive(Default)]
pub(crate) struct AttributesListQuery;

#[Object]
impl AttributesListQuery {
    /// The attributes of accounts or addresses, with labels in the language of the requested store view. The list is
    /// empty for products, categories and returns, because this shop does not keep them. Null only together with an
    /// error.
    async fn attributes_list(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The type of entity whose attributes are listed.")]
        entity_type: AttributeEntityTypeEnum,
    ) -> Option<Result<AttributesMetadataOutput>> {
        Some(language(context).map(|language| AttributesMetadataOutput::of(entity_type, &language)))
    }
}
