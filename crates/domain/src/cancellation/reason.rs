//! The reasons that a merchant offers, in order. Each has a stable code and a description per store view.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::id::StoreNumber;

/// A reason for canceling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationReason {
    /// The code, which never changes, such as `no_longer_needed`:
    /// lower case letters, digits and `_`, at most 64 characters.
    pub code: String,
    /// The text that storefronts show in store views without a text of their own.
    pub description: String,
    /// Texts per store view.
    pub translations: BTreeMap<StoreNumber, String>,
}

impl CancellationReason {
    /// A reason without translations.
    #[must_use]
    pub fn new(code: &str, description: &str) -> Self {
        Self {
            code: code.into(),
            description: description.into(),
            translations: BTreeMap::new(),
        }
    }

    /// The text that `store` shows.
    #[must_use]
    pub fn description_for(&self, store: StoreNumber) -> &str {
        self.translations.get(&store).unwrap_or(&self.description)
    }

    /// The text that the history of an order shows for this reason, which was sent as `text`: a description stays as it
    /// was typed, and a code becomes the description that `store` shows.
    #[must_use]
    pub fn text_for_buyer(&self, text: &str, store: StoreNumber) -> String {
        if self.is_described_by(text.trim(), store) {
            text.into()
        } else {
            self.description_for(store).into()
        }
    }

    /// Whether `text` is the description of `store` or the general one, as the contract compares them (section 4).
    fn is_described_by(&self, text: &str, store: StoreNumber) -> bool {
        [self.description_for(store), &self.description]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(text))
    }
}

/// The ordered list of reasons of one scope. The list is never empty; codes and descriptions are unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonList(Vec<CancellationReason>);

/// Why a list of reasons is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReasonListError {
    /// The list is empty; the message is the contract's text (section 4).
    #[error("At least one reason value is required")]
    Empty,
    /// The list has more reasons than a dialog can show.
    #[error("at most {} reasons are possible", ReasonList::MAX)]
    TooMany,
    /// The code is not made of 1 to 64 lower case letters, digits and `_`.
    #[error("`{0}` is not a reason code: use lower case letters, digits and `_`, at most 64")]
    BadCode(String),
    /// The description is not a line of 1 to 255 characters without space around it.
    #[error("the description of reason `{0}` must be a line of 1 to 255 characters without space around it")]
    BadDescription(String),
    /// Two reasons would be the same to a shopper.
    #[error("reason `{0}` is there twice")]
    Duplicate(String),
}

impl ReasonList {
    /// The largest number of reasons in a list.
    pub const MAX: usize = 100;

    /// Makes a list, and checks it.
    pub fn new(reasons: Vec<CancellationReason>) -> Result<Self, ReasonListError> {
        if reasons.is_empty() {
            return Err(ReasonListError::Empty);
        }
        if reasons.len() > Self::MAX {
            return Err(ReasonListError::TooMany);
        }
        for (index, reason) in reasons.iter().enumerate() {
            let earlier = &reasons[..index];
            let code_ok = (1..=64).contains(&reason.code.len())
                && reason
                    .code
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            if !code_ok {
                return Err(ReasonListError::BadCode(reason.code.clone()));
            }
            if !std::iter::once(&reason.description)
                .chain(reason.translations.values())
                .all(|it| is_line(it))
            {
                return Err(ReasonListError::BadDescription(reason.code.clone()));
            }
            let same = |other: &CancellationReason| {
                other.code == reason.code || other.description.eq_ignore_ascii_case(&reason.description)
            };
            if earlier.iter().any(same) {
                return Err(ReasonListError::Duplicate(reason.code.clone()));
            }
        }
        Ok(Self(reasons))
    }

    /// The five reasons of the contract (section 4).
    #[must_use]
    pub fn defaults() -> Self {
        Self(vec![
            CancellationReason::new("no_longer_needed", "The item(s) are no longer needed"),
            CancellationReason::new("placed_by_mistake", "The order was placed by mistake"),
            CancellationReason::new("too_slow", "Item(s) not arriving within the expected timeframe"),
            CancellationReason::new("better_price", "Found a better price elsewhere"),
            CancellationReason::new("other", "Other"),
        ])
    }

    /// The reasons in the order in which they are shown.
    #[must_use]
    pub fn reasons(&self) -> &[CancellationReason] {
        &self.0
    }

    /// The reason that a storefront of `store` means by `text`: a description as the contract compares it
    /// (trimmed, ASCII letters in any case, section 4), or a code.
    ///
    /// Translated descriptions match too; in Adobe's code they do not.
    #[must_use]
    pub fn find(&self, text: &str, store: StoreNumber) -> Option<&CancellationReason> {
        let text = text.trim();
        let shown = |it: &&CancellationReason| it.description_for(store).eq_ignore_ascii_case(text);
        let general = |it: &&CancellationReason| it.description.eq_ignore_ascii_case(text);
        let code = |it: &&CancellationReason| it.code == text;
        self.0
            .iter()
            .find(shown)
            .or_else(|| self.0.iter().find(general))
            .or_else(|| self.0.iter().find(code))
    }
}

fn is_line(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= 255
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_matches_by_description_or_code() {
        let reasons = ReasonList::defaults();
        let store = StoreNumber(1);
        assert_eq!(
            reasons.find("  oTHER ", store).map(|it| it.code.as_str()),
            Some("other")
        );
        assert_eq!(
            reasons.find("too_slow", store).map(|it| it.code.as_str()),
            Some("too_slow")
        );
        assert_eq!(reasons.find("Too_Slow", store), None);
        assert_eq!(reasons.find("", store), None);
    }

    #[test]
    fn a_code_is_shown_as_the_description_and_a_description_as_it_was_typed() {
        let (dutch, other) = (StoreNumber(2), StoreNumber(1));
        let mut reason = CancellationReason::new("too_slow", "Too slow");
        reason.translations.insert(dutch, "Te traag".into());
        for (text, store, shown) in [
            ("too_slow", other, "Too slow"),
            ("too_slow", dutch, "Te traag"),
            (" tOO Slow ", other, " tOO Slow "),
            ("too slow", dutch, "too slow"),
            ("TE TRAAG", dutch, "TE TRAAG"),
        ] {
            assert_eq!(reason.text_for_buyer(text, store), shown);
        }
        let same = CancellationReason::new("other", "Other");
        assert_eq!(same.text_for_buyer("other", other), "other");
    }

    #[test]
    fn accented_letters_keep_their_case() {
        let reasons =
            ReasonList::new(vec![CancellationReason::new("late", "Für mich zu spät")]).expect("valid");
        assert!(reasons.find("FüR MICH ZU SPäT", StoreNumber(1)).is_some());
        assert!(reasons.find("FÜR MICH ZU SPÄT", StoreNumber(1)).is_none());
    }

    #[test]
    fn a_list_needs_a_reason_and_different_codes() {
        assert_eq!(ReasonList::new(vec![]), Err(ReasonListError::Empty));
        let twice = vec![
            CancellationReason::new("a", "A"),
            CancellationReason::new("a", "B"),
        ];
        assert_eq!(
            ReasonList::new(twice),
            Err(ReasonListError::Duplicate("a".into()))
        );
        assert!(matches!(
            ReasonList::new(vec![CancellationReason::new("a", " spaced ")]),
            Err(ReasonListError::BadDescription(_))
        ));
    }
}
