//! Money that must flow back: a void releases reserved money, a refund pays taken money back.

use countermand_persistence::OwedReversal;
use serde::{Deserialize, Serialize};

use super::{Attempt, Obligation, Outcome, Ports};
use crate::App;

/// Reserved money that must be released.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Void(OwedReversal);

/// Taken money that must be paid back.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Refund(OwedReversal);

impl Obligation for Void {
    const IS_BOOKED: bool = true;
    const IS_MET_BY_STAFF: bool = true;

    async fn meet(&self, _: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        offline()
    }
}

impl Obligation for Refund {
    const IS_BOOKED: bool = true;
    const IS_MET_BY_STAFF: bool = true;

    async fn meet(&self, _: &App, _: &Ports<'_>, _: &Attempt) -> Outcome {
        offline()
    }
}

/// Returns the outcome for an offline payment, which is every payment here: a person moves the money.
fn offline() -> Outcome {
    Outcome::NeedsAttention {
        why: "staff must carry this out: no payment provider is connected".into(),
    }
}
