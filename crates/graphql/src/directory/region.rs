//! States, provinces and counties of ISO 3166-2.

use async_graphql::SimpleObject;
use rust_iso3166::CountryCode;
use rust_iso3166::iso3166_2::Subdivision;

use crate::kit::Language;
use crate::kit::List;

/// Kinds of regions that are left out, by country: the standard lists several levels for some countries, and for
/// others regions that are countries of their own.
const OTHER_LEVELS: [(&str, &[&str]); 17] = [
    ("BD", &["Division"]),
    ("BF", &["Region"]),
    ("CZ", &["District"]),
    ("DO", &["Region"]),
    ("ES", &["Autonomous community"]),
    ("FR", &["Metropolitan region"]),
    (
        "GB",
        &[
            "City corporation",
            "Council area",
            "District",
            "London borough",
            "Metropolitan district",
            "Two-tier county",
            "Unitary authority",
        ],
    ),
    ("GN", &["Prefecture"]),
    ("ID", &["Geographical unit"]),
    ("IE", &["Province"]),
    ("IT", &["Autonomous region", "Region"]),
    ("LK", &["Province"]),
    ("MA", &["Prefecture", "Province"]),
    ("MW", &["Region"]),
    ("NL", &["Country"]),
    ("PH", &["Region"]),
    ("UG", &["Geographical region"]),
];

/// A state, province or county of a country.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Region {
    /// Number of the region, made from the codes of country and region, so that it never changes. Never null.
    id: Option<i32>,
    /// ISO 3166-2 code of the region without the country, such as `CA` for `US-CA`. Never null.
    code: Option<&'static str>,
    /// Name of the region as ISO 3166-2 lists it, not translated. Never null.
    name: Option<&'static str>,
}

impl Region {
    /// The regions that an address in `country` may name, sorted by name; none when the standard lists no regions.
    pub(super) fn of(country: &CountryCode, language: &Language) -> Option<List<Self>> {
        let others = OTHER_LEVELS.iter().find(|(code, _)| *code == country.alpha2);
        let others = others.map_or(&[][..], |(_, kinds)| kinds);
        let mut regions: Vec<&Subdivision> = country
            .subdivisions()?
            .iter()
            .filter(|region| !others.contains(&region.subdivision_type))
            .collect();
        language.sort_by_name(&mut regions, |region| region.name);
        let shown = regions.into_iter().map(|region| Self {
            id: id(country.numeric, region.region_code),
            code: Some(region.region_code),
            name: Some(region.name),
        });
        Some(shown.collect())
    }
}

/// The number of a region. Codes have at most three letters and digits, so
/// with the country's number they fit into 32 bits.
fn id(country: u16, region: &str) -> Option<i32> {
    const DIGITS: u32 = 37;
    let code = region.chars().try_fold(0, |sum: u32, letter| {
        sum.checked_mul(DIGITS)?.checked_add(letter.to_digit(36)? + 1)
    })?;
    let id = u32::from(country).checked_mul(DIGITS.pow(3))?.checked_add(code)?;
    i32::try_from(id).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_region_has_an_id_of_its_own() {
        let mut ids = HashSet::new();
        for country in rust_iso3166::ALL {
            for region in country.subdivisions().unwrap_or_default() {
                let id = id(country.numeric, region.region_code).expect("an id");
                assert!(id > 0 && ids.insert(id), "{}", region.code);
            }
        }
        assert!(ids.len() > 4_000);
    }

    #[test]
    fn what_is_left_out_is_what_the_standard_lists() {
        for (code, kinds) in OTHER_LEVELS {
            let country = rust_iso3166::from_alpha2(code).expect("a country");
            let regions = country.subdivisions().expect("regions");
            for kind in kinds {
                let known = |region: &Subdivision| region.subdivision_type == *kind;
                assert!(regions.iter().any(known), "{code}: {kind}");
            }
            assert!(
                regions
                    .iter()
                    .any(|region| !kinds.contains(&region.subdivision_type)),
                "{code}: nothing is left"
            );
        }
    }
}
