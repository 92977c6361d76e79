//! Webhooks: endpoints of other systems are told of each change of an order.

mod deliver;
pub mod endpoint;
mod lanes;
mod left_endpoint;
pub mod log;
pub mod replay;
mod schedule;
mod signature;
mod switch_off;

pub(crate) use lanes::Lanes;
