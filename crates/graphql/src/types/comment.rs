//! The entries of an order's history that storefronts show.

use async_graphql::SimpleObject;
use countermand_domain::Comment;

use crate::kit::List;
use crate::kit::time;

/// An entry of an order's history that the shop shows to the buyer.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct SalesCommentItem {
    /// Text of the entry. In the reason for a cancellation, `&`, `<`, `>` and quotes are written as HTML entities.
    message: String,
    /// When the entry was written, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    timestamp: String,
}

impl SalesCommentItem {
    pub(crate) fn all<'a>(lines: impl Iterator<Item = &'a Comment>) -> List<Self> {
        lines
            .map(|it| Self {
                message: it.text.clone(),
                timestamp: time::utc(it.created_at),
            })
            .collect()
    }
}
