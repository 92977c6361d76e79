//! Notes: staff writes a line into the history of an order, for staff alone or for the buyer too.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::event::{EventData, OrderEvent};
use crate::order::comment::escape_html;
use crate::order::free_text::{FreeTextProblem, free_text};
use crate::order::{Actor, Comment, Order};
use crate::transition::Transition;

/// The most characters of a note.
pub const LONGEST_NOTE: usize = 2_000;

/// The most lines of history that an order has after a note.
const MOST_COMMENTS: usize = 1_000;

/// A note as staff writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRequest {
    /// The text, without HTML.
    pub text: String,
    /// Whether storefronts show the note to the buyer.
    pub is_for_buyer: bool,
}

/// Why a note was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoteRefusal {
    /// The text is empty.
    #[error("a note needs a text")]
    Empty,
    /// The text is too long, or has characters that are not shown.
    #[error("the note cannot be kept: {0}")]
    Text(#[from] FreeTextProblem),
    /// The order has too many lines of history.
    #[error("an order has at most {MOST_COMMENTS} lines of history")]
    TooMany,
}

impl Order {
    /// Adds a note in any state of the order. Space around the text is left out. The time of the order's last change
    /// stays, because a later import must still replace an order that has only notes.
    pub fn add_note(
        &self,
        note: &NoteRequest,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<Transition, NoteRefusal> {
        let text = free_text(&note.text, LONGEST_NOTE)?;
        if text.is_empty() {
            return Err(NoteRefusal::Empty);
        }
        if self.comments.len() >= MOST_COMMENTS {
            return Err(NoteRefusal::TooMany);
        }
        let mut after = self.clone();
        after.comments.push(Comment {
            text: escape_html(text),
            status: self.status.clone(),
            visible_on_front: note.is_for_buyer,
            customer_notified: Some(false),
            created_at: now,
        });
        let event = OrderEvent {
            actor: actor.clone(),
            at: now,
            data: EventData::NoteAdded {
                is_for_buyer: note.is_for_buyer,
            },
        };
        let mut change = Transition::new(after, event);
        change.after.updated_at = self.updated_at;
        Ok(change)
    }

    /// Takes over `notes`, the notes that staff wrote on an earlier version of this order, in order of time.
    pub fn keep_notes(&mut self, notes: impl IntoIterator<Item = Comment>) {
        self.comments.extend(notes);
        self.comments.sort_by_key(|line| line.created_at);
    }
}
