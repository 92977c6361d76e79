//! The rules on arbitrary orders (`properties`) and case by case as the contract has them (`contract`).

mod arbitrary;
mod contract;
mod properties;
mod shop;
