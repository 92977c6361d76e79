//! Forms that storefronts build for customers and addresses: which attributes they have, in a store view's language.

mod attribute;
mod label;

use async_graphql::{Enum, SimpleObject};

use self::attribute::{ADDRESS, CUSTOMER, FormAttribute};
use super::attribute_metadata::{AttributeEntityTypeEnum, CustomAttributeMetadataInterface};
use crate::directory::Language;
use crate::types::List;

/// The attributes of a form.
#[derive(SimpleObject)]
pub(crate) struct AttributesFormOutput {
    /// What could not be found.
    errors: List<AttributeMetadataError>,
    /// The attributes, by position.
    items: List<CustomAttributeMetadataInterface>,
}

/// The attributes of a kind of thing.
#[derive(SimpleObject)]
pub(crate) struct AttributesMetadataOutput {
    /// What could not be found: always found.
    errors: List<AttributeMetadataError>,
    /// The attributes, by position.
    items: List<CustomAttributeMetadataInterface>,
}

/// Why attributes are missing.
#[derive(SimpleObject)]
pub(crate) struct AttributeMetadataError {
    message: String,
    #[graphql(name = "type")]
    kind: AttributeMetadataErrorType,
}

/// What kind of thing is missing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeMetadataErrorType {
    /// The form, or the kind of thing.
    EntityNotFound,
    /// The attribute.
    AttributeNotFound,
    /// What attributes are looked for by.
    FilterNotFound,
    /// Something else.
    Undefined,
}

impl AttributesFormOutput {
    /// The form called `code` in `language`; an error beside an empty list where there is no such form.
    pub(crate) fn of(code: &str, language: &Language) -> Self {
        let (entity, attributes) = match code {
            "customer_account_create" | "customer_account_edit" => {
                (AttributeEntityTypeEnum::Customer, CUSTOMER)
            }
            "customer_address_edit" | "customer_register_address" => {
                (AttributeEntityTypeEnum::CustomerAddress, ADDRESS)
            }
            _ => return Self::not_found(code),
        };
        Self {
            errors: List::empty(),
            items: shown(entity, attributes, language),
        }
    }

    fn not_found(code: &str) -> Self {
        let error = AttributeMetadataError {
            message: format!("Form \"{code}\" could not be found."),
            kind: AttributeMetadataErrorType::EntityNotFound,
        };
        Self {
            errors: List::from(vec![error]),
            items: List::empty(),
        }
    }
}

impl AttributesMetadataOutput {
    /// The attributes of `entity` in `language`; none of what is not kept here.
    pub(crate) fn of(entity: AttributeEntityTypeEnum, language: &Language) -> Self {
        let attributes = match entity {
            AttributeEntityTypeEnum::Customer => CUSTOMER,
            AttributeEntityTypeEnum::CustomerAddress => ADDRESS,
            AttributeEntityTypeEnum::CatalogProduct
            | AttributeEntityTypeEnum::CatalogCategory
            | AttributeEntityTypeEnum::RmaItem => &[],
        };
        Self {
            errors: List::empty(),
            items: shown(entity, attributes, language),
        }
    }
}

fn shown(
    entity: AttributeEntityTypeEnum,
    attributes: &[FormAttribute],
    language: &Language,
) -> List<CustomAttributeMetadataInterface> {
    let attributes = attributes.iter();
    attributes
        .map(|attribute| attribute.shown(entity, language).into())
        .collect()
}
