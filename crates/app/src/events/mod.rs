//! The events of orders as other systems are told of them.

mod cloud_event;
mod public_data;
mod publish;
mod stream;

pub use cloud_event::{CONTENT_TYPE, cloud_event, event_data, type_of};
pub(crate) use cloud_event::{TEST, test_event};
