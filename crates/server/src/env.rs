//! The machine's identifiers and chance: the one place where both are made.

use std::sync::Arc;

use countermand_app::{Chance, Env, Ids};
use rand::RngCore;
use uuid::Uuid;

use crate::clock::SystemClock;

/// The machine's time, identifiers and chance.
pub(crate) fn system_env() -> Env {
    Env {
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        chance: Arc::new(SystemChance),
    }
}

struct SystemIds;

impl Ids for SystemIds {
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
