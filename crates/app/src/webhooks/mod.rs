//! Webhooks: endpoints of other systems are told of each change of an order.

mod deliver;
pub mod endpoint;
mod left_endpoint;
pub mod log;
mod messages_per_endpoint;
pub mod replay;
mod schedule;
mod signature;
mod switch_off;

pub(crate) use messages_per_endpoint::PerEndpoint;
