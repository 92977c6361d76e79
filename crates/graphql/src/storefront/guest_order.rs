//! `guestOrder`: a guest order by data that its buyer knows (`docs/contract.md` section 7).

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use countermand_app::orders::guest_order::GuestOrderKey;

use super::{bad_parameter, not_located};
use crate::kit::context::{app, viewer};
use crate::kit::error::answered;
use crate::types::CustomerOrder;

#[derive(Default)]
pub(crate) struct GuestOrderQuery;

/// The data by which a guest finds an order. Either `lastname` or `postcode` is needed, and every value that is given
/// must match the order.
#[derive(InputObject)]
pub(crate) struct GuestOrderInformationInput {
    /// The number of the order.
    number: String,
    /// The e-mail address of the buyer, in any case of letters.
    email: String,
    /// The last name in the billing address, in any case of letters; null or empty if `postcode` is given.
    lastname: Option<String>,
    /// The postcode in the billing address, in any case of letters; null or empty if `lastname` is given.
    postcode: Option<String>,
}

/// The older name of `GuestOrderInformationInput`, with the same fields. Older storefronts declare their variables
/// with it.
#[derive(InputObject)]
pub(crate) struct OrderInformationInput {
    /// The number of the order.
    number: String,
    /// The e-mail address of the buyer, in any case of letters.
    email: String,
    /// The last name in the billing address, in any case of letters; null or empty if `postcode` is given.
    lastname: Option<String>,
    /// The postcode in the billing address, in any case of letters; null or empty if `lastname` is given.
    postcode: Option<String>,
}

#[Object]
impl GuestOrderQuery {
    /// Finds a guest order of the requested store view by its number and data of its buyer. The answer is an error
    /// when no such order exists or when the order belongs to an account.
    async fn guest_order(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The number of the order, and data of its buyer.")]
        input: GuestOrderInformationInput,
    ) -> Result<CustomerOrder> {
        let lastname = told(input.lastname.as_deref());
        let postcode = told(input.postcode.as_deref());
        if lastname.is_none() && postcode.is_none() {
            return Err(bad_parameter("lastname"));
        }
        let key = GuestOrderKey {
            number: &input.number,
            email: &input.email,
            lastname,
            postcode,
        };
        let found = app(context)?.guest_order(viewer(context)?, &key).await;
        answered(found)?
            .map(|view| CustomerOrder::new(Arc::new(view)))
            .map_err(not_located)
    }
}

/// `value`, unless it is blank: forms of storefronts send empty fields, too.
fn told(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}
