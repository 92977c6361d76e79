//! How an order is paid.

use super::list::List;
use async_graphql::SimpleObject;
use countermand_domain::Payment;

/// How an order is paid.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct OrderPaymentMethod {
    /// What the shopper saw.
    name: String,
    /// The method's code, `checkmo`.
    #[graphql(name = "type")]
    method: String,
    /// What may be shown beside it.
    additional_data: Option<List<KeyValue>>,
}

/// A named value.
#[derive(SimpleObject)]
pub(crate) struct KeyValue {
    name: Option<String>,
    value: Option<String>,
}

impl From<&Payment> for OrderPaymentMethod {
    fn from(payment: &Payment) -> Self {
        let data = payment.additional_data.iter();
        let data = data.map(|(name, value)| KeyValue {
            name: Some(name.clone()),
            value: Some(value.clone()),
        });
        Self {
            name: payment.title.clone(),
            method: payment.method.clone(),
            additional_data: Some(data.collect()),
        }
    }
}
