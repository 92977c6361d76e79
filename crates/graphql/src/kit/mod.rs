//! The parts that every other folder builds on: lists, money, identifiers, time, errors, and macros for types.

mod answer_budget;
pub(crate) mod code_enum;
pub(crate) mod context;
mod country;
mod currency;
pub(crate) mod error;
pub(crate) mod id;
pub(crate) mod interface;
mod language;
mod list;
pub(crate) mod money;
pub(crate) mod nothing;
pub(crate) mod page;
pub(crate) mod repeat;
pub(crate) mod time;

pub(crate) use answer_budget::AnswerBudget;
pub(crate) use country::CountryCodeEnum;
pub(crate) use currency::CurrencyEnum;
pub(crate) use language::Language;
pub(crate) use list::List;
pub(crate) use money::Money;
pub(crate) use page::SearchResultPageInfo;
pub(crate) use repeat::RepeatInput;
