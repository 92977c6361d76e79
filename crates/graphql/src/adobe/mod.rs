//! What Adobe's storefronts select and this shop has nothing to say about: the types exist, the answers are empty.
//!
//! A document that names one unknown field fails as a whole, so all of it must be in the schema
//! (contract section 14). Forms are here too: they are constants that every shop of theirs starts with.

mod attribute;
mod attribute_metadata;
mod company;
mod customer;
mod form;
mod gift;
mod nothing;
mod order;
mod product;
mod recaptcha;
mod returns;
mod store_config;
mod tax;

pub(crate) use attribute::AttributeValueInterface;
pub(crate) use attribute_metadata::AttributeEntityTypeEnum;
pub(crate) use customer::AdobeCustomerFields;
pub(crate) use form::{AttributesFormOutput, AttributesMetadataOutput};
pub(crate) use gift::{GiftMessage, GiftOptionsPrices, GiftWrapping};
pub(crate) use order::AdobeOrderFields;
pub(crate) use product::ProductInterface;
pub(crate) use recaptcha::ReCaptchaConfigurationV3;
pub(crate) use store_config::{
    CatalogSettings, CheckoutSettings, ContentSettings, CustomerSettings, SalesSettings,
};
pub(crate) use tax::FixedProductTax;
