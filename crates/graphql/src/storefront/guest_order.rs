//! `guestOrder`: an order by what only its buyer knows (contract section 7).

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use countermand_app::guest_order::GuestOrderKey;

use super::{bad_parameter, not_located};
use crate::context::{app, viewer};
use crate::error::internal;
use crate::types::CustomerOrder;

#[derive(Default)]
pub(crate) struct GuestOrderQuery;

/// What a guest tells about an order. Newer storefronts send the last name, older ones the postcode: one of
/// the two is needed, and what is sent must fit.
#[derive(InputObject)]
pub(crate) struct GuestOrderInformationInput {
    /// The number on the order.
    number: String,
    /// The e-mail address given.
    email: String,
    /// The billing last name.
    lastname: Option<String>,
    /// The billing postcode.
    postcode: Option<String>,
}

/// The older name of `GuestOrderInformationInput`: variables may be declared with it.
#[derive(InputObject)]
pub(crate) struct OrderInformationInput {
    /// The number on the order.
    number: String,
    /// The e-mail address given.
    email: String,
    /// The billing last name.
    lastname: Option<String>,
    /// The billing postcode.
    postcode: Option<String>,
}

#[Object]
impl GuestOrderQuery {
    /// The guest order of the requested store view that fits.
    async fn guest_order(
        &self,
        context: &Context<'_>,
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
        let found = app(context)?
            .guest_order(viewer(context)?, &key)
            .await
            .map_err(internal)?;
        found
            .map(|view| CustomerOrder::new(Arc::new(view)))
            .map_err(not_located)
    }
}

/// What was really told: forms send empty fields too.
fn told(value: Option<&str>) -> Option<&str> {
    value.filter(|value| !value.trim().is_empty())
}
