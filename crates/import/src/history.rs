//! Reads the history of an order from Adobe's status comments.

use chrono::{DateTime, Utc};
use countermand_domain::Comment;

use super::notes::{Notes, within};
use super::raw::Raw;
use super::refused_field::OrderRefusal;
use super::shape::CommentShape;

/// The longest status code, in characters.
pub(super) const LONGEST_STATUS: usize = 32;

/// Reads the comments, oldest first. Entries without a text only record a status and are left out.
pub(super) fn read_history(
    histories: Raw<'_>,
    status: &str,
    otherwise_at: DateTime<Utc>,
    notes: &mut Notes,
) -> Result<Vec<Comment>, OrderRefusal> {
    let mut dated = Vec::new();
    for (index, entry) in histories.list("status_histories")?.into_iter().enumerate() {
        let section = format!("status_histories[{index}]");
        let Some(shape) = entry.object::<CommentShape<'_>>(&section)? else {
            continue;
        };
        dated.extend(within(section, notes, |notes| {
            read_entry(&shape, status, otherwise_at, notes)
        })?);
    }
    dated.sort_by_key(|(entity_id, comment)| (comment.created_at, *entity_id));
    Ok(dated.into_iter().map(|(_, comment)| comment).collect())
}

fn read_entry(
    shape: &CommentShape<'_>,
    status: &str,
    otherwise_at: DateTime<Utc>,
    notes: &mut Notes,
) -> Result<Option<(Option<i64>, Comment)>, OrderRefusal> {
    let Some(text) = shape.comment.prose("comment", notes)? else {
        return Ok(None);
    };
    let own_status = shape.status.code("status", LONGEST_STATUS, notes)?;
    let comment = Comment {
        text,
        status: own_status.unwrap_or_else(|| status.to_owned()),
        visible_on_front: shape
            .is_visible_on_front
            .flag("is_visible_on_front")?
            .unwrap_or(false),
        // Old shops also write 2, "not applicable", which is neither yes nor no.
        customer_notified: shape
            .is_customer_notified
            .flag("is_customer_notified")
            .unwrap_or_default(),
        created_at: shape.created_at.time("created_at")?.unwrap_or(otherwise_at),
    };
    Ok(Some((shape.entity_id.id("entity_id")?, comment)))
}
