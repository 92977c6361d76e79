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
    /// The payment methods of an order, that of its first tender first, which has the details.
    pub(crate) fn all(view: &OrderView) -> List<Self> {
        let payment = &view.order.payment;
        let methods = payment.all_tenders().map(|tender| {
            let data = payment.additional_data.iter().filter(|_| tender.position == 0);
            let data = data.map(|(name, value)| KeyValue {
                name: Some(name.clone()),
                value: Some(value.clone()),
            });
            Self {
                name: view.tender_name(tender.position),
                method: tender.method.to_owned(),
                additional_data: Some(data.collect()),
            }
        });
        methods.collect()
    }
}
