//! The language of a store view: its names for countries and its alphabetical order.

use icu_collator::CollatorBorrowed;
use icu_collator::options::CollatorOptions;
use icu_locale::names::RegionDisplayName;
use icu_locale::subtags::Region;
use icu_locale::{Locale, locale};

/// A language as Unicode's CLDR describes it.
#[derive(Debug, Clone)]
pub(crate) struct Language(Locale);

impl Language {
    /// The English language.
    pub(crate) const ENGLISH: Self = Self(locale!("en"));

    /// The language of a store view's `locale`, such as `nl_NL`; English when `locale` names no language.
    pub(crate) fn of(locale: &str) -> Self {
        Locale::try_from_str(&locale.replace('_', "-")).map_or(Self::ENGLISH, Self)
    }

    /// The code of the language, such as `nl`.
    pub(crate) fn code(&self) -> &str {
        self.0.id.language.as_str()
    }

    /// The name of the country with the code `code`, such as `NL`; none when CLDR has no name for the country.
    pub(crate) fn country(&self, code: &str) -> Option<String> {
        let region = Region::try_from_str(code).ok()?;
        let name = RegionDisplayName::try_new_light((&self.0).into(), region).ok()?;
        Some(name.to_string())
    }

    /// Sorts `items` by name, in the alphabetical order of the language.
    pub(crate) fn sort_by_name<T>(&self, items: &mut [T], name: impl Fn(&T) -> &str) {
        let alphabet = CollatorBorrowed::try_new((&self.0).into(), CollatorOptions::default());
        items.sort_by(|one, other| match &alphabet {
            Ok(alphabet) => alphabet.compare(name(one), name(other)),
            Err(_) => name(one).cmp(name(other)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_has_a_name_in_every_language() {
        let name = |locale: &str| Language::of(locale).country("NL");
        assert_eq!(name("en_US").as_deref(), Some("Netherlands"));
        assert_eq!(name("nl_NL").as_deref(), Some("Nederland"));
        assert_eq!(name("sv_SE").as_deref(), Some("Nederländerna"));
        assert_eq!(name("pt-BR").as_deref(), Some("Países Baixos"));
        assert_eq!(name("no locale at all").as_deref(), Some("Netherlands"));
    }

    #[test]
    fn letters_stand_where_the_alphabet_has_them() {
        let sorted = |locale: &str| {
            let mut names = ["Österrike", "Zambia", "Åland", "Argentina"];
            Language::of(locale).sort_by_name(&mut names, |it| it);
            names
        };
        assert_eq!(sorted("sv_SE"), ["Argentina", "Zambia", "Åland", "Österrike"]);
        assert_eq!(sorted("nl_NL"), ["Åland", "Argentina", "Österrike", "Zambia"]);
    }
}
