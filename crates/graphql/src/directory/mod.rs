//! Countries, their regions and currencies: reference data from ISO and from Unicode's CLDR, no query needed.

mod country;
mod currency;
mod language;
mod region;

pub(crate) use country::Country;
pub(crate) use currency::Currency;
pub(crate) use language::Language;
