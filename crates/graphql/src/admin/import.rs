//! A manager brings orders in.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::import_orders;
use countermand_domain::StaffRole;

use super::staff;
use super::user_error::{UserError, answer};
use crate::context::app;

/// Staff's imports.
#[derive(Default)]
pub(crate) struct AdminImportMutation;

#[Object]
impl AdminImportMutation {
    /// Brings orders in; each enters whole or not at all, and one that is here already is counted only. Needs
    /// the role `manager`.
    async fn import_orders(
        &self,
        context: &Context<'_>,
        input: ImportOrdersInput,
    ) -> Result<ImportOrdersPayload> {
        let viewer = staff(context, StaffRole::Manager)?;
        let store_code = input.store_code.as_deref();
        let asked = app(context)?
            .import_orders_as_admin(
                viewer,
                &input.orders,
                store_code,
                input.send_confirmation.unwrap_or(false),
            )
            .await;
        let (summary, user_errors) = answer(asked)?;
        Ok(ImportOrdersPayload::new(summary.unwrap_or_default(), user_errors))
    }
}

/// What to bring in.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ImportOrdersInput {
    /// JSON in the REST shape of `GET /V1/orders`: an answer, an order, an array, or lines of orders.
    orders: String,
    /// The store view they belong to; else each order says so itself.
    store_code: Option<String>,
    /// Mail the buyers of new orders a link to look at them with.
    #[graphql(default_with = "Some(false)")]
    send_confirmation: Option<bool>,
}

/// What came of each order.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ImportOrdersPayload {
    /// New ones.
    imported: i32,
    /// Ones that were here and are newer now.
    updated: i32,
    /// Ones that stay as they were here.
    skipped: i32,
    /// Ones that did not enter: the first thousand.
    refused: Vec<RefusedOrder>,
    /// Remarks on orders that entered, on what was rounded: the first thousand.
    notes: Vec<String>,
    user_errors: Vec<UserError>,
}

/// An order that did not enter, and why.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RefusedOrder {
    /// The line of the text that it starts at, from 1.
    position: i32,
    /// The order's number, if it was readable.
    number: Option<String>,
    /// The field that was refused.
    field: Option<String>,
    /// What stood in it.
    value: Option<String>,
    message: String,
}

impl ImportOrdersPayload {
    fn new(summary: import_orders::ImportSummary, user_errors: Vec<UserError>) -> Self {
        Self {
            imported: int(summary.imported),
            updated: int(summary.updated),
            skipped: int(summary.skipped),
            refused: summary.refused.into_iter().map(RefusedOrder::from).collect(),
            notes: summary.notes,
            user_errors,
        }
    }
}

impl From<import_orders::RefusedOrder> for RefusedOrder {
    fn from(refused: import_orders::RefusedOrder) -> Self {
        Self {
            position: int(refused.position),
            number: refused.number,
            field: refused.field,
            value: refused.value,
            message: refused.message,
        }
    }
}

fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
