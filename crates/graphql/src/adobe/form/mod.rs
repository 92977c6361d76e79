//! The attributes of the forms that storefronts build for customers and addresses, in the language of a store view.

mod attribute;
mod label;

use async_graphql::{Enum, SimpleObject};

use self::attribute::{ADDRESS, CUSTOMER, FormAttribute};
use super::attribute_metadata::{AttributeEntityTypeEnum, CustomAttributeMetadataInterface};
use crate::kit::Language;
use crate::kit::List;

/// The attributes of a form, or an error when there is no such form.
#[derive(SimpleObject)]
pub(crate) struct AttributesFormOutput {
    /// Why attributes are missing: one entry when there is no such form, otherwise empty.
    errors: List<AttributeMetadataError>,
    /// Attributes of the form, sorted by `sort_order`; empty when there is no such form.
    items: List<CustomAttributeMetadataInterface>,
}

/// The attributes of an entity type, such as a customer.
#[derive(SimpleObject)]
pub(crate) struct AttributesMetadataOutput {
    /// Always empty: every entity type is known.
    errors: List<AttributeMetadataError>,
    /// Attributes of the entity type, sorted by `sort_order`; empty for products, categories and returned items,
    /// which this shop does not have.
    items: List<CustomAttributeMetadataInterface>,
}

/// Why attributes are missing.
#[derive(SimpleObject)]
pub(crate) struct AttributeMetadataError {
    /// Why attributes are missing, as a message for people, in English.
    message: String,
    /// Why attributes are missing, as a code for programs.
    #[graphql(name = "type")]
    kind: AttributeMetadataErrorType,
}

/// Why attributes are missing.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeMetadataErrorType {
    /// The shop has no form with the given code.
    EntityNotFound,
    /// There is no such attribute. Never used: this shop does not search for single attributes.
    AttributeNotFound,
    /// There is no such filter. Never used: this shop does not filter attributes.
    FilterNotFound,
    /// The attributes are missing for another reason. Never used in this shop.
    Undefined,
}

impl AttributesFormOutput {
    /// The form called `code` in `language`; an error beside an empty list when there is no such form.
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
    /// The attributes of `entity` in `language`; an empty list for entity types that this shop does not have.
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
