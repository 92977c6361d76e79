//! Countries of ISO 3166-1, sorted by name.

use async_graphql::Object;
use rust_iso3166::CountryCode;

use super::region::Region;
use crate::kit::Language;
use crate::kit::List;

/// A country of ISO 3166-1.
pub(crate) struct Country {
    code: CountryCode,
    /// Name of the country in `language`; in English when CLDR has no name in `language`.
    name: String,
    language: Language,
}

impl Country {
    /// All countries, in alphabetical order of their names in `language`.
    pub(crate) fn all(language: &Language) -> List<Self> {
        let countries = rust_iso3166::ALL.iter();
        let mut countries: Vec<Self> = countries.map(|code| Self::new(*code, language)).collect();
        language.sort_by_name(&mut countries, |country| &country.name);
        countries.into()
    }

    /// The country with the code `id`, two capital letters; none when no country has the code.
    pub(crate) fn with_id(id: &str, language: &Language) -> Option<Self> {
        let code = rust_iso3166::ALL.iter().find(|country| country.alpha2 == id)?;
        Some(Self::new(*code, language))
    }

    fn new(code: CountryCode, language: &Language) -> Self {
        let name = language.country(code.alpha2);
        Self {
            code,
            name: name.unwrap_or_else(|| in_english(&code)),
            language: language.clone(),
        }
    }
}

fn in_english(code: &CountryCode) -> String {
    let name = Language::ENGLISH.country(code.alpha2);
    name.unwrap_or_else(|| code.name.to_owned())
}

/// A country of ISO 3166-1.
#[Object(serial, rename_fields = "snake_case")]
impl Country {
    /// ISO 3166-1 code of the country, two capital letters, such as `NL`. Never null.
    async fn id(&self) -> Option<&str> {
        Some(self.code.alpha2)
    }

    /// ISO 3166-1 code of the country, two capital letters, such as `NL`; the same as `id`. Never null.
    async fn two_letter_abbreviation(&self) -> Option<&str> {
        Some(self.code.alpha2)
    }

    /// ISO 3166-1 code of the country, three capital letters, such as `NLD`. Never null.
    async fn three_letter_abbreviation(&self) -> Option<&str> {
        Some(self.code.alpha3)
    }

    /// Name of the country in the language of the store view; in English when
    /// that language has no name for it. Never null.
    async fn full_name_locale(&self) -> Option<&str> {
        Some(&self.name)
    }

    /// Name of the country in English. Never null.
    async fn full_name_english(&self) -> Option<String> {
        Some(in_english(&self.code))
    }

    /// States, provinces or counties that an address in the country may name,
    /// sorted by name; null when ISO 3166-2 lists none.
    async fn available_regions(&self) -> Option<List<Region>> {
        Region::of(&self.code, &self.language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::CountryCodeEnum;

    #[test]
    fn every_country_that_an_address_may_name_is_listed_with_a_name_of_its_own_language() {
        for locale in ["nl_NL", "sv_SE"] {
            let language = Language::of(locale);
            for code in CountryCodeEnum::CODES {
                assert!(Country::with_id(code, &language).is_some(), "{code}");
                assert!(language.country(code).is_some(), "{code} in {locale}");
            }
        }
        assert_eq!(rust_iso3166::ALL.len(), CountryCodeEnum::CODES.len());
    }
}
