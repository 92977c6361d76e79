//! The chain of an order's history: each event has a SHA-256 over its own row and the hash of the event before it.
//!
//! The order's row has the hash of the last event, which is read with the order. So a changed event shows in its own
//! hash, and an event that was removed, added or moved shows in the hash after it or in the order's row. The hashes need
//! no key: they show changes by plain SQL and by mistake, and not those of a person who computes all hashes anew.

use countermand_domain::Order;
use sha2::{Digest, Sha256};

use crate::error::DatabaseError;
use crate::rows::entity::{order, order_event};
use crate::rows::order::row_of;

/// The number of bytes of a hash.
const LENGTH: usize = 32;
/// The begin of a chain, before the number of the order's id.
const BEGIN: &str = "countermand:history:";
/// The field of an event without data.
const NO_DATA: &[u8] = b"~,";

/// The end of the chain of an order's history, to which the next event is tied. By default no event is in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryHead(Option<[u8; LENGTH]>);

impl HistoryHead {
    /// The end of the chain in a column. What is no hash counts as no chain, so that it keeps no order from being
    /// changed: the next event then begins a chain, and the check of the history notices it.
    pub(crate) fn from_column(text: Option<&str>) -> Self {
        let mut bytes = [0; LENGTH];
        let hash = text.filter(|text| hex::decode_to_slice(text, &mut bytes).is_ok());
        Self(hash.map(|_| bytes))
    }

    fn column(self) -> Option<String> {
        self.0.map(hex::encode)
    }
}

/// Ties `event` to the chain that ends at `head`, and gives the new end.
pub(crate) fn tie(event: &mut order_event::Model, head: HistoryHead) -> HistoryHead {
    let end = end_after(event, head);
    event.hash = end.column();
    end
}

/// The row of `order`, whose last event is `event`.
pub(crate) fn row_with_history(
    order: &Order,
    event: &order_event::Model,
) -> Result<order::Model, DatabaseError> {
    Ok(order::Model {
        history_hash: event.hash.clone(),
        ..row_of(order)?
    })
}

/// The end of the chain after `event`. What is hashed is a list of netstrings: the length of a text in bytes, a colon,
/// the text and a comma. `docs/operations.md` lists the texts.
fn end_after(event: &order_event::Model, head: HistoryHead) -> HistoryHead {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.len().to_string());
        hash.update(":");
        hash.update(text);
        hash.update(",");
    };
    let before = head.column();
    add(&before.unwrap_or_else(|| format!("{BEGIN}{}", event.order_id)));
    add(&event.id);
    add(&event.order_id.to_string());
    add(&event.version.to_string());
    add(&event.kind);
    add(&event.actor);
    add(&event.origin);
    add(&event.note);
    add(&event.created_at.to_string());
    add(&event.schema_version.to_string());
    match &event.data {
        Some(data) => add(data),
        None => hash.update(NO_DATA),
    }
    HistoryHead(Some(hash.finalize().into()))
}

/// Follows the events of one order, oldest first, and notices the first one that does not fit.
///
/// A server of a version before `m0048` writes events without a hash, and leaves the end of the chain in the order's row
/// as it is. Such a gap breaks nothing: the next event with a hash is tied to the last one before the gap. Only an import
/// by such a server takes the end of the chain out of the row; after such a gap, the chain may begin anew.
#[derive(Debug, Default)]
pub(crate) struct ChainCheck {
    head: HistoryHead,
    last_version: i64,
    /// Whether the last event has no hash.
    is_in_gap: bool,
    unchained: u64,
    broken_at: Option<i64>,
}

impl ChainCheck {
    /// Looks at the next event.
    pub(crate) fn see(&mut self, event: &order_event::Model) {
        self.last_version = event.version;
        self.is_in_gap = event.hash.is_none();
        let Some(stored) = &event.hash else {
            self.unchained += 1;
            return;
        };
        let stored = HistoryHead::from_column(Some(stored));
        let begins_anew = self.unchained > 0 && stored == end_after(event, HistoryHead::default());
        if stored != end_after(event, self.head) && !begins_anew {
            self.broken_at.get_or_insert(event.version);
        }
        self.head = stored;
    }

    /// Whether every event so far fits.
    pub(crate) fn is_whole(&self) -> bool {
        self.broken_at.is_none()
    }

    /// The number of events without a hash.
    pub(crate) fn unchained(&self) -> u64 {
        self.unchained
    }

    /// The version of the first event that does not fit, or of the last event if the order's row, which has `kept`, does
    /// not fit to it; none if the history is whole.
    pub(crate) fn broken_at(&self, kept: HistoryHead) -> Option<i64> {
        self.broken_at
            .or_else(|| (!self.ends_at(kept)).then_some(self.last_version))
    }

    fn ends_at(&self, kept: HistoryHead) -> bool {
        kept == self.head || (self.is_in_gap && kept == HistoryHead::default())
    }
}

/// Changes the `events` of one order, oldest first, and computes their hashes anew; `head` is the end of their chain. The
/// result is its new end. From the first event that does not fit, all hashes stay, so that the check of the history
/// still notices it.
pub(crate) fn rewrite(
    events: &mut [order_event::Model],
    head: HistoryHead,
    mut change: impl FnMut(&mut order_event::Model) -> Result<(), DatabaseError>,
) -> Result<HistoryHead, DatabaseError> {
    let mut check = ChainCheck::default();
    let mut end = HistoryHead::default();
    for event in events {
        check.see(event);
        change(event)?;
        if check.is_whole() && event.hash.is_some() {
            end = tie(event, end);
        }
    }
    Ok(if check.broken_at(head).is_none() {
        end
    } else {
        head
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(version: i64, data: Option<&str>) -> order_event::Model {
        order_event::Model {
            order_id: 10_000_000_001,
            version,
            id: format!("id-{version}"),
            kind: "order.held".into(),
            actor: "staff:anna".into(),
            origin: "::1".into(),
            note: String::new(),
            created_at: 1_772_884_800_000_000,
            schema_version: 1,
            data: data.map(str::to_owned),
            hash: None,
        }
    }

    /// Three events in a chain, and its end.
    fn history() -> (Vec<order_event::Model>, HistoryHead) {
        let mut events = vec![event(1, None), event(2, Some("{\"v\":1}")), event(3, Some("ü"))];
        let mut head = HistoryHead::default();
        for event in &mut events {
            head = tie(event, head);
        }
        (events, head)
    }

    fn broken_at(events: &[order_event::Model], head: HistoryHead) -> Option<i64> {
        let mut check = ChainCheck::default();
        for event in events {
            check.see(event);
        }
        check.broken_at(head)
    }

    #[test]
    fn the_hashes_are_those_that_another_program_computes() {
        // By Python's hashlib, from the description in `docs/operations.md`.
        let (events, _) = history();
        let hashes: Vec<_> = events.iter().filter_map(|it| it.hash.as_deref()).collect();
        assert_eq!(
            hashes,
            [
                "c404e94b9100ea3025604195689dda866ebe7ba59240ba917779361c68f526f3",
                "af3a8329c349262ac4b7d35f66318d5d1decbdbaf10ee3856c53812c19441fe0",
                "2c5231294bb81d93c6c521816afe1ae828823c9c69dc9592c2cdd6a85b8d17b8"
            ]
        );
    }

    #[test]
    fn a_history_that_was_not_touched_is_whole() {
        let (events, head) = history();
        assert_eq!(broken_at(&events, head), None);
        assert_eq!(broken_at(&[], HistoryHead::default()), None);
    }

    #[test]
    fn every_column_of_an_event_counts() {
        let changes: [fn(&mut order_event::Model); 9] = [
            |it| it.id.push('x'),
            |it| it.kind.push('x'),
            |it| it.actor.push('x'),
            |it| it.origin.push('x'),
            |it| it.note.push('x'),
            |it| it.created_at += 1,
            |it| it.schema_version += 1,
            |it| it.data = None,
            |it| it.hash = Some("00".repeat(LENGTH)),
        ];
        for (change, index) in changes.iter().zip(0..) {
            let (mut events, head) = history();
            change(&mut events[1]);
            assert_eq!(broken_at(&events, head), Some(2), "change {index}");
        }
    }

    #[test]
    fn an_event_that_was_removed_or_moved_is_noticed() {
        let (events, head) = history();
        assert_eq!(broken_at(&events[1..], head), Some(2));
        assert_eq!(broken_at(&[events[0].clone(), events[2].clone()], head), Some(3));
        assert_eq!(broken_at(&events[..2], head), Some(2));
        let mut swapped = events;
        swapped.swap(0, 1);
        (swapped[0].version, swapped[1].version) = (1, 2);
        assert_eq!(broken_at(&swapped, head), Some(1));
    }

    #[test]
    fn events_of_an_older_version_leave_a_gap_and_break_nothing() {
        let (mut events, head) = history();
        events.push(event(4, None));
        assert_eq!(broken_at(&events, head), None);
        let mut next = event(5, None);
        let end = tie(&mut next, head);
        events.push(next);
        assert_eq!(broken_at(&events, end), None);
        // A hash that was taken away is no gap.
        events[2].hash = None;
        assert_eq!(broken_at(&events, end), Some(5));
    }

    #[test]
    fn an_import_by_an_older_version_lets_the_chain_begin_anew() {
        let (mut events, _) = history();
        events.push(event(4, None));
        assert_eq!(broken_at(&events, HistoryHead::default()), None);
        let mut next = event(5, None);
        let end = tie(&mut next, HistoryHead::default());
        events.push(next);
        assert_eq!(broken_at(&events, end), None);
    }

    #[test]
    fn a_rewritten_history_is_whole_and_a_broken_one_stays_broken() {
        let erase = |event: &mut order_event::Model| {
            event.actor = "erased".into();
            Ok(())
        };
        let (mut events, head) = history();
        let end = rewrite(&mut events, head, erase).expect("an end");
        assert_eq!(broken_at(&events, end), None);
        assert_ne!(end, head);

        let (mut events, head) = history();
        events[1].created_at += 1;
        let end = rewrite(&mut events, head, erase).expect("an end");
        assert_eq!(broken_at(&events, end), Some(2));

        let (mut events, head) = history();
        events.pop();
        let end = rewrite(&mut events, head, erase).expect("an end");
        assert_eq!(broken_at(&events, end), Some(2));
    }
}
