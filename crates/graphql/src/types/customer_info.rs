//! Who bought, as the order tells.

use async_graphql::SimpleObject;
use countermand_domain::OrderCustomer;

/// Who bought.
#[derive(SimpleObject)]
pub(crate) struct OrderCustomerInfo {
    firstname: String,
    lastname: Option<String>,
    middlename: Option<String>,
    /// `Dr.`
    prefix: Option<String>,
    /// `Jr.`
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
