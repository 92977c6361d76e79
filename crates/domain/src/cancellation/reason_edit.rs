//! Edits of a list of reasons: one reason is added, changed, moved or removed, and all others stay as they are.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::cancellation::{CancellationReason, ReasonList, ReasonListError, ReasonRulesEdit};
use crate::id::StoreNumber;

/// An edit of one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonEdit {
    /// Adds a reason: before the reason with the code `before`, or as the last one.
    Add {
        /// The new reason.
        reason: CancellationReason,
        /// The code of the reason that follows the new one.
        before: Option<String>,
    },
    /// Changes the texts and the rules of a reason. What is not given stays as it is.
    Update {
        /// The code of the reason.
        code: String,
        /// The new general description.
        description: Option<String>,
        /// The new texts of store views; no text takes the store view's own text back.
        translations: BTreeMap<StoreNumber, Option<String>>,
        /// The new rules.
        rules: ReasonRulesEdit,
    },
    /// Moves a reason before the reason with the code `before`, or to the end of the list.
    Move {
        /// The code of the reason.
        code: String,
        /// The code of the reason that follows the moved one.
        before: Option<String>,
    },
    /// Removes a reason. Cancellations for this reason keep its code and its text.
    Remove {
        /// The code of the reason.
        code: String,
    },
}

/// Why an edit is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReasonEditRefusal {
    /// The list has no reason with the code of the reason to change, move or remove.
    #[error("there is no reason `{0}` at this scope")]
    NoSuchReason(String),
    /// The list has no reason with the code `before`, or it is the moved reason itself.
    #[error("there is no other reason `{0}` at this scope to stand before")]
    NoSuchPlace(String),
    /// The edited list cannot be used.
    #[error(transparent)]
    List(#[from] ReasonListError),
}

impl ReasonEdit {
    /// The code of the reason that is edited.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Add { reason, .. } => &reason.code,
            Self::Update { code, .. } | Self::Move { code, .. } | Self::Remove { code } => code,
        }
    }
}

impl ReasonList {
    /// The reason with the code `code`.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&CancellationReason> {
        self.reasons().iter().find(|it| it.code == code)
    }

    /// The list after `edit`.
    pub fn edited(&self, edit: &ReasonEdit) -> Result<Self, ReasonEditRefusal> {
        let mut reasons = self.reasons().to_vec();
        match edit {
            ReasonEdit::Add { reason, before } => {
                let place = place(&reasons, before.as_deref())?;
                reasons.insert(place, reason.clone());
            }
            ReasonEdit::Update {
                code,
                description,
                translations,
                rules,
            } => {
                let index = index(&reasons, code)?;
                change_texts(&mut reasons[index], description.as_deref(), translations);
                reasons[index].rules = reasons[index].rules.edited(rules);
            }
            ReasonEdit::Move { code, before } => {
                let index = index(&reasons, code)?;
                let moved = reasons.remove(index);
                let place = place(&reasons, before.as_deref())?;
                reasons.insert(place, moved);
            }
            ReasonEdit::Remove { code } => {
                let index = index(&reasons, code)?;
                reasons.remove(index);
            }
        }
        Ok(Self::new(reasons)?)
    }
}

fn change_texts(
    reason: &mut CancellationReason,
    description: Option<&str>,
    translations: &BTreeMap<StoreNumber, Option<String>>,
) {
    if let Some(description) = description {
        reason.description = description.into();
    }
    for (store, text) in translations {
        match text {
            Some(text) => reason.translations.insert(*store, text.clone()),
            None => reason.translations.remove(store),
        };
    }
}

fn index(reasons: &[CancellationReason], code: &str) -> Result<usize, ReasonEditRefusal> {
    let found = reasons.iter().position(|it| it.code == code);
    found.ok_or_else(|| ReasonEditRefusal::NoSuchReason(code.into()))
}

/// The index at which a reason stands directly before the reason `before`; the end of the list without one.
fn place(reasons: &[CancellationReason], before: Option<&str>) -> Result<usize, ReasonEditRefusal> {
    let Some(before) = before else {
        return Ok(reasons.len());
    };
    let found = reasons.iter().position(|it| it.code == before);
    found.ok_or_else(|| ReasonEditRefusal::NoSuchPlace(before.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> ReasonList {
        let reason = |code| CancellationReason::new(code, code);
        ReasonList::new(["a", "b", "c"].map(reason).to_vec()).expect("a list")
    }

    fn codes(list: &ReasonList) -> Vec<&str> {
        list.reasons().iter().map(|it| it.code.as_str()).collect()
    }

    fn add(code: &str, before: Option<&str>) -> ReasonEdit {
        ReasonEdit::Add {
            reason: CancellationReason::new(code, code),
            before: before.map(str::to_owned),
        }
    }

    fn moved(code: &str, before: Option<&str>) -> ReasonEdit {
        ReasonEdit::Move {
            code: code.into(),
            before: before.map(str::to_owned),
        }
    }

    #[test]
    fn a_reason_is_added_and_moved_before_another_one_or_to_the_end() {
        for (edit, after) in [
            (add("d", None), vec!["a", "b", "c", "d"]),
            (add("d", Some("a")), vec!["d", "a", "b", "c"]),
            (moved("a", None), vec!["b", "c", "a"]),
            (moved("a", Some("c")), vec!["b", "a", "c"]),
            (moved("c", Some("a")), vec!["c", "a", "b"]),
            (moved("b", Some("c")), vec!["a", "b", "c"]),
        ] {
            let edited = list().edited(&edit).expect("an edited list");
            assert_eq!(codes(&edited), after, "{edit:?}");
        }
    }

    #[test]
    fn texts_that_an_update_does_not_name_stay() {
        let mut reason = CancellationReason::new("a", "A");
        reason.translations = BTreeMap::from([(StoreNumber(2), "nl".into()), (StoreNumber(3), "sv".into())]);
        let list = ReasonList::new(vec![reason]).expect("a list");
        let update = |description: Option<&str>, store, text: Option<&str>| {
            let edit = ReasonEdit::Update {
                code: "a".into(),
                description: description.map(str::to_owned),
                translations: BTreeMap::from([(StoreNumber(store), text.map(str::to_owned))]),
                rules: ReasonRulesEdit::default(),
            };
            list.edited(&edit).expect("an edited list").reasons()[0].clone()
        };
        let changed = update(None, 2, Some("NL"));
        assert_eq!(changed.description, "A");
        assert_eq!(changed.translations[&StoreNumber(2)], "NL");
        assert_eq!(changed.translations[&StoreNumber(3)], "sv");
        let changed = update(Some("Aa"), 3, None);
        assert_eq!(changed.description, "Aa");
        assert_eq!(
            changed.translations,
            BTreeMap::from([(StoreNumber(2), "nl".into())])
        );
    }

    #[test]
    fn an_edit_that_fits_no_reason_or_leaves_no_list_is_refused() {
        let remove = |code: &str| ReasonEdit::Remove { code: code.into() };
        let no_reason = |code: &str| ReasonEditRefusal::NoSuchReason(code.into());
        let no_place = |code: &str| ReasonEditRefusal::NoSuchPlace(code.into());
        for (edit, refusal) in [
            (remove("d"), no_reason("d")),
            (moved("d", None), no_reason("d")),
            (moved("a", Some("d")), no_place("d")),
            (moved("a", Some("a")), no_place("a")),
            (add("d", Some("e")), no_place("e")),
            (add("a", None), ReasonListError::Duplicate("a".into()).into()),
            (add("A", None), ReasonListError::BadCode("A".into()).into()),
        ] {
            assert_eq!(list().edited(&edit), Err(refusal), "{edit:?}");
        }
        let one = ReasonList::new(vec![CancellationReason::new("a", "A")]).expect("a list");
        assert_eq!(one.edited(&remove("a")), Err(ReasonListError::Empty.into()));
    }
}
