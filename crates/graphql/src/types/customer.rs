//! Customers with an account.

use async_graphql::{ID, MergedObject, Object};

use super::{id, time};
use crate::adobe::AdobeCustomerFields;
use crate::storefront::CustomerOrdersField;

/// A customer with an account.
#[derive(MergedObject)]
pub(crate) struct Customer(Account, CustomerOrdersField, AdobeCustomerFields);

impl Customer {
    /// The account `customer`.
    pub(crate) fn new(customer: countermand_domain::Customer) -> Self {
        Self(Account(customer), CustomerOrdersField, AdobeCustomerFields)
    }
}

/// What an account tells about its owner.
pub(crate) struct Account(countermand_domain::Customer);

#[Object(rename_fields = "snake_case")]
impl Account {
    async fn id(&self) -> ID {
        id::encode(&self.0.id.number())
    }

    /// The address to sign in with.
    async fn email(&self) -> Option<&str> {
        Some(&self.0.email)
    }

    async fn firstname(&self) -> Option<&str> {
        Some(&self.0.firstname)
    }

    async fn lastname(&self) -> Option<&str> {
        Some(&self.0.lastname)
    }

    /// When the account was made, UTC.
    async fn created_at(&self) -> Option<String> {
        Some(time::utc(self.0.created_at))
    }
}
