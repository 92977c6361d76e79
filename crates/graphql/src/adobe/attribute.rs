//! Attributes that extensions add to customers and addresses: none.

use async_graphql::{ID, MergedObject};

use super::nothing::no_such_object;
use crate::types::List;
use crate::types::interface::interface;

interface! {
    /// An attribute with its value.
    AttributeValueInterface of AttributeCode { Text(AttributeValue), Options(AttributeSelectedOptions) }
}

/// An attribute with a text.
#[derive(MergedObject, Clone)]
pub(crate) struct AttributeValue(AttributeCode, AttributeText);

/// An attribute with chosen options.
#[derive(MergedObject, Clone)]
pub(crate) struct AttributeSelectedOptions(AttributeCode, AttributeOptions);

interface! {
    /// A chosen option of an attribute.
    AttributeSelectedOptionInterface of AttributeSelectedOptionFields { Plain(AttributeSelectedOption) }
}

/// A chosen option of an attribute.
#[derive(MergedObject, Clone)]
pub(crate) struct AttributeSelectedOption(AttributeSelectedOptionFields);

no_such_object! {
    /// What every attribute has.
    AttributeCode { code: ID }

    /// The value of an attribute with a text.
    AttributeText { value: String }

    /// The value of an attribute with options.
    AttributeOptions { selected_options: List<AttributeSelectedOptionInterface> }

    /// What a chosen option has.
    AttributeSelectedOptionFields { label: String, value: String }
}
