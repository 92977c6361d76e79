//! Cancellations: by customers, by guests in two steps, by staff, and their settings.

pub mod cancel_order;
pub mod cancel_order_as_admin;
pub mod cancel_orders_as_admin;
pub mod cancellation_config;
pub mod confirm_guest_cancellation;
pub mod decide_request;
pub mod preview_cancellation;
pub mod request_cancellation;
pub mod request_guest_cancellation;
pub mod request_queue;
