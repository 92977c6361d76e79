//! A postal address of an order, as it was when the order was placed.

use async_graphql::{ID, SimpleObject};
use countermand_domain::Address;

use crate::adobe::AttributeValueInterface;
use crate::kit::CountryCodeEnum;
use crate::kit::List;

/// A billing or shipping address of an order, as it was when the order was placed.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderAddress {
    /// Given name of the person at the address; empty when the address has none.
    firstname: String,
    /// Family name of the person at the address; empty when the address has none.
    lastname: String,
    /// Middle name of the person at the address; null when the address has none.
    middlename: Option<String>,
    /// Title before the name, such as `Dr.`; null when the address has none.
    prefix: Option<String>,
    /// Addition after the name, such as `Jr.`; null when the address has none.
    suffix: Option<String>,
    /// Name of the company at the address; null when the address has none.
    company: Option<String>,
    /// Street and house number, one entry for each line; empty when the address has none.
    street: List<String>,
    /// Name of the city or town; empty when the address has none.
    city: String,
    /// Name of the state, province or county; null when the address has none.
    region: Option<String>,
    /// Id of the region in the shop that the order was imported from, which is not the `id` of a `Region` of this
    /// API; null when the address has none.
    region_id: Option<ID>,
    /// Postal code or ZIP code; null when the address has none.
    postcode: Option<String>,
    /// ISO 3166-1 code of the country, two letters; null when the address has no
    /// country, or a code that ISO 3166-1 does not list.
    country_code: Option<CountryCodeEnum>,
    /// Telephone number as the buyer wrote it; null when the address has none.
    telephone: Option<String>,
    /// Fax number as the buyer wrote it; null when the address has none.
    fax: Option<String>,
    /// VAT number of the buyer at this address; null when the address has none.
    vat_id: Option<String>,
    /// Always empty: this shop keeps no custom attributes of addresses.
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
