//! The machine's identifiers and chance.

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
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where identifiers are made"
    )]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }
}

struct SystemChance;

impl Chance for SystemChance {
    #[expect(clippy::disallowed_methods, reason = "the one place where chance is drawn")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}
