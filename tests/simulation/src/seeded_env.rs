//! Identifiers and chance as a seed decides them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countermand_app::{Chance, Env, Ids};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use uuid::{Builder, Uuid};

use crate::fixed_clock::FixedClock;

/// An environment that makes the same identifiers and the same keys for the same `seed`, in the time of `clock`.
#[must_use]
pub fn seeded_env(seed: u64, clock: Arc<FixedClock>) -> Env {
    Env {
        clock,
        ids: Arc::new(SeededIds::new(seed)),
        chance: Arc::new(SeededChance(Mutex::new(StdRng::seed_from_u64(seed)))),
    }
}

/// Identifiers that sort by the order they were made in.
struct SeededIds {
    seed: u64,
    made: AtomicU64,
}

impl SeededIds {
    /// Milliseconds since 1970 of the first identifier.
    const START: u64 = 1_772_884_800_000;

    fn new(seed: u64) -> Self {
        Self {
            seed,
            made: AtomicU64::new(0),
        }
    }
}

impl Ids for SeededIds {
    fn next(&self) -> Uuid {
        let made = self.made.fetch_add(1, Ordering::Relaxed);
        let mut random = [0_u8; 10];
        StdRng::seed_from_u64(self.seed ^ made).fill_bytes(&mut random);
        Builder::from_unix_timestamp_millis(Self::START + made, &random).into_uuid()
    }
}

struct SeededChance(Mutex<StdRng>);

impl Chance for SeededChance {
    fn fill(&self, bytes: &mut [u8]) {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rng.fill_bytes(bytes);
    }
}
