//! Sales channels: each adapter with a running channel.

mod amazon_adapter;
mod amazon_feeds;
mod amazon_judges;
mod amazon_operation;
mod amazon_sdk;
pub(crate) mod amazon_seller;
mod buy_with_prime;
mod buyers_requests;
mod held;
mod http_adapter;
mod imported;
mod one_bad_order;
mod packed_here;
mod races;
mod reasons;
mod request_queue;
mod shipped_meanwhile;
mod slow_calls;
mod staff;
mod turns;
