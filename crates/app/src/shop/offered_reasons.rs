//! The reasons that a storefront shows: those that customers may choose at the moment.

use countermand_domain::{CancellationReason, ReasonAudience, Shop, StoreNumber};

use crate::App;

impl App {
    /// The reasons of `store` that customers may choose now, in the order in which storefronts show them.
    #[must_use]
    pub fn reasons_for_customers(&self, shop: &Shop, store: StoreNumber) -> Vec<CancellationReason> {
        let reasons = shop.cancellation_policy(store).reasons;
        let offered = reasons.offered(Some(ReasonAudience::Customer), self.now());
        offered.cloned().collect()
    }
}
