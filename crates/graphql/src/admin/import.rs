//! `importOrders`: a manager imports orders.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use countermand_app::orders::import_orders;

use super::staff;
use super::user_error::{UserError, done_or_user_errors};
use crate::kit::RepeatInput;
use crate::kit::context::app;

/// Staff's mutation for imports.
#[derive(Default)]
pub(crate) struct AdminImportMutation;

#[Object]
impl AdminImportMutation {
    /// Imports orders. Each order is imported as a whole or refused as a whole. An order that exists is updated if the
    /// imported one is newer and no change was made to it here; otherwise it is skipped. Of an order that was changed
    /// here, the payment of open invoices is taken over; what else was shipped, paid or refunded elsewhere is reported
    /// once. The caller needs the role `manager`.
    async fn import_orders(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The orders to import, and the store view to which they belong.")]
        input: ImportOrdersInput,
    ) -> Result<ImportOrdersPayload> {
        let viewer = staff(context)?;
        let store_code = input.store_code.as_deref();
        let asked = app(context)?
            .import_orders_as_admin(
                viewer,
                &input.orders,
                store_code,
                input.send_confirmation.unwrap_or(false),
            )
            .await;
        let (summary, user_errors) = done_or_user_errors(asked)?;
        Ok(ImportOrdersPayload::new(summary.unwrap_or_default(), user_errors))
    }
}

/// The orders to import, and their store view.
#[derive(InputObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ImportOrdersInput {
    /// The orders as JSON in the format of `GET /V1/orders` of Adobe's REST API: a whole answer, a single order, an
    /// array of orders, or one order per line.
    orders: String,
    /// The code of the store view to which all orders belong. Null: each order belongs to the store view whose number
    /// is its `store_id`.
    store_code: Option<String>,
    /// Whether the buyer of each new order is mailed a link to the order's page. The default is false.
    #[graphql(default_with = "Some(false)")]
    send_confirmation: Option<bool>,
    #[graphql(flatten)]
    repeat: RepeatInput,
}

/// The result of `importOrders`.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct ImportOrdersPayload {
    /// The number of orders that are new.
    imported: i32,
    /// The number of orders that existed and were replaced by a newer version, or of which open invoices were paid.
    updated: i32,
    /// The number of orders that existed and did not change, because the imported one is not newer or because the order
    /// was changed here.
    skipped: i32,
    /// The number of orders that were changed or canceled here, and that the shop they come from has shipped, was paid
    /// for or has refunded since. They stay as they are here; `needsAttention` lists them.
    needs_attention: i32,
    /// The orders that were refused; at most the first 1,000.
    refused: Vec<RefusedOrder>,
    /// Remarks on imported orders, such as an amount that was rounded; at most the first 1,000. Equal remarks on
    /// several orders are one remark that names the first three of them.
    notes: Vec<String>,
    /// The reasons why the mutation was refused; empty when it was carried out.
    user_errors: Vec<UserError>,
}

/// An order that was not imported, and the reason.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RefusedOrder {
    /// The line of `orders` at which the order starts, counted from 1.
    position: i32,
    /// The number of the order; null when it could not be read.
    number: Option<String>,
    /// The field that caused the refusal, such as `items[3].qty_ordered`; null when no single field caused it.
    field: Option<String>,
    /// The value of the field that caused the refusal, at most 80 characters of it, empty when the field is missing;
    /// null when it is not known.
    value: Option<String>,
    /// The problem, in English; it continues a sentence that begins with `field`, such as `is missing`.
    message: String,
}

impl ImportOrdersPayload {
    fn new(summary: import_orders::ImportSummary, user_errors: Vec<UserError>) -> Self {
        Self {
            imported: int(summary.imported),
            updated: int(summary.updated),
            skipped: int(summary.skipped),
            needs_attention: int(summary.needs_attention),
            refused: summary.refused.into_iter().map(RefusedOrder::from).collect(),
            notes: summary.notes.told().iter().map(ToString::to_string).collect(),
            user_errors,
        }
    }
}

impl From<import_orders::RefusedOrder> for RefusedOrder {
    fn from(refused: import_orders::RefusedOrder) -> Self {
        Self {
            position: int(refused.position),
            number: refused.number.map(String::from),
            field: refused.field,
            value: refused.value,
            message: refused.message,
        }
    }
}

fn int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
