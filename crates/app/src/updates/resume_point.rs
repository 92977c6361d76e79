//! The cursor with which a subscription goes on, also while there is nothing to tell.

use tokio::sync::watch;

/// The newest cursor with which a subscription goes on; none until there is one. A clone is cheap, and all clones share
/// the cursor.
///
/// A follower moves it only when the stream asks for the next update, so all updates up to the cursor were taken out of
/// the stream before.
#[derive(Debug, Clone, Default)]
pub struct ResumePoint(watch::Sender<Option<String>>);

impl ResumePoint {
    /// The cursor for a reader, who is told when it moves.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<String>> {
        self.0.subscribe()
    }

    /// The subscription goes on with `cursor`.
    pub(super) fn set(&self, cursor: String) {
        self.0.send_if_modified(|known| {
            let is_new = known.as_ref() != Some(&cursor);
            *known = Some(cursor);
            is_new
        });
    }
}
