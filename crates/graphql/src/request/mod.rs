//! One request from its text to its answer: the guard, the engine, and the words of the answer.

mod answer;
mod answer_order;
mod api;
mod document;
mod guard;
mod input_types;
mod known_documents;
mod operation_times;
mod settings;
mod validation_message;

pub use answer::{ApiAnswer, Outcome};
pub use api::{Api, ApiRequest, HttpMethod};
pub use guard::is_acceptable;
pub use settings::{ApiSettings, DEADLINE_SECONDS};
