//! The GraphQL interface: translation only. The rules are in `domain`, the use cases in `app`.
//!
//! The folders point one way: `kit` is used by all; `adobe` and `directory` are data that never changes; `types`
//! carries data; `storefront`, `admin` and `updates` are the operations; `schema` joins them; `request` answers a request with the
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
mod updates;

pub use request::{
    Api, ApiAnswer, ApiRequest, ApiSettings, ApiUpdate, ApiUpdates, DEADLINE_SECONDS, HttpMethod, Opened,
    Outcome, is_acceptable,
};
pub use schema::sdl;
