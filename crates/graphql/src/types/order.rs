//! An order as storefronts see it (`docs/contract.md` section 1.4).

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, MergedObject, Object, Result};
use countermand_app::{Caller, OrderView};
use countermand_domain::StaffRole;

use super::address::OrderAddress;
use super::adobe_order::AdobeOrderFields;
use super::cancellation_request::CancellationRequest;
use super::cancellation_terms::CancellationTerms;
use super::comment::SalesCommentItem;
use super::coupon::AppliedCoupon;
use super::credit_memo::CreditMemo;
use super::customer_info::OrderCustomerInfo;
use super::delivery::OrderDelivery;
use super::invoice::Invoice;
use super::order_item::OrderItemInterface;
use super::payment_method::OrderPaymentMethod;
use super::refund::OrderRefund;
use super::returns::ReturnsField;
use super::shipment::OrderShipment;
use super::subscription::OrderSubscription;
use super::total::OrderTotal;
use crate::kit::List;
use crate::kit::context::{app, viewer};
use crate::kit::error::internal;
use crate::kit::money::{does_not_add_up, major_units};
use crate::kit::{id, time};

/// An order of a customer or of a guest.
#[derive(MergedObject)]
#[graphql(serial)]
pub(crate) struct CustomerOrder(
    AdobeOrderFields,
    ReturnsField,
    DeprecatedOrderFields,
    OrderParts,
    OrderFields,
);

impl CustomerOrder {
    /// The order of `view`, with its status as the label.
    pub(crate) fn new(view: Arc<OrderView>) -> Self {
        let status = view.status_label();
        Self::with_status(view, status)
    }

    /// The order of `view`, with its status as the code: the deprecated `customerOrders` shows orders so
    /// (`docs/contract.md` section 6.1).
    pub(crate) fn with_status_code(view: Arc<OrderView>) -> Self {
        let status = view.order.status.clone();
        Self::with_status(view, status)
    }

    fn with_status(view: Arc<OrderView>, status: String) -> Self {
        Self(
            AdobeOrderFields,
            ReturnsField,
            DeprecatedOrderFields(view.clone()),
            OrderParts(view.clone()),
            OrderFields { view, status },
        )
    }
}

/// What a viewer may do with an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderActionType {
    /// The storefront may offer to order the same items again: the shop's setting `sales/reorder/allow` is on.
    Reorder,
    /// The viewer may cancel the order.
    Cancel,
    /// The viewer may return items. Never offered: this shop does not handle returns.
    Return,
}

/// The fields of the order itself.
pub(crate) struct OrderFields {
    view: Arc<OrderView>,
    status: String,
}

#[Object(rename_fields = "snake_case")]
impl OrderFields {
    /// Id of the order: base64 of a decimal number, at most 20 characters.
    async fn id(&self) -> ID {
        id::of_order(self.view.order.id)
    }

    /// Number of the order, at most 50 characters; unique in its store view.
    async fn number(&self) -> &str {
        self.view.order.number.as_str()
    }

    /// Token with which a guest finds the order and asks to cancel it without signing in: 64 characters of
    /// base64url, different in every answer. Empty in the answer to `confirmCancelOrder` with a wrong key, and for staff
    /// with a role below `support`, because the token speaks for the buyer.
    async fn token(&self, context: &Context<'_>) -> &str {
        match viewer(context).map(|viewer| &viewer.caller) {
            Ok(Caller::Staff(staff)) if staff.role < StaffRole::Support => "",
            _ => &self.view.token,
        }
    }

    /// Label that the order's store view gives to the status, such as `Pending`; in answers to `customerOrders` the
    /// code of the status, such as `pending`.
    async fn status(&self) -> &str {
        &self.status
    }

    /// State of the order: `new`, `pending_payment`, `processing`, `payment_review`, `holded`, `complete`, `closed`
    /// or `canceled`. Never null.
    async fn state(&self) -> Option<&str> {
        Some(self.view.order.state.code())
    }

    /// When the order was placed, in the time zone of its store view, as `YYYY-MM-DD HH:MM:SS`.
    async fn order_date(&self) -> String {
        let zone = self.view.store().map_or("UTC", |store| &store.timezone);
        time::local(self.view.order.placed_at, zone)
    }

    /// When the status of the order last changed, in UTC, as `YYYY-MM-DD HH:MM:SS`.
    async fn order_status_change_date(&self) -> String {
        time::utc(self.view.order.status_changed_at)
    }

    /// What the viewer may do with the order now; empty when no action is possible. `CANCEL` is listed exactly when
    /// the viewer may cancel the order.
    async fn available_actions(&self) -> List<OrderActionType> {
        let reorder = self.view.may_reorder().then_some(OrderActionType::Reorder);
        let cancel = self.view.may_cancel().then_some(OrderActionType::Cancel);
        reorder.into_iter().chain(cancel).collect()
    }

    /// What the viewer may cancel of the order now, item by item, or why the order cannot be canceled.
    async fn cancellation_terms(&self) -> CancellationTerms {
        CancellationTerms::of(&self.view)
    }

    /// The newest request for a cancellation of the order, open or ended; null when no cancellation was ever requested.
    async fn cancellation_request(&self) -> Option<CancellationRequest> {
        CancellationRequest::newest_of(&self.view)
    }

    /// Name of the buyer, as it was when the order was placed.
    async fn customer_info(&self) -> OrderCustomerInfo {
        (&self.view.order.customer).into()
    }

    /// E-mail address that the buyer gave for the order. Never null.
    async fn email(&self) -> Option<&str> {
        Some(&self.view.order.customer.email)
    }

    /// Whether the order has only items that are not shipped, such as services and downloads.
    async fn is_virtual(&self) -> bool {
        self.view.order.is_virtual
    }

    /// Name of the carrier: the part of `shipping_method` before the hyphen, `Flat Rate` of `Flat Rate - Fixed`;
    /// null when `shipping_method` is null.
    async fn carrier(&self) -> Option<&str> {
        let description = self.view.order.shipping.description.as_deref()?;
        Some(
            description
                .split_once(" - ")
                .map_or(description, |(carrier, _)| carrier),
        )
    }

    /// Shipping method as the buyer saw it, such as `Flat Rate - Fixed`; null when the order has none.
    async fn shipping_method(&self) -> Option<&str> {
        self.view.order.shipping.description.as_deref()
    }
}

/// The parts of an order that have types of their own.
pub(crate) struct OrderParts(Arc<OrderView>);

#[Object(rename_fields = "snake_case")]
impl OrderParts {
    /// Items that the buyer ordered; items that are part of a bundle or a
    /// configurable product are not listed. Never null.
    async fn items(&self) -> Option<List<OrderItemInterface>> {
        Some(OrderItemInterface::top_level(&self.0))
    }

    /// Amounts that the order adds up to; null, with an entry in `errors`, when the amounts do not add up.
    async fn total(&self) -> Option<Result<OrderTotal>> {
        Some(OrderTotal::of(&self.0.order).map_err(does_not_add_up))
    }

    /// Address that invoices go to. Never null.
    async fn billing_address(&self) -> Option<OrderAddress> {
        Some((&self.0.order.billing_address).into())
    }

    /// Address that shipments go to; null when the order is virtual or states none.
    async fn shipping_address(&self) -> Option<OrderAddress> {
        self.0.order.shipping_address.as_ref().map(OrderAddress::from)
    }

    /// Payment methods of the order, at least one: that of the order first, and those of further tenders. Never null.
    async fn payment_methods(&self) -> Option<List<OrderPaymentMethod>> {
        Some(OrderPaymentMethod::all(&self.0))
    }

    /// Coupons that the buyer used; empty when there are none.
    async fn applied_coupons(&self) -> List<AppliedCoupon> {
        self.0
            .order
            .coupons
            .iter()
            .map(|it| AppliedCoupon {
                code: it.code.clone(),
            })
            .collect()
    }

    /// Invoices of the order, oldest first; empty when there are none.
    async fn invoices(&self) -> List<Invoice> {
        Invoice::all(&self.0)
    }

    /// Shipments of the order, oldest first; empty when there are none. Never null.
    async fn shipments(&self) -> Option<List<OrderShipment>> {
        Some(OrderShipment::all(&self.0))
    }

    /// Credit memos of the order, oldest first; empty when there are none. Never null.
    async fn credit_memos(&self) -> Option<List<CreditMemo>> {
        Some(CreditMemo::all(&self.0))
    }

    /// Digital items that were delivered or downloaded, and gift cards that were used; empty when there are none. Such
    /// units cannot be canceled.
    async fn deliveries(&self) -> List<OrderDelivery> {
        OrderDelivery::all(&self.0)
    }

    /// Subscriptions of which items of the order pay a period, as they are now: each with the newest order that renews
    /// it; empty when there are none. Such items are ended by `endSubscription` and not canceled. Null only together
    /// with an error.
    async fn subscriptions(&self, context: &Context<'_>) -> Option<Result<List<OrderSubscription>>> {
        let found = match (app(context), viewer(context)) {
            (Ok(app), Ok(viewer)) => app.subscriptions_of(viewer, &self.0).await.map_err(internal),
            (Err(problem), _) | (_, Err(problem)) => Err(problem),
        };
        Some(found.map(|views| views.into_iter().map(Into::into).collect()))
    }

    /// Money that the shop pays back, and whether it was paid out: one entry for each tender and state; empty when no
    /// money goes back. Null, with an entry in `errors`, when the amounts do not add up.
    async fn refunds(&self, context: &Context<'_>) -> Option<Result<List<OrderRefund>>> {
        Some(OrderRefund::all(context, &self.0).await)
    }

    /// Entries of the order's history that the shop shows to the buyer, newest
    /// first; empty when there are none. Never null.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(SalesCommentItem::all(self.0.order.history_for_buyer()))
    }
}

/// The deprecated fields that older storefronts still select.
pub(crate) struct DeprecatedOrderFields(Arc<OrderView>);

#[Object(rename_fields = "snake_case")]
impl DeprecatedOrderFields {
    /// When the order was placed, in UTC, as `YYYY-MM-DD HH:MM:SS`. Never null.
    #[graphql(deprecation = "Use `order_date`.")]
    async fn created_at(&self) -> Option<String> {
        Some(time::utc(self.0.order.placed_at))
    }

    /// What the buyer owes for the whole order, with tax and shipping, in
    /// major units of the order's currency. Never null.
    #[graphql(deprecation = "Use `total { grand_total }`.")]
    async fn grand_total(&self) -> Option<f64> {
        Some(major_units(self.0.order.totals.grand_total))
    }

    /// Number of the order, the same as `number`. Never null.
    #[graphql(deprecation = "Use `number`.")]
    async fn increment_id(&self) -> Option<&str> {
        Some(self.0.order.number.as_str())
    }

    /// Number of the order, the same as `number`.
    #[graphql(deprecation = "Use `number`.")]
    async fn order_number(&self) -> &str {
        self.0.order.number.as_str()
    }
}
