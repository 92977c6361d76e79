//! Which events an endpoint of another system wants to hear of.

use std::fmt;

use crate::event::EventKind;

/// An endpoint that is told of events while it is switched on, paused or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSubscriber {
    /// The id of the endpoint.
    pub endpoint: String,
    /// The events that the endpoint wants.
    pub filter: EventFilter,
}

/// A choice of kinds of events. Its text is the codes of the kinds, separated by spaces; an empty text is all kinds,
/// those of later versions among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventFilter(Vec<EventKind>);

impl EventFilter {
    /// The filter that lets the kinds with these codes pass; the error is a code that no kind has.
    pub fn of<'a>(codes: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for code in codes {
            let kind = EventKind::from_code(code).ok_or_else(|| code.to_owned())?;
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        Ok(Self(kinds))
    }

    /// The filter with this text. Codes of a newer version of the program are left out, but never turn a choice into
    /// all kinds.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let kinds: Vec<_> = text.split_whitespace().filter_map(EventKind::from_code).collect();
        (!kinds.is_empty() || text.trim().is_empty()).then_some(Self(kinds))
    }

    /// Whether an event of this kind passes.
    #[must_use]
    pub fn passes(&self, kind: EventKind) -> bool {
        self.passes_all() || self.0.contains(&kind)
    }

    /// Whether events of all kinds pass, those of kinds that only a later version knows among them.
    #[must_use]
    pub fn passes_all(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes of the chosen kinds; empty for all kinds.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|kind| kind.code())
    }
}

impl fmt::Display for EventFilter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.codes().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_lets_its_kinds_pass_and_an_empty_one_all() {
        let filter = EventFilter::of(["order.canceled", "order.held", "order.held"]).expect("known codes");
        assert_eq!(filter.to_string(), "order.canceled order.held");
        for kind in EventKind::ALL.iter().copied() {
            let is_chosen = matches!(kind, EventKind::Canceled | EventKind::Held);
            assert_eq!(filter.passes(kind), is_chosen, "{kind:?}");
            assert!(EventFilter::default().passes(kind), "{kind:?}");
        }
        assert!(EventFilter::default().passes_all() && !filter.passes_all());
        assert_eq!(EventFilter::from_text(&filter.to_string()), Some(filter));
        assert_eq!(EventFilter::of(["order.lost"]), Err("order.lost".into()));
    }

    #[test]
    fn a_choice_of_unknown_kinds_is_not_all_kinds() {
        assert_eq!(EventFilter::from_text("order.of_the_future"), None);
        assert_eq!(EventFilter::from_text(""), Some(EventFilter::default()));
    }
}
