//! What staff asks for: settings, orders and work on them, imports, the shop's structure, the trail.

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

/// Staff's queries.
#[derive(MergedObject, Default)]
pub(crate) struct AdminQuery(
    config::AdminConfigQuery,
    jobs::AdminJobQuery,
    orders::AdminOrderQuery,
    trail::AdminTrailQuery,
);

/// Staff's mutations.
#[derive(MergedObject, Default)]
pub(crate) struct AdminMutation(
    shop::AdminShopMutation,
    config_change::AdminConfigMutation,
    import::AdminImportMutation,
    jobs::AdminJobMutation,
    order_work::AdminOrderMutation,
);

/// Who asks, if they have the rights of `role`. Asked before the input is looked at: whoever may not do a
/// thing learns nothing about what exists.
fn staff<'a>(context: &Context<'a>, role: StaffRole) -> async_graphql::Result<&'a Viewer> {
    let viewer = crate::context::viewer(context)?;
    viewer.staff(role).map_err(internal)?;
    Ok(viewer)
}
