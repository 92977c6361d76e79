//! Rows and domain values: one function each way, without a query.

pub(crate) mod channel_content;
pub(crate) mod charges_column;
mod deliveries_column;
pub(crate) mod documents;
pub(crate) mod entity;
pub(crate) mod event_data;
pub(crate) mod item;
pub(crate) mod json_column;
pub(crate) mod order;
pub(crate) mod request_column;
pub(crate) mod sales_channel_column;
pub(crate) mod subscriptions_column;
pub(crate) mod time;
