//! The attributes of customers and addresses that every Adobe shop starts with.

use async_graphql::ID;

use super::label;
use crate::adobe::attribute_metadata::AttributeFrontendInputEnum::{
    self, Date, Hidden, Multiline, Select, Text,
};
use crate::adobe::attribute_metadata::{
    AttributeEntityTypeEnum, AttributeFields, AttributeOptionFields, AttributeOptionMetadata,
    CustomAttributeOptionInterface, CustomerAttributeMetadata, InputFields, InputFilterEnum, ValidationRule,
    ValidationRuleEnum,
};
use crate::kit::Language;

/// An attribute of a form.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormAttribute {
    pub(super) code: &'static str,
    input: AttributeFrontendInputEnum,
    required: bool,
    sort_order: i32,
    rules: &'static [Rule],
    filter: InputFilterEnum,
}

type Rule = (ValidationRuleEnum, &'static str);

/// A text of 1 to 255 characters.
const SOME_TEXT: &[Rule] = &[
    (ValidationRuleEnum::MaxTextLength, "255"),
    (ValidationRuleEnum::MinTextLength, "1"),
];
const UP_TO_255: &[Rule] = &[(ValidationRuleEnum::MaxTextLength, "255")];
const EMAIL: &[Rule] = &[(ValidationRuleEnum::InputValidation, "EMAIL")];
const DAY: &[Rule] = &[(ValidationRuleEnum::InputValidation, "DATE")];
const ANY: &[Rule] = &[];

const REQUIRED: bool = true;
const OPTIONAL: bool = false;

/// How many lines the field for the street has.
const STREET_LINES: i32 = 2;

/// The attributes of an account.
pub(super) const CUSTOMER: &[FormAttribute] = &[
    attribute("prefix", Text, OPTIONAL, 30, ANY),
    attribute("firstname", Text, REQUIRED, 40, SOME_TEXT).trimmed(),
    attribute("middlename", Text, OPTIONAL, 50, ANY),
    attribute("lastname", Text, REQUIRED, 60, SOME_TEXT).trimmed(),
    attribute("suffix", Text, OPTIONAL, 70, ANY),
    attribute("email", Text, REQUIRED, 80, EMAIL),
    attribute("dob", Date, OPTIONAL, 90, DAY).a_date(),
    attribute("taxvat", Text, OPTIONAL, 100, UP_TO_255),
    attribute("gender", Select, OPTIONAL, 110, ANY),
];

/// The attributes of an address.
pub(super) const ADDRESS: &[FormAttribute] = &[
    attribute("prefix", Text, OPTIONAL, 10, ANY),
    attribute("firstname", Text, REQUIRED, 20, SOME_TEXT).trimmed(),
    attribute("middlename", Text, OPTIONAL, 30, ANY),
    attribute("lastname", Text, REQUIRED, 40, SOME_TEXT).trimmed(),
    attribute("suffix", Text, OPTIONAL, 50, ANY),
    attribute("company", Text, OPTIONAL, 60, UP_TO_255),
    attribute("street", Multiline, REQUIRED, 70, SOME_TEXT),
    attribute("city", Text, REQUIRED, 80, SOME_TEXT),
    attribute("country_id", Select, REQUIRED, 90, ANY),
    attribute("region", Text, OPTIONAL, 100, ANY),
    attribute("region_id", Hidden, OPTIONAL, 100, ANY),
    attribute("postcode", Text, OPTIONAL, 110, ANY),
    attribute("telephone", Text, REQUIRED, 120, SOME_TEXT),
    attribute("fax", Text, OPTIONAL, 130, UP_TO_255),
    attribute("vat_id", Text, OPTIONAL, 140, ANY),
];

const fn attribute(
    code: &'static str,
    input: AttributeFrontendInputEnum,
    required: bool,
    sort_order: i32,
    rules: &'static [Rule],
) -> FormAttribute {
    FormAttribute {
        code,
        input,
        required,
        sort_order,
        rules,
        filter: InputFilterEnum::None,
    }
}

impl FormAttribute {
    const fn trimmed(self) -> Self {
        let filter = InputFilterEnum::Trim;
        Self { filter, ..self }
    }

    const fn a_date(self) -> Self {
        let filter = InputFilterEnum::Date;
        Self { filter, ..self }
    }

    /// The attribute of `entity` as the schema shows it, in `language`.
    pub(super) fn shown(
        &self,
        entity: AttributeEntityTypeEnum,
        language: &Language,
    ) -> CustomerAttributeMetadata {
        let rules = self.rules.iter().map(|(name, value)| ValidationRule {
            name: Some(*name),
            value: Some((*value).to_owned()),
        });
        let options = label::options(self.code, language);
        let options = options.map(|(value, label)| -> CustomAttributeOptionInterface {
            AttributeOptionMetadata(AttributeOptionFields {
                is_default: false,
                label: label.to_owned(),
                value: value.to_owned(),
            })
            .into()
        });
        CustomerAttributeMetadata(
            AttributeFields {
                code: ID(self.code.to_owned()),
                entity_type: entity,
                label: label::of(self.code, language).map(str::to_owned),
                frontend_input: Some(self.input),
                frontend_class: None,
                default_value: None,
                is_required: self.required,
                is_unique: false,
                options: options.collect(),
            },
            InputFields {
                input_filter: Some(self.filter),
                multiline_count: Some(if self.input == Multiline { STREET_LINES } else { 1 }),
                sort_order: Some(self.sort_order),
                validate_rules: Some(rules.collect()),
            },
        )
    }
}
