//! The payment method of an order.

use crate::kit::List;
use async_graphql::SimpleObject;
use countermand_app::OrderView;

/// Payment method of an order.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderPaymentMethod {
    /// Name of the payment method as the buyer saw it, such as `Check / Money order`; without one, the name that staff
    /// set for the method's code (`payment_method_names`), or the code itself.
    name: String,
    /// Code of the payment method, such as `checkmo`.
    #[graphql(name = "type")]
    method: String,
    /// Details of the payment that storefronts may show; empty when there are none. Never null.
    additional_data: Option<List<KeyValue>>,
}

/// A named detail of a payment.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct KeyValue {
    /// Name of the detail. Never null.
    name: Option<String>,
    /// Text of the detail. Never null.
    value: Option<String>,
}

impl OrderPaymentMethod {
    /// The payment method of an order.
    pub(crate) fn of(view: &OrderView) -> Self {
        let payment = &view.order.payment;
        let data = payment.additional_data.iter();
        let data = data.map(|(name, value)| KeyValue {
            name: Some(name.clone()),
            value: Some(value.clone()),
        });
        Self {
            name: view.payment_method_name(),
            method: payment.method.clone(),
            additional_data: Some(data.collect()),
        }
    }
}
