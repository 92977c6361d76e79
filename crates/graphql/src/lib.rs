//! The GraphQL interface: translation only. The rules are in `domain`, the use cases in `app`.

#![expect(
    clippy::unused_async,
    reason = "the engine takes resolvers only as async functions"
)]

mod admin;
mod adobe;
mod answer;
mod answer_order;
mod api;
mod context;
mod directory;
mod document;
mod error;
mod guard;
mod input_types;
mod schema;
mod settings;
mod storefront;
mod types;
mod validation_message;

pub use answer::{ApiAnswer, Outcome};
pub use api::{Api, ApiRequest, HttpMethod};
pub use guard::is_acceptable;
pub use schema::sdl;
pub use settings::ApiSettings;
