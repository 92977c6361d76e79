//! Adds `order.refund_failed` to endpoints of webhooks that chose `order.settled`. Versions that do not know
//! `order.refund_failed` told by `order.settled` that a refund failed after it had succeeded.
//!
//! A server of such a version leaves out the kinds of a choice that it does not know. The step can be repeated.

use sea_orm_migration::prelude::*;

use crate::column::WHOLE_STEPS;

/// A choice of kinds is their codes, separated by spaces. No other code contains `order.settled`.
const ADD: &str = "UPDATE webhook_endpoints \
    SET event_kinds = REPLACE(event_kinds, 'order.settled', 'order.settled order.refund_failed') \
    WHERE event_kinds LIKE '%order.settled%' AND event_kinds NOT LIKE '%order.refund_failed%'";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        WHOLE_STEPS
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(ADD).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
