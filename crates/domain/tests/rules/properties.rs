//! States what holds for arbitrary orders after arbitrary steps.

mod base_currency;
mod bundle_parts;
mod cancellation;
mod channels;
mod charged;
mod charges;
mod deadlines;
mod documents;
mod earlier;
mod money;
mod open_invoices;
mod parts;
mod policies;
mod prepaid;
mod reach;
mod restoration;
mod splits;
mod staff_money;
mod tenders;

use proptest::prelude::*;

/// The number of cases: enough to meet every pair of situations, and few enough to take seconds.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
