//! Lines of history that storefronts show.

use async_graphql::SimpleObject;
use countermand_domain::Comment;

use super::list::List;
use super::time;

/// A line of an order's history.
#[derive(SimpleObject)]
pub(crate) struct SalesCommentItem {
    /// The text, HTML-escaped.
    message: String,
    /// When it was written, UTC.
    timestamp: String,
}

impl SalesCommentItem {
    /// What of `history` (oldest first) storefronts show, newest first (contract section 5.2).
    pub(crate) fn shown(history: &[Comment]) -> List<Self> {
        let shown = history.iter().rev().filter(|comment| comment.visible_on_front);
        shown
            .map(|it| Self {
                message: it.text.clone(),
                timestamp: time::utc(it.created_at),
            })
            .collect()
    }
}
