//! The name of an order's buyer.

use async_graphql::SimpleObject;
use countermand_domain::OrderCustomer;

/// Name of an order's buyer, as it was when the order was placed.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OrderCustomerInfo {
    /// Given name of the buyer; the one of the billing address when the order states no other.
    firstname: String,
    /// Family name of the buyer; the one of the billing address when the order states no other. Never null.
    lastname: Option<String>,
    /// Middle name of the buyer; null when the order states none.
    middlename: Option<String>,
    /// Title before the name, such as `Dr.`; null when the order states none.
    prefix: Option<String>,
    /// Addition after the name, such as `Jr.`; null when the order states none.
    suffix: Option<String>,
}

impl From<&OrderCustomer> for OrderCustomerInfo {
    fn from(customer: &OrderCustomer) -> Self {
        Self {
            firstname: customer.firstname.clone(),
            lastname: Some(customer.lastname.clone()),
            middlename: customer.middlename.clone(),
            prefix: customer.prefix.clone(),
            suffix: customer.suffix.clone(),
        }
    }
}
