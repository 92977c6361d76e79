//! What the attributes of customers, addresses and returns look like in a form.

use async_graphql::{Enum, ID, MergedObject, SimpleObject};

use crate::types::List;
use crate::types::interface::interface;

interface! {
    /// How an attribute is shown and filled in.
    CustomAttributeMetadataInterface of AttributeFields {
        Plain(AttributeMetadata),
        Customer(CustomerAttributeMetadata),
        Return(ReturnItemAttributeMetadata),
    }
}

/// An attribute of anything else: there is none.
#[derive(MergedObject, Clone)]
pub(crate) struct AttributeMetadata(AttributeFields);

/// An attribute of a customer or an address.
#[derive(MergedObject, Clone)]
pub(crate) struct CustomerAttributeMetadata(pub(super) AttributeFields, pub(super) InputFields);

/// An attribute of a return: there is none.
#[derive(MergedObject, Clone)]
pub(crate) struct ReturnItemAttributeMetadata(AttributeFields, InputFields);

/// What every attribute has.
#[derive(SimpleObject, Clone)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AttributeFields {
    /// `firstname`, unique among the attributes of the same kind of thing.
    pub(super) code: ID,
    /// What it is an attribute of.
    pub(super) entity_type: AttributeEntityTypeEnum,
    /// In the language of the store view.
    pub(super) label: Option<String>,
    /// How it is filled in.
    pub(super) frontend_input: Option<AttributeFrontendInputEnum>,
    /// A style that a form gives it: none.
    pub(super) frontend_class: Option<String>,
    /// What stands there first: nothing.
    pub(super) default_value: Option<String>,
    /// Whether it must be filled in.
    pub(super) is_required: bool,
    /// Whether no two may have the same.
    pub(super) is_unique: bool,
    /// What can be chosen from; countries and regions are in `countries`.
    pub(super) options: List<CustomAttributeOptionInterface>,
}

/// How the attribute of a form is read.
#[derive(SimpleObject, Clone)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct InputFields {
    /// What happens to the text before it is kept.
    pub(super) input_filter: Option<InputFilterEnum>,
    /// How many lines it has.
    pub(super) multiline_count: Option<i32>,
    /// Position in the form.
    pub(super) sort_order: Option<i32>,
    /// What it must be like.
    pub(super) validate_rules: Option<List<ValidationRule>>,
}

interface! {
    /// What can be chosen.
    CustomAttributeOptionInterface of AttributeOptionFields { Plain(AttributeOptionMetadata) }
}

/// What can be chosen.
#[derive(MergedObject, Clone)]
pub(crate) struct AttributeOptionMetadata(pub(super) AttributeOptionFields);

/// What every option has.
#[derive(SimpleObject, Clone)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct AttributeOptionFields {
    /// Whether it is chosen first.
    pub(super) is_default: bool,
    /// In the language of the store view.
    pub(super) label: String,
    /// What is sent.
    pub(super) value: String,
}

/// A rule for what is filled in.
#[derive(SimpleObject, Clone)]
pub(crate) struct ValidationRule {
    /// What it is about.
    pub(super) name: Option<ValidationRuleEnum>,
    /// The bound, or the kind of text.
    pub(super) value: Option<String>,
}

/// What has attributes.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeEntityTypeEnum {
    /// Products: there are none here.
    CatalogProduct,
    /// Categories: there are none here.
    CatalogCategory,
    /// Accounts.
    Customer,
    /// Addresses.
    CustomerAddress,
    /// Returned goods: not handled here.
    RmaItem,
}

/// How an attribute is filled in.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AttributeFrontendInputEnum {
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A day and a time.
    Datetime,
    /// A file.
    File,
    /// Pictures.
    Gallery,
    /// Not at all.
    Hidden,
    /// A picture.
    Image,
    /// A picture of a product.
    MediaImage,
    /// Some lines of text.
    Multiline,
    /// Some of a list.
    Multiselect,
    /// An amount.
    Price,
    /// One of a list.
    Select,
    /// A line of text.
    Text,
    /// A long text.
    Textarea,
    /// A weight.
    Weight,
    /// In a way that is not known.
    Undefined,
}

/// What happens to a text before it is kept.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputFilterEnum {
    /// Nothing.
    None,
    /// It is read as a day.
    Date,
    /// It loses space around it.
    Trim,
    /// It loses tags.
    #[graphql(name = "STRIPTAGS")]
    StripTags,
    /// Its tags are escaped.
    #[graphql(name = "ESCAPEHTML")]
    EscapeHtml,
}

/// What a rule is about.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValidationRuleEnum {
    /// The last day.
    DateRangeMax,
    /// The first day.
    DateRangeMin,
    /// Kinds of files.
    FileExtensions,
    /// A kind of text.
    InputValidation,
    /// The longest text, in characters.
    MaxTextLength,
    /// The shortest text, in characters.
    MinTextLength,
    /// The largest file, in bytes.
    MaxFileSize,
    /// The highest picture, in pixels.
    MaxImageHeight,
    /// The widest picture, in pixels.
    MaxImageWidth,
}
