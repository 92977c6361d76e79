//! `customer`: the signed-in customer (`docs/contract.md` section 9).

use async_graphql::{Context, Object, Result};

use crate::kit::context::viewer;
use crate::kit::error::not_a_customer;
use crate::types::Customer;

#[derive(Default)]
pub(crate) struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// The signed-in customer. Null together with an error when no customer is signed in.
    async fn customer(&self, context: &Context<'_>) -> Option<Result<Customer>> {
        Some(viewer(context).and_then(|viewer| {
            let customer = viewer.customer().ok_or_else(not_a_customer)?;
            Ok(Customer::new(customer.clone()))
        }))
    }
}
