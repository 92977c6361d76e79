//! Tests the rules: on arbitrary orders (`properties`), and case by case (`contract`), as `docs/contract.md` has them.
//! Compares the table of settings in `docs/configuration.md` with the declarations (`settings_table`).

mod arbitrary;
mod contract;
mod erasing;
mod properties;
mod settings_table;
mod shop;
