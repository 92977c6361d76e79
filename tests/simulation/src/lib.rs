//! A seeded simulator of the shop, in one process: time, identifiers, chance, the payment provider, the mail server and
//! faults of the database come from one seed, and a failure is repeated by its seed.
//!
//! [`whole_shop`] runs the use cases of the shop on a database of SQLite. [`rules`] runs the rules alone, which is
//! faster by far. Both use the same simulated payment provider ([`ledger`]), which keeps the books that count: what it
//! paid back is compared with what the shop says.

mod basket;
mod dice;
pub mod fixed_clock;
pub mod ledger;
pub mod plan;
pub mod rules;
pub mod secret_keys;
pub mod seeded_env;
pub mod whole_shop;

pub use plan::Plan;
