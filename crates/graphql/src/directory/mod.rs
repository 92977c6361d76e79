//! Countries, their regions, currencies and languages: reference data from
//! ISO and Unicode's CLDR, read without a query.

mod country;
mod currency;
mod language;
mod region;

pub(crate) use country::Country;
pub(crate) use currency::Currency;
pub(crate) use language::Language;
