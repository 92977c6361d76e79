//! The GraphQL interface: translation only. The rules are in `domain`, the use cases in `app`.
//!
//! The folders point one way: `kit` is used by all; `adobe` and `directory` are data that never changes; `types`
//! carries data; `storefront` and `admin` are the operations; `schema` joins them; `request` answers a request with the
//! schema.

#![expect(
    clippy::unused_async,
    reason = "the engine takes resolvers only as async functions"
)]

mod admin;
mod adobe;
mod directory;
mod kit;
mod request;
mod schema;
mod storefront;
mod types;

pub use request::{
    Api, ApiAnswer, ApiRequest, ApiSettings, DEADLINE_SECONDS, HttpMethod, Outcome, is_acceptable,
};
pub use schema::sdl;
