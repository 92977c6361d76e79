//! Money that must flow back: a void releases reserved money, a refund pays taken money back.

use countermand_domain::ReversalOperation;
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
pub(crate) struct Refund(pub(crate) OwedReversal);

impl Obligation for Void {
    const IS_BOOKED: bool = true;

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        app.reverse(self.0, ReversalOperation::Void, attempt).await
    }
}

impl Obligation for Refund {
    const IS_BOOKED: bool = true;

    async fn meet(&self, app: &App, _: &Ports<'_>, attempt: &Attempt) -> Outcome {
        app.reverse(self.0, ReversalOperation::Refund, attempt).await
    }
}
