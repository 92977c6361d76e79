//! Countries, their regions, currencies and languages: reference data from
//! ISO and Unicode's CLDR, read without a query.

mod country;
mod currency;
mod region;

pub(crate) use country::Country;
pub(crate) use currency::Currency;
