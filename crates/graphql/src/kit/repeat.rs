//! The input field with which a client names its request, so that a repetition gets the same answer.

use std::cell::Cell;

use async_graphql::InputObject;

/// The name of the field and of the argument that hold an idempotency key.
pub(crate) const KEY_FIELD: &str = "idempotency_key";

/// The part of every mutation's input with which a client may repeat the request. The request's own code reads it
/// before the mutation runs (`request/idempotency_key.rs`).
#[derive(InputObject, Debug, Default)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct RepeatInput {
    /// A key of 1 to 255 printable ASCII characters that the client chooses for this one request. The same request with
    /// the same key changes nothing again and gets the same answer. The header `Idempotency-Key` does the same; null
    /// means that the request has no key, or that the header holds it.
    idempotency_key: Option<String>,
}

/// What the code that runs a request notes about its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AnswerNotes {
    /// Something was refused.
    pub(crate) has_refusal: bool,
    /// Something was refused for a reason that passes by itself, so the answer is not kept for repetitions.
    pub(crate) is_passing: bool,
    /// The answer shows a secret, so it is not kept for repetitions.
    pub(crate) has_secret: bool,
}

tokio::task_local! {
    static NOTES: Cell<AnswerNotes>;
}

/// The output of `run`, and what was noted about it.
pub(crate) async fn with_notes<F: Future>(run: F) -> (F::Output, AnswerNotes) {
    let noted = async {
        let output = run.await;
        (output, NOTES.with(Cell::get))
    };
    NOTES.scope(Cell::new(AnswerNotes::default()), noted).await
}

/// Notes that the answer holds a refusal.
pub(crate) fn note_refusal() {
    note(|notes| AnswerNotes {
        has_refusal: true,
        ..notes
    });
}

/// Notes that the answer holds a refusal that passes by itself, such as another request for the same order.
pub(crate) fn note_passing_refusal() {
    note(|notes| AnswerNotes {
        has_refusal: true,
        is_passing: true,
        ..notes
    });
}

/// Notes that the answer shows a secret.
pub(crate) fn note_secret_answer() {
    note(|notes| AnswerNotes {
        has_secret: true,
        ..notes
    });
}

fn note(change: impl FnOnce(AnswerNotes) -> AnswerNotes) {
    // A request without a key is not noted.
    let _ = NOTES.try_with(|notes| notes.set(change(notes.get())));
}
