//! Idempotency keys: a key is claimed before its request runs, each change leaves a mark in its own transaction, and
//! the answer is kept before it is sent.

mod answer;
mod claim;
mod delete_old;
mod erase;
mod mark;

pub use claim::{KeyClaim, NewIdempotencyKey};
pub(crate) use erase::{without_answers_of_keys, without_answers_to_customer};
pub use mark::ChangeMark;
