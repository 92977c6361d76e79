//! The reasons for canceling an order, as a store view offers them.

use async_graphql::SimpleObject;
use countermand_app::App;
use countermand_domain::{Shop, StoreNumber};

/// A reason for canceling an order that a store view offers.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct CancellationReason {
    /// Text of the reason for shoppers: the store view's translation; where there is none, the built-in text in the
    /// language of the store view (Dutch or Swedish), or the general text. Storefronts send this text as `reason`.
    description: String,
    /// Permanent code of the reason, at most 64 lower-case letters, digits and `_`, such as `no_longer_needed`. A
    /// storefront may send the code as `reason` instead of the text.
    code: String,
    /// Whether a cancellation for the reason needs a comment: without one it is refused.
    #[graphql(name = "needs_comment")]
    needs_comment: bool,
}

impl CancellationReason {
    /// The reasons that customers may choose in `store` now, in the order in which storefronts show them.
    pub(crate) fn offered(app: &App, shop: &Shop, store: StoreNumber) -> Vec<Self> {
        let reasons = app.reasons_for_customers(shop, store);
        let shown = |reason: countermand_domain::CancellationReason| Self {
            description: reason.description_for(store).to_owned(),
            needs_comment: reason.rules.needs_comment,
            code: reason.code,
        };
        reasons.into_iter().map(shown).collect()
    }
}
