//! One request from its text to its answer: the guard, the engine, and the words of the answer.

mod answer;
mod answer_order;
mod api;
mod canonical;
mod document;
mod given_variables;
mod guard;
mod idempotency_answer;
mod idempotency_key;
mod input_types;
mod known_documents;
mod known_schema;
mod operation_times;
mod settings;
mod updates;
mod validation_message;

pub use answer::{ApiAnswer, Outcome};
pub use api::{Api, ApiRequest, HttpMethod};
pub use guard::is_acceptable;
pub use settings::{ApiSettings, DEADLINE_SECONDS};
pub use updates::{ApiUpdate, ApiUpdates, Opened};
