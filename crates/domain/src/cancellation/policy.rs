//! The rules of a store view for cancellations, resolved for one order.

use crate::cancellation::{CancellationReason, CancellationRefusal, ReasonList};
use crate::id::StoreNumber;

/// Whether and why a buyer of a store view may cancel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationPolicy {
    /// The store view's switch.
    pub enabled: bool,
    /// The store view's reasons.
    pub reasons: ReasonList,
    /// Whether the buyer is told by mail once an order is canceled.
    pub notifies_customer: bool,
}

impl CancellationPolicy {
    /// The reason that a storefront of `store` means by `text`.
    pub(crate) fn reason(
        &self,
        text: &str,
        store: StoreNumber,
    ) -> Result<&CancellationReason, CancellationRefusal> {
        self.reasons
            .find(text, store)
            .ok_or(CancellationRefusal::InvalidReason)
    }
}
