//! An order as one viewer sees it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{
    Actor, Address, CancellationTerms, ConfigScope, Order, OrderCustomer, Shop, StoreView,
};
use countermand_persistence::ReversalSeries;

/// An order, the shop that the order belongs to, and the viewer.
#[derive(Debug, Clone)]
pub struct OrderView {
    /// The order.
    pub order: Arc<Order>,
    /// The shop as it was when the order was read.
    pub shop: Arc<Shop>,
    /// The viewer, who decides what may be done.
    pub actor: Actor,
    /// When the order was read.
    pub seen_at: DateTime<Utc>,
    /// The token with which this order is found without signing in.
    pub token: String,
    /// The voids and refunds of the order; none where they were not read with the order.
    pub(crate) reversals: Option<Vec<ReversalSeries>>,
}

impl OrderView {
    /// The same with the voids and refunds of the order, where they were read with it.
    pub(crate) fn with_reversals(self, reversals: Option<Vec<ReversalSeries>>) -> Self {
        Self { reversals, ..self }
    }

    /// The order as a person may see it who knows only its id: without the buyer's data, without a text that a person
    /// typed or chose, such as an engraving or the label of a coupon, and without a token.
    #[must_use]
    pub fn for_strangers(mut self) -> Self {
        let order = Arc::make_mut(&mut self.order);
        order.customer = OrderCustomer {
            id: None,
            email: String::new(),
            firstname: String::new(),
            lastname: String::new(),
            middlename: None,
            prefix: None,
            suffix: None,
            // What may be canceled depends on the group, and no field for buyers shows it.
            group: order.customer.group,
        };
        order.billing_address = Address::default();
        order.shipping_address = None;
        order.shipping.description = None;
        order.payment.additional_data.clear();
        order.payment.title.clone_from(&order.payment.method);
        for tender in &mut order.payment.tenders {
            tender.title.clone_from(&tender.method);
        }
        order.coupons.clear();
        order.points = None;
        // The name of a discount may be the label of a coupon, and that of a tax the region of an address.
        order.discounts.clear();
        order.taxes.clear();
        order.comments.clear();
        order.cancellation_request = None;
        order.subscriptions.clear();
        for shipment in &mut order.shipments {
            shipment.tracking.clear();
        }
        for item in &mut order.items {
            item.selected_options.clear();
            item.entered_options.clear();
            item.bundle_options.clear();
            item.downloadable_links.clear();
            item.gift_card = None;
        }
        self.token.clear();
        self
    }

    /// What this viewer may cancel, or why not, by the one rule for cancellations.
    #[must_use]
    pub fn cancellation_terms(&self) -> CancellationTerms {
        let policy = self.shop.cancellation_policy(self.order.id.store());
        self.order.cancellation_terms(&policy, &self.actor, self.seen_at)
    }

    /// Whether this viewer must give a reason for a cancellation.
    #[must_use]
    pub fn needs_reason(&self) -> bool {
        let policy = self.shop.cancellation_policy(self.order.id.store());
        policy.rules.reason_required.include(&self.actor)
    }

    /// Whether this viewer must write a comment on a cancellation, whichever the reason is.
    #[must_use]
    pub fn needs_comment(&self) -> bool {
        let policy = self.shop.cancellation_policy(self.order.id.store());
        policy.rules.comment_required.include(&self.actor)
    }

    /// Whether this viewer may cancel, by the same rule.
    #[must_use]
    pub fn may_cancel(&self) -> bool {
        let policy = self.shop.cancellation_policy(self.order.id.store());
        self.order.may_be_canceled_by(&self.actor, &policy, self.seen_at)
    }

    /// Whether storefronts offer to order again (`docs/contract.md` section 8).
    #[must_use]
    pub fn may_reorder(&self) -> bool {
        self.shop
            .settings_at(ConfigScope::Store(self.order.id.store()))
            .reorder_allowed
            .value
    }

    /// The name of the order's payment method in the order's store view.
    #[must_use]
    pub fn payment_method_name(&self) -> String {
        let settings = self.shop.settings_at(ConfigScope::Store(self.order.id.store()));
        let names = &settings.payment_method_names.value;
        self.order.payment.shown_name(names).to_owned()
    }

    /// The name of the tender at `position` in the order's store view; that of the payment method where there is none.
    #[must_use]
    pub fn tender_name(&self, position: usize) -> String {
        let settings = self.shop.settings_at(ConfigScope::Store(self.order.id.store()));
        let names = &settings.payment_method_names.value;
        let tender = self.order.payment.tender(position);
        tender.map_or_else(
            || self.payment_method_name(),
            |tender| tender.shown_name(names).to_owned(),
        )
    }

    /// The label of the order's status in the order's store view.
    #[must_use]
    pub fn status_label(&self) -> String {
        self.shop.labels.label(&self.order.status, self.order.id.store())
    }

    /// The order's store view.
    #[must_use]
    pub fn store(&self) -> Option<&StoreView> {
        self.shop.store(self.order.id.store())
    }
}
