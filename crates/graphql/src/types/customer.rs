//! Customers with an account.

use async_graphql::{ID, MergedObject, Object};

use super::adobe_customer::AdobeCustomerFields;
use super::customer_orders_field::CustomerOrdersField;
use super::returns::ReturnsField;
use super::subscription::CustomerSubscriptionsField;
use crate::kit::{id, time};

/// A customer who has an account.
#[derive(MergedObject)]
#[graphql(serial)]
pub(crate) struct Customer(
    AdobeCustomerFields,
    ReturnsField,
    Account,
    CustomerOrdersField,
    CustomerSubscriptionsField,
);

impl Customer {
    /// The customer that the account `customer` belongs to.
    pub(crate) fn new(customer: countermand_domain::Customer) -> Self {
        Self(
            AdobeCustomerFields,
            ReturnsField,
            Account(customer),
            CustomerOrdersField,
            CustomerSubscriptionsField,
        )
    }
}

/// The fields that the account itself holds.
pub(crate) struct Account(countermand_domain::Customer);

#[Object(rename_fields = "snake_case")]
impl Account {
    /// Id of the account, base64 of a decimal number.
    async fn id(&self) -> ID {
        id::encode(&self.0.id.number())
    }

    /// E-mail address that the customer signs in with, in lower case. Never null.
    async fn email(&self) -> Option<&str> {
        Some(&self.0.email)
    }

    /// Given name of the customer. Never null.
    async fn firstname(&self) -> Option<&str> {
        Some(&self.0.firstname)
    }

    /// Family name of the customer. Never null.
    async fn lastname(&self) -> Option<&str> {
        Some(&self.0.lastname)
    }

    /// When the account was made, in UTC, as `YYYY-MM-DD HH:MM:SS`. Never null.
    async fn created_at(&self) -> Option<String> {
        Some(time::utc(self.0.created_at))
    }
}
