//! The reasons that a merchant offers, in order. Each has a stable code and a description per store view. Who must give
//! a reason, and the comment beside it, stand in `policy.rs`.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::cancellation::{ReasonAudience, ReasonRules};
use crate::id::StoreNumber;

/// The code of the built-in reason that says that items do not arrive in time.
pub const TOO_SLOW: &str = "too_slow";

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
    /// The built-in text in the language of the store view that the list is resolved for; none in a list as it is
    /// configured, and where the general text is not the built-in one or is in this language itself.
    pub label: Option<&'static str>,
    /// Who may choose the reason, when, and what it says about a cancellation.
    pub rules: ReasonRules,
}

impl CancellationReason {
    /// A reason for everyone at any time, without translations.
    #[must_use]
    pub fn new(code: &str, description: &str) -> Self {
        Self {
            code: code.into(),
            description: description.into(),
            translations: BTreeMap::new(),
            label: None,
            rules: ReasonRules::default(),
        }
    }

    /// The text that `store` shows: its own one, else the built-in one in its language, else the general one.
    #[must_use]
    pub fn description_for(&self, store: StoreNumber) -> &str {
        let own = self.translations.get(&store).map(String::as_str);
        own.or(self.label).unwrap_or(&self.description)
    }

    /// Whether `text` is the general text or the text of a store view, without regard to the case of ASCII letters.
    pub(super) fn has_text(&self, text: &str) -> bool {
        let mut texts = std::iter::once(&self.description).chain(self.translations.values());
        texts.any(|it| it.eq_ignore_ascii_case(text))
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
pub struct ReasonList(pub(super) Arc<[CancellationReason]>);

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
    /// The reason is for no audience, so that it could be removed.
    #[error("reason `{0}` needs an audience")]
    NoAudience(String),
    /// The reason ends before it begins.
    #[error("reason `{0}` must end after it begins")]
    BadTimes(String),
    /// Customers would have no reason at some time.
    #[error("at least one reason must be for customers and valid at any time")]
    NoneForCustomers,
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
            if !is_reason_code(&reason.code) {
                return Err(ReasonListError::BadCode(reason.code.clone()));
            }
            if !std::iter::once(&reason.description)
                .chain(reason.translations.values())
                .all(|it| is_line(it))
            {
                return Err(ReasonListError::BadDescription(reason.code.clone()));
            }
            if reason.rules.audience.is_empty() {
                return Err(ReasonListError::NoAudience(reason.code.clone()));
            }
            if !reason.rules.has_possible_times() {
                return Err(ReasonListError::BadTimes(reason.code.clone()));
            }
            let same = |other: &CancellationReason| {
                other.code == reason.code || other.description.eq_ignore_ascii_case(&reason.description)
            };
            if earlier.iter().any(same) {
                return Err(ReasonListError::Duplicate(reason.code.clone()));
            }
        }
        if !reasons.iter().any(|it| it.rules.is_always_for_customers()) {
            return Err(ReasonListError::NoneForCustomers);
        }
        Ok(Self::unchecked(reasons))
    }

    /// Makes a list of reasons that are known to be one.
    pub(super) fn unchecked(reasons: Vec<CancellationReason>) -> Self {
        Self(reasons.into())
    }

    /// The reasons in the order in which they are shown.
    #[must_use]
    pub fn reasons(&self) -> &[CancellationReason] {
        &self.0
    }

    /// The reasons that `audience` may choose at `now`, in their order; without an audience, all that are valid then.
    pub fn offered(
        &self,
        audience: Option<ReasonAudience>,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &CancellationReason> {
        self.0.iter().filter(move |it| it.rules.offer_to(audience, now))
    }

    /// The reason that a storefront of `store` means by `text`, also one that is not offered at the moment: a
    /// description as the contract compares it (trimmed, ASCII letters in any case, section 4), or a code.
    ///
    /// Translated descriptions match too, whether staff wrote them or they are built in; in Adobe's code they do not.
    #[must_use]
    pub fn find(&self, text: &str, store: StoreNumber) -> Option<&CancellationReason> {
        meant(self.0.iter(), text, store)
    }

    /// The reason that `audience` means by `text` at `now`, by the rule of [`ReasonList::find`] among the reasons that
    /// are offered.
    #[must_use]
    pub fn find_offered(
        &self,
        text: &str,
        store: StoreNumber,
        audience: Option<ReasonAudience>,
        now: DateTime<Utc>,
    ) -> Option<&CancellationReason> {
        let offered: Vec<_> = self.offered(audience, now).collect();
        meant(offered.iter().copied(), text, store)
    }
}

/// The reason that `text` means, by the text of `store`, by the general text, or by the code.
fn meant<'a>(
    mut reasons: impl Iterator<Item = &'a CancellationReason> + Clone,
    text: &str,
    store: StoreNumber,
) -> Option<&'a CancellationReason> {
    let text = text.trim();
    let shown = |it: &&CancellationReason| it.description_for(store).eq_ignore_ascii_case(text);
    let general = |it: &&CancellationReason| it.description.eq_ignore_ascii_case(text);
    let code = |it: &&CancellationReason| it.code == text;
    let again = reasons.clone();
    reasons
        .find(shown)
        .or_else(|| again.clone().find(general))
        .or_else(|| again.clone().find(code))
}

/// Whether `text` is made of 1 to 64 lower case letters, digits and `_`.
pub(super) fn is_reason_code(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
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
    fn a_code_of_the_merchants_own_that_is_a_built_in_text_keeps_its_meaning() {
        let own = [("other", "Other"), ("anders", "Something else")];
        let own = own.map(|(code, text)| CancellationReason::new(code, text));
        let list = ReasonList::new(own.to_vec()).expect("a list");
        let list = list.in_language_of("nl_NL");
        let store = StoreNumber(1);
        let shown = |code: &str| list.by_code(code).expect("a reason").description_for(store);
        assert_eq!((shown("other"), shown("anders")), ("Other", "Something else"));
        for (text, code) in [
            ("anders", "anders"),
            ("Something else", "anders"),
            ("other", "other"),
        ] {
            let meant = list.find(text, store).map(|it| it.code.as_str());
            assert_eq!(meant, Some(code), "{text}");
        }
    }

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
    fn a_list_needs_a_reason_for_customers_that_never_ends() {
        let now = DateTime::UNIX_EPOCH;
        let staff = |code: &str| {
            let mut reason = CancellationReason::new(code, code);
            reason.rules.audience = [ReasonAudience::Merchant].into();
            reason
        };
        let mut ending = CancellationReason::new("ending", "Ending");
        ending.rules.valid_until = Some(now);
        let list = ReasonList::new(vec![staff("a"), ending.clone()]);
        assert_eq!(list, Err(ReasonListError::NoneForCustomers));
        let list = ReasonList::new(vec![staff("a"), ending, CancellationReason::new("b", "B")]);
        let list = list.expect("a list");
        let offered = |audience| {
            let reasons = list.offered(audience, now).map(|it| it.code.as_str());
            reasons.collect::<Vec<_>>()
        };
        assert_eq!(offered(Some(ReasonAudience::Customer)), ["b"]);
        assert_eq!(offered(Some(ReasonAudience::Merchant)), ["a", "b"]);
        assert_eq!(offered(None), ["a", "b"]);
        let store = StoreNumber(1);
        let customer = Some(ReasonAudience::Customer);
        assert!(list.find("a", store).is_some() && list.find_offered("a", store, customer, now).is_none());
    }

    #[test]
    fn a_reason_needs_an_audience_and_must_end_after_it_begins() {
        let reason = CancellationReason::new("a", "A");
        let mut alone = reason.clone();
        alone.rules.audience.clear();
        assert_eq!(
            ReasonList::new(vec![alone]),
            Err(ReasonListError::NoAudience("a".into()))
        );
        let mut backwards = reason;
        backwards.rules.valid_from = Some(DateTime::UNIX_EPOCH);
        backwards.rules.valid_until = Some(DateTime::UNIX_EPOCH);
        assert_eq!(
            ReasonList::new(vec![backwards]),
            Err(ReasonListError::BadTimes("a".into()))
        );
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
