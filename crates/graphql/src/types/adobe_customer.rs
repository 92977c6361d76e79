//! Fields of customers about addresses, companies and shopping assistance: this shop has no data for them.

use async_graphql::{ID, Object};

use crate::adobe::AttributeValueInterface;
use crate::adobe::{CompanyRole, CompanyUserStatusEnum};
use crate::kit::nothing::{constant_object, no_such_object};
use crate::kit::{CountryCodeEnum, List};

/// The fields that Adobe's customers have and that this shop has no data for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdobeCustomerFields;

#[Object(rename_fields = "snake_case")]
impl AdobeCustomerFields {
    /// Always empty: this shop keeps addresses with orders, not with accounts.
    async fn addresses(&self) -> Option<List<CustomerAddress>> {
        Some(List::empty())
    }

    /// Always false: this shop has no shopping assistance, in which staff acts as the customer.
    async fn allow_remote_shopping_assistance(&self) -> bool {
        false
    }

    /// Always empty: this shop keeps no custom attributes of customers.
    async fn custom_attributes(&self) -> Option<List<AttributeValueInterface>> {
        Some(List::empty())
    }

    /// Always null: this shop keeps no dates of birth.
    async fn date_of_birth(&self) -> Option<String> {
        None
    }

    /// Always null: this shop keeps addresses with orders, not with accounts.
    async fn default_billing(&self) -> Option<String> {
        None
    }

    /// Always null: this shop keeps addresses with orders, not with accounts.
    async fn default_shipping(&self) -> Option<String> {
        None
    }

    /// Always null: this shop does not keep the gender of customers.
    async fn gender(&self) -> Option<i32> {
        None
    }

    /// Group of customers that the account belongs to, the same for every account. Never null.
    async fn group(&self) -> Option<CustomerGroupStorefront> {
        Some(CustomerGroupStorefront)
    }

    /// Always false: this shop has no newsletter.
    async fn is_subscribed(&self) -> Option<bool> {
        Some(false)
    }

    /// Always null: this shop keeps only the given name and the family name of an account.
    async fn middlename(&self) -> Option<String> {
        None
    }

    /// Always null: this shop keeps only the given name and the family name of an account.
    async fn prefix(&self) -> Option<String> {
        None
    }

    /// Always false: this shop does not handle purchase orders of companies.
    async fn purchase_orders_enabled(&self) -> bool {
        false
    }

    /// Always null: this shop has no companies.
    async fn role(&self) -> Option<CompanyRole> {
        None
    }

    /// Always null: this shop has no companies.
    async fn status(&self) -> Option<CompanyUserStatusEnum> {
        None
    }

    /// Always null: this shop keeps only the given name and the family name of an account.
    async fn suffix(&self) -> Option<String> {
        None
    }

    /// Always null: this shop keeps no VAT numbers of accounts.
    async fn taxvat(&self) -> Option<String> {
        None
    }
}

constant_object! {
    /// A group of customers. This shop has one group, and every account belongs to it.
    CustomerGroupStorefront {
        /// Id of the group: always `MQ==`, which is base64 of `1`.
        uid: ID = ID("MQ==".to_owned()),
    }
}

no_such_object! {
    /// An address of an account. Never present: this shop keeps addresses with orders, not with accounts.
    CustomerAddress {
        /// Number of the address. Never present: accounts of this shop have no addresses.
        id: Option<i32>,
        /// Id of the address. Never present: accounts of this shop have no addresses.
        uid: Option<ID>,
        /// Given name of the person at the address. Never present: accounts of this shop have no addresses.
        firstname: Option<String>,
        /// Family name of the person at the address. Never present: accounts of this shop have no addresses.
        lastname: Option<String>,
        /// Middle name of the person at the address. Never present: accounts of this shop have no addresses.
        middlename: Option<String>,
        /// Title before the name, such as `Dr.`. Never present: accounts of this shop have no addresses.
        prefix: Option<String>,
        /// Addition after the name, such as `Jr.`. Never present: accounts of this shop have no addresses.
        suffix: Option<String>,
        /// Name of the company at the address. Never present: accounts of this shop have no addresses.
        company: Option<String>,
        /// Street and house number, one entry for each line. Never present: accounts of this shop have no addresses.
        street: Option<List<String>>,
        /// Name of the city or town. Never present: accounts of this shop have no addresses.
        city: Option<String>,
        /// Postal code or ZIP code. Never present: accounts of this shop have no addresses.
        postcode: Option<String>,
        /// State, province or county. Never present: accounts of this shop have no addresses.
        region: Option<CustomerAddressRegion>,
        /// ISO 3166-1 code of the country, two letters. Never present: accounts of this shop have no addresses.
        country_code: Option<CountryCodeEnum>,
        /// Telephone number. Never present: accounts of this shop have no addresses.
        telephone: Option<String>,
        /// Fax number. Never present: accounts of this shop have no addresses.
        fax: Option<String>,
        /// VAT number of the customer at this address. Never present: accounts of this shop have no addresses.
        vat_id: Option<String>,
        /// Whether the customer uses this address for invoices. Never present: accounts of this shop have no addresses.
        default_billing: Option<bool>,
        /// Whether the customer uses this address for shipments. Never
        /// present: accounts of this shop have no addresses.
        default_shipping: Option<bool>,
        /// Attributes that an extension added to the address. Never present: accounts of this shop have no addresses.
        extension_attributes: Option<List<CustomerAddressAttribute>>,
        /// Custom attributes of the address. Never present: accounts of this shop have no addresses.
        #[graphql(name = "custom_attributesV2")]
        custom_attributes: List<AttributeValueInterface>,
    }

    /// The state, province or county of an account's address. Never present: accounts of this shop have no addresses.
    CustomerAddressRegion {
        /// Name of the region. Never present: accounts of this shop have no addresses.
        region: Option<String>,
        /// Code of the region, such as `CA`. Never present: accounts of this shop have no addresses.
        region_code: Option<String>,
        /// Number of the region. Never present: accounts of this shop have no addresses.
        region_id: Option<i32>,
    }

    /// An attribute that an extension added to an address. Never present: accounts of this shop have no addresses.
    CustomerAddressAttribute {
        /// Code of the attribute. Never present: accounts of this shop have no addresses.
        attribute_code: Option<String>,
        /// Value of the attribute. Never present: accounts of this shop have no addresses.
        value: Option<String>,
    }
}
