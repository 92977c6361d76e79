//! `exportCustomer` and `eraseCustomer`: what the shop holds about a person.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::accounts::person::PersonInput;

use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutations of the data of a person.
#[derive(Default)]
pub(crate) struct AdminCustomerDataMutation;

#[Object]
impl AdminCustomerDataMutation {
    /// Exports what the shop holds about a person as one JSON document, and notes this in the audit log. A person with
    /// more than 500 orders is refused; `countermand customer export` has no such limit. The caller needs the role
    /// `manager` for all store views.
    async fn export_customer(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The person whose data are exported: the website, the e-mail address, and whether orders of guests count."
        )]
        input: ExportCustomerInput,
    ) -> Result<ExportCustomerPayload> {
        let viewer = staff(context)?;
        let input = person(input.website_code, input.email, input.include_guest_orders);
        let asked = app(context)?.export_customer(viewer, &input).await;
        let (document, user_errors) = done_or_user_errors(asked)?;
        Ok(ExportCustomerPayload {
            document: document.map(|document| document.to_string()),
            user_errors,
        })
    }

    /// Erases a person: deletes the account with its sessions, and replaces the names, addresses, telephone numbers and
    /// free texts of the orders. The orders keep amounts, items, documents, numbers, dates and countries. This cannot
    /// be undone. The caller needs the role `owner` for all store views.
    async fn erase_customer(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The person whose data are erased: the website, the e-mail address, and whether orders of guests count."
        )]
        input: EraseCustomerInput,
    ) -> Result<EraseCustomerPayload> {
        let viewer = staff(context)?;
        let input = person(input.website_code, input.email, input.include_guest_orders);
        let asked = app(context)?.erase_customer(viewer, &input).await;
        let (erased, user_errors) = done_or_user_errors(asked)?;
        Ok(EraseCustomerPayload {
            erased_orders: erased.map(|erased| i32::try_from(erased.orders).unwrap_or(i32::MAX)),
            is_complete: erased.map(|erased| erased.is_complete),
            user_errors,
        })
    }
}

/// The person whose data are exported: the website, the e-mail address, and whether orders of guests count.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ExportCustomerInput {
    /// The code of the website of the account and of the orders.
    website_code: String,
    /// The e-mail address of the person, whole. The case of the letters A to Z does not matter.
    email: String,
    /// Whether the orders that a guest placed with this address are exported, too. The default is false, because an
    /// address that was typed is no proof of the person.
    #[graphql(default_with = "Some(false)")]
    include_guest_orders: Option<bool>,
}

/// The person whose data are erased: the website, the e-mail address, and whether orders of guests count.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct EraseCustomerInput {
    /// The code of the website of the account and of the orders.
    website_code: String,
    /// The e-mail address of the person, whole. The case of the letters A to Z does not matter.
    email: String,
    /// Whether the orders that a guest placed with this address are erased, too. The default is false.
    #[graphql(default_with = "Some(false)")]
    include_guest_orders: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `exportCustomer`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ExportCustomerPayload {
    /// The document as JSON: the account, the orders with their history, and the entries of the audit log about the
    /// person; null when the mutation was refused.
    document: Option<String>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// The result of `eraseCustomer`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct EraseCustomerPayload {
    /// The number of orders whose buyer was erased by this request, at most 200; null when the mutation was refused.
    erased_orders: Option<i32>,
    /// Whether nothing of the person is left. If false, the request must be repeated: more orders are left, and the
    /// account is still there. Null when the mutation was refused.
    is_complete: Option<bool>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

fn person(website_code: String, email: String, include_guest_orders: Option<bool>) -> PersonInput {
    PersonInput {
        website_code,
        email,
        with_guest_orders: include_guest_orders.unwrap_or(false),
    }
}
