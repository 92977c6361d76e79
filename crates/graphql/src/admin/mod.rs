//! Staff's part of the schema: settings, orders and changes to them, imports, the shop's structure, the audit log.

mod admin_order;
mod config;
mod config_change;
mod cursor;
mod import;
mod jobs;
mod order_input;
mod order_line;
mod order_work;
mod orders;
mod shop;
mod trail;
mod user_error;

use async_graphql::{Context, MergedObject};
use countermand_app::Viewer;
use countermand_domain::StaffRole;

use crate::error::internal;

/// The queries for staff.
#[derive(MergedObject, Default)]
pub(crate) struct AdminQuery(
    config::AdminConfigQuery,
    jobs::AdminJobQuery,
    orders::AdminOrderQuery,
    trail::AdminTrailQuery,
);

/// The mutations for staff.
#[derive(MergedObject, Default)]
pub(crate) struct AdminMutation(
    shop::AdminShopMutation,
    config_change::AdminConfigMutation,
    import::AdminImportMutation,
    jobs::AdminJobMutation,
    order_work::AdminOrderMutation,
);

/// The viewer, if it is a member of staff with at least the rights of `role`; an error otherwise.
///
/// Every resolver calls this function before it reads its input. A caller without the rights therefore cannot
/// find out what exists.
fn staff<'a>(context: &Context<'a>, role: StaffRole) -> async_graphql::Result<&'a Viewer> {
    let viewer = crate::context::viewer(context)?;
    viewer.staff(role).map_err(internal)?;
    Ok(viewer)
}
