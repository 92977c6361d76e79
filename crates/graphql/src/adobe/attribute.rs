//! Custom attributes of customers and addresses: this shop keeps none.

use async_graphql::{ID, MergedObject};

use crate::kit::List;
use crate::kit::interface::interface;
use crate::kit::nothing::no_such_object;

interface! {
    /// A custom attribute with its value. Never present: this shop keeps no custom attributes.
    AttributeValueInterface of AttributeCode { Text(AttributeValue), Options(AttributeSelectedOptions) }
}

/// A custom attribute whose value is a text. Never present: this shop keeps no custom attributes.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct AttributeValue(AttributeCode, AttributeText);

/// A custom attribute whose value is a list of chosen options. Never present: this shop keeps no custom attributes.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct AttributeSelectedOptions(AttributeCode, AttributeOptions);

interface! {
    /// An option that was chosen for a custom attribute. Never present: this shop keeps no custom attributes.
    AttributeSelectedOptionInterface of AttributeSelectedOptionFields { Plain(AttributeSelectedOption) }
}

/// An option that was chosen for a custom attribute. Never present: this shop keeps no custom attributes.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct AttributeSelectedOption(AttributeSelectedOptionFields);

no_such_object! {
    /// The field that every custom attribute has.
    AttributeCode {
        /// Code of the custom attribute. Never present: this shop keeps no custom attributes.
        code: ID,
    }

    /// The field of a custom attribute whose value is a text.
    AttributeText {
        /// Value of the custom attribute. Never present: this shop keeps no custom attributes.
        value: String,
    }

    /// The field of a custom attribute whose value is a list of chosen options.
    AttributeOptions {
        /// Options that were chosen for the custom attribute. Never present: this shop keeps no custom attributes.
        selected_options: List<AttributeSelectedOptionInterface>,
    }

    /// The fields that every chosen option has.
    AttributeSelectedOptionFields {
        /// Name of the chosen option. Never present: this shop keeps no custom attributes.
        label: String,
        /// Value of the chosen option. Never present: this shop keeps no custom attributes.
        value: String,
    }
}
