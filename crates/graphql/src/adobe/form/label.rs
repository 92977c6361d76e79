//! The names of attributes and their options in English, Dutch and Swedish.

use crate::kit::Language;

/// One text in English, Dutch and Swedish.
type Label = [&'static str; 3];

/// Names by the code of the attribute, for customers and addresses alike.
const LABELS: [(&str, Label); 19] = [
    ("city", ["City", "Plaats", "Ort"]),
    ("company", ["Company", "Bedrijf", "Företag"]),
    ("country_id", ["Country", "Land", "Land"]),
    ("dob", ["Date of Birth", "Geboortedatum", "Födelsedatum"]),
    ("email", ["Email", "E-mailadres", "E-postadress"]),
    ("fax", ["Fax", "Fax", "Fax"]),
    ("firstname", ["First Name", "Voornaam", "Förnamn"]),
    ("gender", ["Gender", "Geslacht", "Kön"]),
    ("lastname", ["Last Name", "Achternaam", "Efternamn"]),
    (
        "middlename",
        ["Middle Name/Initial", "Tussenvoegsel", "Mellannamn"],
    ),
    ("postcode", ["Zip/Postal Code", "Postcode", "Postnummer"]),
    ("prefix", ["Name Prefix", "Aanhef", "Titel"]),
    ("region", ["State/Province", "Provincie", "Län/region"]),
    ("region_id", ["State/Province", "Provincie", "Län/region"]),
    ("street", ["Street Address", "Straat en huisnummer", "Gatuadress"]),
    ("suffix", ["Name Suffix", "Achtervoegsel", "Namnsuffix"]),
    (
        "taxvat",
        ["Tax/VAT Number", "Btw-nummer", "Momsregistreringsnummer"],
    ),
    ("telephone", ["Phone Number", "Telefoonnummer", "Telefonnummer"]),
    ("vat_id", ["VAT Number", "Btw-nummer", "Momsregistreringsnummer"]),
];

/// The options of `gender`, numbered as Adobe numbers them.
const GENDERS: [(&str, Label); 3] = [
    ("1", ["Male", "Man", "Man"]),
    ("2", ["Female", "Vrouw", "Kvinna"]),
    ("3", ["Not Specified", "Niet opgegeven", "Ej angivet"]),
];

/// The name of the attribute `code` in `language`; in English when there is no translation.
pub(super) fn of(code: &str, language: &Language) -> Option<&'static str> {
    let (_, label) = LABELS.iter().find(|(known, _)| *known == code)?;
    Some(in_language(label, language))
}

/// The options of the attribute `code`, each as a value and a name.
pub(super) fn options(code: &str, language: &Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let options: &[(&str, Label)] = if code == "gender" { &GENDERS } else { &[] };
    options
        .iter()
        .map(|(value, label)| (*value, in_language(label, language)))
}

fn in_language(label: &Label, language: &Language) -> &'static str {
    let [english, dutch, swedish] = *label;
    match language.code() {
        "nl" => dutch,
        "sv" => swedish,
        _ => english,
    }
}

#[cfg(test)]
mod tests {
    use super::super::attribute::{ADDRESS, CUSTOMER};
    use super::*;

    #[test]
    fn every_attribute_of_a_form_has_a_label() {
        for attribute in CUSTOMER.iter().chain(ADDRESS) {
            assert!(
                of(attribute.code, &Language::ENGLISH).is_some(),
                "{}",
                attribute.code
            );
        }
    }

    #[test]
    fn labels_are_in_the_language_of_the_store_view_or_in_english() {
        let label = |locale: &str| of("firstname", &Language::of(locale));
        assert_eq!(label("nl_BE"), Some("Voornaam"));
        assert_eq!(label("sv_SE"), Some("Förnamn"));
        assert_eq!(label("ja_JP"), Some("First Name"));
    }
}
