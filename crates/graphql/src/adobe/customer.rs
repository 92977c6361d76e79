//! Fields of customers about addresses, companies, returns and assistance: empty.

use async_graphql::{ID, Object};

use super::attribute::AttributeValueInterface;
use super::company::{CompanyRole, CompanyUserStatusEnum};
use super::nothing::{constant_object, no_such_object};
use super::returns::Returns;
use crate::types::{CountryCodeEnum, List};

/// What Adobe's customers have beside ours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdobeCustomerFields;

#[Object(rename_fields = "snake_case")]
impl AdobeCustomerFields {
    /// Addresses are kept with orders only.
    async fn addresses(&self) -> Option<List<CustomerAddress>> {
        Some(List::empty())
    }

    async fn allow_remote_shopping_assistance(&self) -> bool {
        false
    }

    async fn custom_attributes(&self) -> Option<List<AttributeValueInterface>> {
        Some(List::empty())
    }

    async fn date_of_birth(&self) -> Option<String> {
        None
    }

    async fn default_billing(&self) -> Option<String> {
        None
    }

    async fn default_shipping(&self) -> Option<String> {
        None
    }

    async fn gender(&self) -> Option<i32> {
        None
    }

    /// The one group that every account is in.
    async fn group(&self) -> Option<CustomerGroupStorefront> {
        Some(CustomerGroupStorefront)
    }

    async fn is_subscribed(&self) -> Option<bool> {
        Some(false)
    }

    async fn middlename(&self) -> Option<String> {
        None
    }

    async fn prefix(&self) -> Option<String> {
        None
    }

    async fn purchase_orders_enabled(&self) -> bool {
        false
    }

    /// Returns are not handled here: none.
    async fn returns(
        &self,
        #[graphql(name = "pageSize", default = 20)] page_size: i32,
        #[graphql(name = "currentPage", default = 1)] current_page: i32,
    ) -> Option<Returns> {
        Some(Returns::none(current_page, page_size))
    }

    async fn role(&self) -> Option<CompanyRole> {
        None
    }

    async fn status(&self) -> Option<CompanyUserStatusEnum> {
        None
    }

    async fn suffix(&self) -> Option<String> {
        None
    }

    async fn taxvat(&self) -> Option<String> {
        None
    }
}

constant_object! {
    /// A group of customers.
    CustomerGroupStorefront { uid: ID = ID("MQ==".to_owned()) }
}

no_such_object! {
    /// An address of an account.
    CustomerAddress {
        id: Option<i32>,
        uid: Option<ID>,
        firstname: Option<String>,
        lastname: Option<String>,
        middlename: Option<String>,
        prefix: Option<String>,
        suffix: Option<String>,
        company: Option<String>,
        street: Option<List<String>>,
        city: Option<String>,
        postcode: Option<String>,
        region: Option<CustomerAddressRegion>,
        country_code: Option<CountryCodeEnum>,
        telephone: Option<String>,
        fax: Option<String>,
        vat_id: Option<String>,
        default_billing: Option<bool>,
        default_shipping: Option<bool>,
        extension_attributes: Option<List<CustomerAddressAttribute>>,
        #[graphql(name = "custom_attributesV2")]
        custom_attributes: List<AttributeValueInterface>,
    }

    /// A region of a country.
    CustomerAddressRegion { region: Option<String>, region_code: Option<String>, region_id: Option<i32> }

    /// An attribute that an extension added to an address.
    CustomerAddressAttribute { attribute_code: Option<String>, value: Option<String> }
}
