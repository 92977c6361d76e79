//! Fields and types that Adobe's storefronts select and that this shop has no
//! data for: their values are empty or constant.
//!
//! A document that names one unknown field fails as a whole, so the schema must have all of these fields
//! (`docs/contract.md` section 14). The forms of customers and addresses are here too, because they are the
//! constants that every Adobe shop starts with.

mod attribute;
mod attribute_metadata;
mod company;
mod form;
mod gift;
mod product;
mod recaptcha;
mod store_config;
mod tax;

pub(crate) use attribute::AttributeValueInterface;
pub(crate) use attribute_metadata::AttributeEntityTypeEnum;
pub(crate) use company::{CompanyRole, CompanyUserStatusEnum};
pub(crate) use form::{AttributesFormOutput, AttributesMetadataOutput};
pub(crate) use gift::{ApplyGiftCardToOrder, GiftMessage, GiftOptionsPrices, GiftWrapping};
pub(crate) use product::ProductInterface;
pub(crate) use recaptcha::ReCaptchaConfigurationV3;
pub(crate) use store_config::{
    CatalogSettings, CheckoutSettings, ContentSettings, CustomerSettings, SalesSettings,
};
pub(crate) use tax::FixedProductTax;
