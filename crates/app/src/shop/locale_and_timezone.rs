//! Which locales and time zones a store view may have: those that exist.

use chrono_tz::Tz;
use icu_locale::{LanguageIdentifier, LocaleExpander, TransformResult};

use crate::error::{UserError, UserErrorCode};

/// The longest locale that is kept, in characters.
const LONGEST_LOCALE: usize = 16;

/// Checks that `locale` is a language and a country that exist, such as `nl_NL`, with a script where one is told, such
/// as `zh_Hans_CN`. Adobe writes locales in this way.
pub(crate) fn locale_error(field: &str, locale: &str) -> Option<UserError> {
    (!is_locale(locale)).then(|| {
        let message = format!(
            "`{locale}` is no locale: write a language and a country that exist, such as `en_US` or `nl_NL`"
        );
        UserError::about(field, UserErrorCode::Invalid, message)
    })
}

/// Checks that `timezone` is the name of a time zone in IANA's database, such as `Europe/Amsterdam`.
pub(crate) fn timezone_error(field: &str, timezone: &str) -> Option<UserError> {
    timezone.parse::<Tz>().is_err().then(|| {
        let message =
            format!("`{timezone}` is no time zone: write an IANA name, such as `Europe/Amsterdam` or `UTC`");
        UserError::about(field, UserErrorCode::Invalid, message)
    })
}

fn is_locale(locale: &str) -> bool {
    if locale.len() > LONGEST_LOCALE {
        return false;
    }
    let Ok(parsed) = LanguageIdentifier::try_from_str(&locale.replace('_', "-")) else {
        return false;
    };
    let Some(country) = parsed.region else {
        return false;
    };
    // The canonical text has the right letters in upper case, and Adobe's separator is `_`.
    parsed.to_string().replace('-', "_") == locale
        && parsed.variants.is_empty()
        && rust_iso3166::from_alpha2(country.as_str()).is_some()
        && is_language(&parsed)
}

/// Whether Unicode's CLDR knows in which script the language is written.
fn is_language(locale: &LanguageIdentifier) -> bool {
    let mut language = LanguageIdentifier {
        language: locale.language,
        ..LanguageIdentifier::UNKNOWN
    };
    !locale.language.is_unknown()
        && LocaleExpander::new_extended().maximize(&mut language) == TransformResult::Modified
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_a_language_and_a_country_that_exist() {
        for locale in [
            "en_US",
            "nl_NL",
            "sv_SE",
            "pt_BR",
            "zh_Hans_CN",
            "sr_Cyrl_RS",
            "fil_PH",
            "nb_NO",
        ] {
            assert!(locale_error("locale", locale).is_none(), "{locale}");
        }
        let nonsense = [
            "",
            "en",
            "en-US",
            "en_us",
            "EN_US",
            "english",
            "xx_US",
            "qqq_NL",
            "en_XX",
            "en_419",
            "und_NL",
            "de_DE_1996",
            "en_US ",
            "en__US",
            "e\u{301}n_US",
            "English, please",
        ];
        for locale in nonsense {
            assert!(locale_error("locale", locale).is_some(), "`{locale}`");
        }
    }

    #[test]
    fn a_time_zone_has_a_name_of_iana() {
        for zone in [
            "UTC",
            "Europe/Amsterdam",
            "America/Argentina/ComodRivadavia",
            "Etc/GMT+5",
        ] {
            assert!(timezone_error("timezone", zone).is_none(), "{zone}");
        }
        for zone in [
            "",
            "Amsterdam",
            "europe/amsterdam",
            "+01:00",
            "Mars/Olympus_Mons",
            "Europe/Amsterdam ",
        ] {
            assert!(timezone_error("timezone", zone).is_some(), "`{zone}`");
        }
    }
}
