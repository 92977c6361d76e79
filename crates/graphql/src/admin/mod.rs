//! Staff's part of the schema: settings, orders and changes to them, what is owed, imports, the shop's structure, the
//! audit log.

mod abandon_obligation;
mod admin_order;
mod attention_item;
mod attention_reason;
mod bulk;
mod bulk_list;
mod cancel_orders;
mod cancellation_report;
mod cancellation_requests;
mod channel_order;
mod channels;
mod config;
mod config_change;
mod cursor;
mod customer_data;
mod delivery;
mod fulfilment;
mod import;
mod jobs;
mod obligations;
mod one_reason;
mod order_input;
mod order_work;
mod orders;
mod orders_filter;
mod page;
mod payment_providers;
mod provider_state;
mod reason_mapping;
mod reason_rules;
mod settings;
mod shop;
mod shop_change;
mod shop_structure;
mod simulate_policy;
mod time_range;
mod trail;
mod webhook_log;
mod webhooks;

use async_graphql::{Context, MergedObject};
use countermand_app::{AppError, StaffOperation, Viewer};

use crate::kit::error::internal;
use crate::types::user_error;

/// The queries for staff.
#[derive(MergedObject, Default)]
pub(crate) struct AdminQuery(
    bulk_list::AdminBulkQuery,
    cancellation_report::AdminReportQuery,
    cancellation_requests::AdminRequestQuery,
    channels::AdminChannelQuery,
    config::AdminConfigQuery,
    jobs::AdminJobQuery,
    obligations::AdminObligationQuery,
    orders::AdminOrderQuery,
    payment_providers::AdminPaymentProviderQuery,
    reason_mapping::AdminReasonMappingQuery,
    settings::AdminSettingsQuery,
    shop_structure::AdminShopQuery,
    simulate_policy::AdminPolicyQuery,
    trail::AdminTrailQuery,
    webhook_log::AdminWebhookLogQuery,
    webhooks::AdminWebhookQuery,
);

/// The mutations for staff.
#[derive(MergedObject, Default)]
pub(crate) struct AdminMutation(
    abandon_obligation::AdminAbandonMutation,
    bulk::AdminBulkMutation,
    cancellation_requests::AdminRequestMutation,
    cancel_orders::AdminCancelOrdersMutation,
    channels::AdminChannelMutation,
    customer_data::AdminCustomerDataMutation,
    shop::AdminShopMutation,
    shop_change::AdminShopChangeMutation,
    config_change::AdminConfigMutation,
    one_reason::AdminReasonMutation,
    reason_mapping::AdminReasonMappingMutation,
    delivery::AdminDeliveryMutation,
    fulfilment::AdminFulfilmentMutation,
    import::AdminImportMutation,
    jobs::AdminJobMutation,
    obligations::AdminObligationMutation,
    order_work::AdminOrderMutation,
    payment_providers::AdminPaymentProviderMutation,
    settings::AdminSettingsMutation,
    webhook_log::AdminWebhookLogMutation,
    webhooks::AdminWebhookMutation,
);

/// The viewer, if it is a member of staff whose role allows the operation of the selected field; an error otherwise.
///
/// Every resolver calls this function before it reads its input. A caller without the rights therefore cannot
/// find out what exists.
fn staff<'a>(context: &Context<'a>) -> async_graphql::Result<&'a Viewer> {
    match StaffOperation::by_name(context.field().name()) {
        Some(operation) => staff_for(context, operation),
        None => Err(internal(AppError::Forbidden)),
    }
}

/// The viewer, if it is a member of staff whose role allows `operation`; an error otherwise.
fn staff_for<'a>(context: &Context<'a>, operation: StaffOperation) -> async_graphql::Result<&'a Viewer> {
    let viewer = crate::kit::context::viewer(context)?;
    viewer.staff(operation).map_err(internal)?;
    Ok(viewer)
}
