//! Tests the rules: on arbitrary orders (`properties`), and case by case (`contract`), as `docs/contract.md` has them.

mod arbitrary;
mod contract;
mod properties;
mod shop;
