//! What holds for arbitrary orders, whatever happened to them.

mod cancellation;
mod documents;
mod money;
mod reach;
mod splits;

use proptest::prelude::*;

/// Enough to meet every pair of situations, few enough for seconds.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
