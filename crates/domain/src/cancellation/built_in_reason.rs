//! The reasons that every shop has from the start, with their texts in English, Dutch and Swedish.
//!
//! Adobe's five are for everyone (`docs/contract.md` section 4). The others are what sellers tell a sales channel, so
//! they are for staff and channels.

use std::sync::{Arc, LazyLock};

use crate::cancellation::{CancellationReason, ReasonAudience, ReasonList, TOO_SLOW};

/// A reason that is built in.
#[derive(Clone, Copy)]
struct BuiltInReason {
    code: &'static str,
    /// The English, the Dutch and the Swedish text.
    texts: [&'static str; 3],
    is_for: Choosers,
    is_sellers_fault: bool,
}

/// The people and programs that choose a built-in reason.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Choosers {
    Everyone,
    StaffAndChannels,
}

/// A language that built-in reasons have texts in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    Dutch,
    Swedish,
}

/// The built-in list as store views of each language show it.
struct Catalog {
    english: ReasonList,
    dutch: ReasonList,
    swedish: ReasonList,
}

/// All of them, in the order in which they are shown.
const BUILT_IN: [BuiltInReason; 17] = [
    adobes(
        "no_longer_needed",
        [
            "The item(s) are no longer needed",
            "Ik heb de artikelen niet meer nodig",
            "Jag behöver inte varorna längre",
        ],
    ),
    adobes(
        "placed_by_mistake",
        [
            "The order was placed by mistake",
            "De bestelling is per ongeluk geplaatst",
            "Beställningen gjordes av misstag",
        ],
    ),
    of_seller(adobes(
        TOO_SLOW,
        [
            "Item(s) not arriving within the expected timeframe",
            "De levering duurt langer dan verwacht",
            "Leveransen tar längre tid än väntat",
        ],
    )),
    adobes(
        "better_price",
        [
            "Found a better price elsewhere",
            "Ergens anders goedkoper gevonden",
            "Jag hittade ett bättre pris någon annanstans",
        ],
    ),
    further(
        "ordered_twice",
        [
            "The order was placed twice",
            "De bestelling is twee keer geplaatst",
            "Beställningen gjordes två gånger",
        ],
    ),
    further(
        "wrong_address",
        [
            "The shipping address is wrong",
            "Het bezorgadres klopt niet",
            "Leveransadressen är fel",
        ],
    ),
    further(
        "cannot_deliver_there",
        [
            "Delivery to the shipping address is not possible",
            "Op het bezorgadres kan niet worden bezorgd",
            "Det går inte att leverera till leveransadressen",
        ],
    ),
    of_seller(further(
        "out_of_stock",
        [
            "The item(s) are out of stock",
            "De artikelen zijn niet op voorraad",
            "Varorna finns inte i lager",
        ],
    )),
    of_seller(further(
        "late_supply",
        [
            "The supplier delivers the item(s) too late",
            "De leverancier levert de artikelen te laat",
            "Leverantören levererar varorna för sent",
        ],
    )),
    of_seller(further(
        "damaged",
        [
            "The item(s) are damaged",
            "De artikelen zijn beschadigd",
            "Varorna är skadade",
        ],
    )),
    of_seller(further(
        "pricing_error",
        ["The price was wrong", "De prijs klopte niet", "Priset var fel"],
    )),
    further(
        "exchange",
        [
            "The item(s) are exchanged for others",
            "De artikelen worden geruild",
            "Varorna byts mot andra",
        ],
    ),
    further(
        "unpaid",
        [
            "The order was not paid",
            "De bestelling is niet betaald",
            "Beställningen betalades inte",
        ],
    ),
    further(
        "wrong_payment_method",
        [
            "The wrong payment method was chosen",
            "Er is een verkeerde betaalmethode gekozen",
            "Fel betalningsmetod valdes",
        ],
    ),
    further(
        "fraud",
        [
            "The order could not be verified",
            "De bestelling kon niet worden gecontroleerd",
            "Beställningen kunde inte verifieras",
        ],
    ),
    of_seller(further(
        "staff_error",
        [
            "The shop made a mistake",
            "De winkel heeft een fout gemaakt",
            "Butiken gjorde ett misstag",
        ],
    )),
    adobes("other", ["Other", "Anders", "Annat"]),
];

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let english = ReasonList::unchecked(BUILT_IN.iter().map(BuiltInReason::reason).collect());
    Catalog {
        dutch: labeled(&english, Language::Dutch),
        swedish: labeled(&english, Language::Swedish),
        english,
    }
});

const fn adobes(code: &'static str, texts: [&'static str; 3]) -> BuiltInReason {
    BuiltInReason {
        code,
        texts,
        is_for: Choosers::Everyone,
        is_sellers_fault: false,
    }
}

const fn further(code: &'static str, texts: [&'static str; 3]) -> BuiltInReason {
    BuiltInReason {
        is_for: Choosers::StaffAndChannels,
        ..adobes(code, texts)
    }
}

const fn of_seller(reason: BuiltInReason) -> BuiltInReason {
    BuiltInReason {
        is_sellers_fault: true,
        ..reason
    }
}

impl BuiltInReason {
    fn reason(&self) -> CancellationReason {
        let mut reason = CancellationReason::new(self.code, self.text(Language::English));
        if self.is_for == Choosers::StaffAndChannels {
            reason.rules.audience = [ReasonAudience::Merchant, ReasonAudience::Channel].into();
        }
        reason.rules.sellers_fault = self.is_sellers_fault;
        reason
    }

    fn text(&self, language: Language) -> &'static str {
        let [english, dutch, swedish] = self.texts;
        match language {
            Language::English => english,
            Language::Dutch => dutch,
            Language::Swedish => swedish,
        }
    }
}

impl Language {
    /// The language of a store view's `locale`, such as `nl_BE`; English where there are no texts in its language.
    fn of(locale: &str) -> Self {
        match locale.split(['_', '-']).next() {
            Some("nl") => Self::Dutch,
            Some("sv") => Self::Swedish,
            _ => Self::English,
        }
    }
}

impl ReasonList {
    /// The built-in reasons: Adobe's five for everyone (contract section 4), and further ones for staff and channels.
    #[must_use]
    pub fn defaults() -> Self {
        CATALOG.english.clone()
    }

    /// The list as store views with `locale` show it: a reason with the code and the general text of a built-in one has
    /// the built-in text of the language, for store views without a text of their own.
    #[must_use]
    pub fn in_language_of(&self, locale: &str) -> Self {
        let is_built_in = Arc::ptr_eq(&self.0, &CATALOG.english.0);
        match Language::of(locale) {
            Language::English => self.clone(),
            Language::Dutch if is_built_in => CATALOG.dutch.clone(),
            Language::Swedish if is_built_in => CATALOG.swedish.clone(),
            language @ (Language::Dutch | Language::Swedish) => labeled(self, language),
        }
    }
}

/// `list` with the built-in texts in `language`. A text that another reason of the list has as text or code stays
/// away, because a sent text must mean one reason.
fn labeled(list: &ReasonList, language: Language) -> ReasonList {
    let reasons = list.reasons();
    let label = |reason: &CancellationReason| {
        let built_in = BUILT_IN.iter().find(|it| it.code == reason.code)?;
        let text = built_in.text(language);
        let is_taken = |it: &CancellationReason| {
            it.code != reason.code && (it.code.eq_ignore_ascii_case(text) || it.has_text(text))
        };
        let is_unchanged = reason.description == built_in.text(Language::English);
        (is_unchanged && !reasons.iter().any(is_taken)).then_some(text)
    };
    let labeled = reasons.iter().map(|reason| CancellationReason {
        label: label(reason),
        ..reason.clone()
    });
    ReasonList::unchecked(labeled.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancellation::ChannelCodes;
    use crate::id::StoreNumber;

    const LANGUAGES: [Language; 3] = [Language::English, Language::Dutch, Language::Swedish];

    #[test]
    fn every_reason_with_a_built_in_code_of_a_channel_is_built_in() {
        let defaults = ReasonList::defaults();
        for mapping in ChannelCodes::built_in().mappings() {
            assert!(defaults.by_code(&mapping.reason).is_some(), "{}", mapping.reason);
        }
    }

    #[test]
    fn the_built_in_reasons_are_a_list_and_differ_in_every_language() {
        let defaults = ReasonList::defaults();
        assert_eq!(ReasonList::new(defaults.reasons().to_vec()), Ok(defaults));
        for language in LANGUAGES {
            let as_texts = BUILT_IN
                .iter()
                .map(|it| CancellationReason::new(it.code, it.text(language)));
            assert!(ReasonList::new(as_texts.collect()).is_ok());
        }
    }

    #[test]
    fn buyers_choose_from_adobes_five_alone() {
        let adobes = [
            "no_longer_needed",
            "placed_by_mistake",
            "too_slow",
            "better_price",
            "other",
        ];
        let now = chrono::DateTime::UNIX_EPOCH;
        let list = ReasonList::defaults();
        let offered = |audience| list.offered(Some(audience), now).map(|it| it.code.as_str());
        for audience in [ReasonAudience::Customer, ReasonAudience::Guest] {
            assert_eq!(offered(audience).collect::<Vec<_>>(), adobes);
        }
        for audience in [ReasonAudience::Merchant, ReasonAudience::Channel] {
            assert_eq!(offered(audience).count(), 17);
        }
    }

    #[test]
    fn a_dutch_text_is_shown_and_means_the_reason_and_so_does_the_english_one() {
        let store = StoreNumber(1);
        let list = ReasonList::defaults().in_language_of("nl_BE");
        let other = list.by_code("other").expect("a reason");
        assert_eq!(other.description_for(store), "Anders");
        for text in ["Anders", " aNDERS", "Other", "other"] {
            assert_eq!(list.find(text, store), Some(other), "{text}");
        }
        assert_eq!(list.find("Annat", store), None);
        for (sent, shown) in [("anders", "anders"), ("OTHER ", "OTHER "), ("other", "other")] {
            assert_eq!(other.text_for_buyer(sent, store), shown);
        }
        let twice = list.by_code("ordered_twice").expect("a reason");
        let shown = "De bestelling is twee keer geplaatst";
        assert_eq!(twice.text_for_buyer("ordered_twice", store), shown);
    }

    #[test]
    fn a_store_view_in_another_language_shows_the_english_texts() {
        for locale in ["en_US", "de_DE", "nds_DE", "", "NL"] {
            assert_eq!(
                ReasonList::defaults().in_language_of(locale),
                ReasonList::defaults(),
                "{locale}"
            );
        }
    }

    #[test]
    fn what_staff_wrote_stays_as_it_is_written() {
        let store = StoreNumber(2);
        let mut own_text = CancellationReason::new("other", "Something else");
        let mut own_translation = CancellationReason::new("better_price", "Found a better price elsewhere");
        own_translation
            .translations
            .insert(store, "Goedkoper gezien".into());
        let unchanged = CancellationReason::new("damaged", "The item(s) are damaged");
        let texts = |reasons: &[&CancellationReason]| {
            let reasons = reasons.iter().map(|it| (*it).clone()).collect();
            let list = ReasonList::new(reasons).expect("a list").in_language_of("nl_NL");
            let texts = list
                .reasons()
                .iter()
                .map(|it| it.description_for(store).to_owned());
            texts.collect::<Vec<_>>()
        };
        assert_eq!(
            texts(&[&own_text, &own_translation, &unchanged]),
            [
                "Something else",
                "Goedkoper gezien",
                "De artikelen zijn beschadigd"
            ]
        );
        own_text.description = "Other".into();
        let taken = CancellationReason::new("different", "anders");
        assert_eq!(
            texts(&[&own_text, &taken]),
            ["Other", "anders"],
            "one text means one reason"
        );
    }
}
