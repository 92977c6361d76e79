//! Reasons as a store view offers them.

use async_graphql::SimpleObject;
use countermand_domain::{Catalog, StoreNumber};

/// A reason for canceling.
#[derive(SimpleObject)]
pub(crate) struct CancellationReason {
    /// What the shopper reads, in the language of the store view. Storefronts send it back as the reason.
    description: String,
    /// Never changes, whatever the description says. May be sent as the reason too.
    code: String,
}

impl CancellationReason {
    /// What `store` offers, in the order in which it is shown.
    pub(crate) fn offered(catalog: &Catalog, store: StoreNumber) -> Vec<Self> {
        let policy = catalog.cancellation_policy(store);
        let reasons = policy.reasons.reasons().iter();
        let shown = |reason: &countermand_domain::CancellationReason| Self {
            description: reason.description_for(store).to_owned(),
            code: reason.code.clone(),
        };
        reasons.map(shown).collect()
    }
}
