//! Addresses as they were when the order was placed.

use async_graphql::{ID, SimpleObject};
use countermand_domain::Address;

use super::CountryCodeEnum;
use super::list::List;
use crate::adobe::AttributeValueInterface;

/// Where an invoice or a parcel goes.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderAddress {
    firstname: String,
    lastname: String,
    middlename: Option<String>,
    /// `Dr.`
    prefix: Option<String>,
    /// `Jr.`
    suffix: Option<String>,
    company: Option<String>,
    /// Street lines.
    street: List<String>,
    city: String,
    /// The region's name.
    region: Option<String>,
    /// The region's id in the shop that the order came from.
    region_id: Option<ID>,
    postcode: Option<String>,
    /// The country; absent for a code that names none.
    country_code: Option<CountryCodeEnum>,
    telephone: Option<String>,
    fax: Option<String>,
    /// VAT number.
    vat_id: Option<String>,
    /// Attributes that an extension added: none.
    #[graphql(name = "custom_attributesV2")]
    custom_attributes: List<AttributeValueInterface>,
}

impl From<&Address> for OrderAddress {
    fn from(address: &Address) -> Self {
        let address = address.clone();
        Self {
            firstname: address.firstname,
            lastname: address.lastname,
            middlename: address.middlename,
            prefix: address.prefix,
            suffix: address.suffix,
            company: address.company,
            street: address.street.into(),
            city: address.city,
            region: address.region,
            region_id: address.region_id.map(ID),
            postcode: address.postcode,
            country_code: CountryCodeEnum::from_code(&address.country),
            telephone: address.telephone,
            fax: address.fax,
            vat_id: address.vat_id,
            custom_attributes: List::empty(),
        }
    }
}
