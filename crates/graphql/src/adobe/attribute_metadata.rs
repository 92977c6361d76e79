//! How the attributes of customers, addresses and returned items are shown and filled in.

use async_graphql::{Enum, ID, MergedObject, SimpleObject};

use crate::kit::List;
use crate::kit::interface::interface;

interface! {
    /// An attribute of a form: its name, how it is shown and how it is filled in.
    CustomAttributeMetadataInterface of AttributeFields {
        Plain(AttributeMetadata),
        Customer(CustomerAttributeMetadata),
        Return(ReturnItemAttributeMetadata),
    }
}

/// An attribute of neither a customer, an address nor a returned item. Never present: this shop has no such attributes.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct AttributeMetadata(AttributeFields);

/// An attribute of a customer or of an address.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct CustomerAttributeMetadata(pub(super) AttributeFields, pub(super) InputFields);

/// An attribute of a returned item. Never present: this shop does not handle returns.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct ReturnItemAttributeMetadata(AttributeFields, InputFields);

/// The fields that every attribute has.
#[derive(SimpleObject, Clone)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct AttributeFields {
    /// Code of the attribute, such as `firstname`; unique among the attributes of one entity type.
    pub(super) code: ID,
    /// What the attribute belongs to: in this shop a customer or an address.
    pub(super) entity_type: AttributeEntityTypeEnum,
    /// Name of the attribute in the language of the store view, if that is Dutch or
    /// Swedish, and in English otherwise. Never null.
    pub(super) label: Option<String>,
    /// Kind of form field that fills in the attribute. Never null.
    pub(super) frontend_input: Option<AttributeFrontendInputEnum>,
    /// Always null: this shop gives form fields no CSS class.
    pub(super) frontend_class: Option<String>,
    /// Always null: form fields start empty.
    pub(super) default_value: Option<String>,
    /// Whether the form field must be filled in.
    pub(super) is_required: bool,
    /// Always false: two customers or addresses may have the same value.
    pub(super) is_unique: bool,
    /// Values to choose from, for `gender` only; empty for every other attribute.
    /// The query `countries` has countries and regions.
    pub(super) options: List<CustomAttributeOptionInterface>,
}

/// How a form field treats what is filled in.
#[derive(SimpleObject, Clone)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct InputFields {
    /// What happens to the text that is filled in: `TRIM` for `firstname` and `lastname`, `DATE` for `dob`, `NONE`
    /// for every other attribute. Never null.
    pub(super) input_filter: Option<InputFilterEnum>,
    /// Number of lines of the form field: 2 for `street`, 1 for every other attribute. Never null.
    pub(super) multiline_count: Option<i32>,
    /// Position of the attribute in the form, lowest first. Never null.
    pub(super) sort_order: Option<i32>,
    /// Rules for what is filled in; empty when there are none. Never null.
    pub(super) validate_rules: Option<List<ValidationRule>>,
}

interface! {
    /// A value that a form field offers to choose.
    CustomAttributeOptionInterface of AttributeOptionFields { Plain(AttributeOptionMetadata) }
}

/// A value that a form field offers to choose.
#[derive(MergedObject, Clone)]
#[graphql(serial)]
pub(crate) struct AttributeOptionMetadata(pub(super) AttributeOptionFields);

/// The fields that every option has.
#[derive(SimpleObject, Clone)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct AttributeOptionFields {
    /// Always false: no option is chosen when the form opens.
    pub(super) is_default: bool,
    /// Name of the option in the language of the store view, if that is Dutch or Swedish, and in English otherwise.
    pub(super) label: String,
    /// Value that is sent when the option is chosen, such as `1`.
    pub(super) value: String,
}

/// A rule for what is filled in.
#[derive(SimpleObject, Clone)]
#[graphql(serial)]
pub(crate) struct ValidationRule {
    /// What the rule limits. Never null.
    pub(super) name: Option<ValidationRuleEnum>,
    /// Limit that the rule sets, such as `255`, or the kind of text that it asks for, such as `EMAIL`. Never null.
    pub(super) value: Option<String>,
}

/// What an attribute belongs to.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeEntityTypeEnum {
    /// A product. This shop has no product catalog and so no such attributes.
    CatalogProduct,
    /// A category of products. This shop has no product catalog and so no such attributes.
    CatalogCategory,
    /// A customer with an account.
    Customer,
    /// An address of a customer.
    CustomerAddress,
    /// A returned item. This shop does not handle returns and so has no such attributes.
    RmaItem,
}

/// Kind of form field that fills in an attribute.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeFrontendInputEnum {
    /// A choice of yes or no. No form of this shop has such a field.
    Boolean,
    /// A calendar date without a time of day.
    Date,
    /// A date with a time. No form of this shop has such a field.
    Datetime,
    /// A file. No form of this shop has such a field.
    File,
    /// Several pictures. No form of this shop has such a field.
    Gallery,
    /// A field that the form does not show.
    Hidden,
    /// A picture. No form of this shop has such a field.
    Image,
    /// A picture of a product. No form of this shop has such a field.
    MediaImage,
    /// A text of several lines, each with a field of its own.
    Multiline,
    /// A choice of several values from a list. No form of this shop has such a field.
    Multiselect,
    /// An amount of money. No form of this shop has such a field.
    Price,
    /// A choice of one value from a list.
    Select,
    /// A text of one line, without formatting.
    Text,
    /// A long text in one field. No form of this shop has such a field.
    Textarea,
    /// A weight. No form of this shop has such a field.
    Weight,
    /// A field of unknown kind. No form of this shop has such a field.
    Undefined,
}

/// What happens to a text that is filled in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputFilterEnum {
    /// The text stays as it is.
    None,
    /// The text is read as a date.
    Date,
    /// The text loses the spaces at its start and its end.
    Trim,
    /// The text loses its HTML tags. No form of this shop uses this filter.
    #[graphql(name = "STRIPTAGS")]
    StripTags,
    /// The text has its HTML tags escaped. No form of this shop uses this filter.
    #[graphql(name = "ESCAPEHTML")]
    EscapeHtml,
}

/// What a validation rule limits.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValidationRuleEnum {
    /// The latest date allowed. No form of this shop uses this rule.
    DateRangeMax,
    /// The earliest date allowed. No form of this shop uses this rule.
    DateRangeMin,
    /// The kinds of files allowed, by file name extension. No form of this shop uses this rule.
    FileExtensions,
    /// The kind of text allowed: `EMAIL` or `DATE`.
    InputValidation,
    /// The largest length of the text, in characters.
    MaxTextLength,
    /// The smallest length of the text, in characters.
    MinTextLength,
    /// The largest size of the file, in bytes. No form of this shop uses this rule.
    MaxFileSize,
    /// The largest height of the picture, in pixels. No form of this shop uses this rule.
    MaxImageHeight,
    /// The largest width of the picture, in pixels. No form of this shop uses this rule.
    MaxImageWidth,
}
