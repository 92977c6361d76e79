//! The cursor of refund updates: what a reader has seen of each void and refund of an order.

use countermand_domain::OrderId;

/// The mark of a void or a refund that was seen as left to staff.
const LEFT_TO_STAFF: char = 'l';
/// The mark of a void or a refund that was seen as abandoned.
const ABANDONED: char = 'a';
/// The mark of a void or a refund that was seen as settled.
const SETTLED: char = 's';
/// Stands for a void or a refund of which nothing was seen.
const NOTHING: &str = "-";
/// The most voids and refunds in a cursor, against texts that only keep the server busy.
const MOST: usize = 1_000;

/// What a reader has seen of a void or a refund. More was seen where the value is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    /// How many states at the provider.
    pub(super) entries: u32,
    /// How it had ended then.
    pub(super) end: SeenEnd,
}

/// How a void or a refund had ended when it was seen. What was left to staff ends in another way, or goes on with more
/// states at the provider. What staff abandoned can still be settled, when money moves later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SeenEnd {
    Open,
    LeftToStaff,
    Abandoned,
    Settled,
}

/// The text of a cursor, such as `10000000001:3s.1`: the order, and what was seen of its first and its second refund.
pub(super) fn write(order: OrderId, seen: &[Option<Seen>]) -> String {
    let part = |seen: &Option<Seen>| match seen {
        None => NOTHING.to_owned(),
        Some(Seen { entries, end }) => match end {
            SeenEnd::Open => entries.to_string(),
            SeenEnd::LeftToStaff => format!("{entries}{LEFT_TO_STAFF}"),
            SeenEnd::Abandoned => format!("{entries}{ABANDONED}"),
            SeenEnd::Settled => format!("{entries}{SETTLED}"),
        },
    };
    let parts: Vec<_> = seen.iter().map(part).collect();
    format!("{}:{}", order.number(), parts.join("."))
}

/// What was seen by the cursor `text`; none where it is no cursor of `order`.
pub(super) fn read(order: OrderId, text: &str) -> Option<Vec<Option<Seen>>> {
    let (number, parts) = text.split_once(':')?;
    if number != order.number().to_string() {
        return None;
    }
    if parts.is_empty() {
        return Some(Vec::new());
    }
    let parts: Vec<_> = parts.split('.').take(MOST + 1).collect();
    if parts.len() > MOST {
        return None;
    }
    let parts: Result<_, Malformed> = parts.into_iter().map(part).collect();
    parts.ok()
}

/// The text is no part of a cursor.
struct Malformed;

fn part(text: &str) -> Result<Option<Seen>, Malformed> {
    if text == NOTHING {
        return Ok(None);
    }
    let (entries, end) = if let Some(entries) = text.strip_suffix(SETTLED) {
        (entries, SeenEnd::Settled)
    } else if let Some(entries) = text.strip_suffix(ABANDONED) {
        (entries, SeenEnd::Abandoned)
    } else if let Some(entries) = text.strip_suffix(LEFT_TO_STAFF) {
        (entries, SeenEnd::LeftToStaff)
    } else {
        (text, SeenEnd::Open)
    };
    if !entries.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Malformed);
    }
    let entries = entries.parse().map_err(|_| Malformed)?;
    Ok(Some(Seen { entries, end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_belongs_to_its_order() {
        let order = |number| OrderId::from_number(number).expect("an id");
        let seen = |entries, end| Some(Seen { entries, end });
        for all in [
            vec![],
            vec![seen(0, SeenEnd::Open)],
            vec![seen(3, SeenEnd::Settled), None, seen(12, SeenEnd::Open)],
            vec![seen(2, SeenEnd::Abandoned), seen(0, SeenEnd::LeftToStaff)],
        ] {
            let text = write(order(10_000_000_001), &all);
            assert_eq!(read(order(10_000_000_001), &text), Some(all));
            assert_eq!(read(order(10_000_000_002), &text), None);
        }
        assert_eq!(
            write(
                order(10_000_000_001),
                &[seen(3, SeenEnd::Settled), seen(1, SeenEnd::Open)]
            ),
            "10000000001:3s.1"
        );
    }

    #[test]
    fn other_texts_are_no_cursors() {
        let order = OrderId::from_number(10_000_000_001).expect("an id");
        let long = format!("10000000001:{}", "1.".repeat(2_000));
        for text in [
            "",
            "x",
            "10000000001",
            "10000000001:x",
            "10000000001:1.",
            "10000000001:+1",
            "10000000001:99999999999",
            &long,
        ] {
            assert_eq!(read(order, text), None, "{text}");
        }
    }
}
