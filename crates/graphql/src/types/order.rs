//! An order as storefronts see it (contract section 1.4).

use std::sync::Arc;

use async_graphql::{Enum, ID, MergedObject, Object, Result};
use countermand_app::OrderView;
use countermand_domain::CancellationAction;

use super::address::OrderAddress;
use super::cancellation_terms::CancellationTerms;
use super::comment::SalesCommentItem;
use super::coupon::AppliedCoupon;
use super::credit_memo::CreditMemo;
use super::customer_info::OrderCustomerInfo;
use super::invoice::Invoice;
use super::list::List;
use super::money::{does_not_add_up, major_units};
use super::order_item::OrderItemInterface;
use super::payment_method::OrderPaymentMethod;
use super::shipment::OrderShipment;
use super::total::OrderTotal;
use super::{id, time};
use crate::adobe::AdobeOrderFields;

/// An order.
#[derive(MergedObject)]
pub(crate) struct CustomerOrder(OrderFields, OrderParts, DeprecatedOrderFields, AdobeOrderFields);

impl CustomerOrder {
    /// The order of `view`.
    pub(crate) fn new(view: Arc<OrderView>) -> Self {
        let status = view.status_label();
        Self::with_status(view, status)
    }

    /// The order with its status as the code, as the deprecated `customerOrders` shows it (contract section 6.1).
    pub(crate) fn with_status_code(view: Arc<OrderView>) -> Self {
        let status = view.order.status.clone();
        Self::with_status(view, status)
    }

    fn with_status(view: Arc<OrderView>, status: String) -> Self {
        Self(
            OrderFields {
                view: view.clone(),
                status,
            },
            OrderParts(view.clone()),
            DeprecatedOrderFields(view),
            AdobeOrderFields,
        )
    }
}

/// What may be done with an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderActionType {
    /// Order the same again.
    Reorder,
    /// Cancel.
    Cancel,
    /// Return: not handled here, never offered.
    Return,
}

/// The order itself.
pub(crate) struct OrderFields {
    view: Arc<OrderView>,
    status: String,
}

#[Object(rename_fields = "snake_case")]
impl OrderFields {
    async fn id(&self) -> ID {
        id::of_order(self.view.order.id)
    }

    /// Unique in its store, at most 20 characters.
    async fn number(&self) -> &str {
        &self.view.order.number
    }

    /// With it the order is found without signing in; another one each time.
    async fn token(&self) -> &str {
        &self.view.token
    }

    /// What the order's store view calls the status.
    async fn status(&self) -> &str {
        &self.status
    }

    /// The machine's state: `new`, `pending_payment`, `processing`, `payment_review`, `holded`, `complete`,
    /// `closed` or `canceled`.
    async fn state(&self) -> Option<&str> {
        Some(self.view.order.state.code())
    }

    /// When it was placed, in the store's time zone.
    async fn order_date(&self) -> String {
        let zone = self.view.store().map_or("UTC", |store| &store.timezone);
        time::local(self.view.order.placed_at, zone)
    }

    /// When the status last changed, UTC.
    async fn order_status_change_date(&self) -> String {
        time::utc(self.view.order.status_changed_at)
    }

    /// What the viewer may do now. `CANCEL` is there exactly when `cancelOrder` would work.
    async fn available_actions(&self) -> List<OrderActionType> {
        let reorder = self.view.may_reorder().then_some(OrderActionType::Reorder);
        let cancel = match self.view.cancellation_terms().action {
            CancellationAction::Cancel => Some(OrderActionType::Cancel),
            CancellationAction::None => None,
        };
        reorder.into_iter().chain(cancel).collect()
    }

    /// What may be canceled now, row by row, or why not.
    async fn cancellation_terms(&self) -> CancellationTerms {
        CancellationTerms::of(&self.view)
    }

    /// Who bought.
    async fn customer_info(&self) -> OrderCustomerInfo {
        (&self.view.order.customer).into()
    }

    /// The buyer's address.
    async fn email(&self) -> Option<&str> {
        Some(&self.view.order.customer.email)
    }

    /// Whether nothing is shipped at all.
    async fn is_virtual(&self) -> bool {
        self.view.order.is_virtual
    }

    /// Who carries it: `Flat Rate` of `Flat Rate - Fixed`.
    async fn carrier(&self) -> Option<&str> {
        let description = self.view.order.shipping.description.as_deref()?;
        Some(
            description
                .split_once(" - ")
                .map_or(description, |(carrier, _)| carrier),
        )
    }

    /// How it is shipped: `Flat Rate - Fixed`.
    async fn shipping_method(&self) -> Option<&str> {
        self.view.order.shipping.description.as_deref()
    }
}

/// What belongs to an order.
pub(crate) struct OrderParts(Arc<OrderView>);

#[Object(rename_fields = "snake_case")]
impl OrderParts {
    /// What was bought; parts of bundles and configurables are not listed by themselves.
    async fn items(&self) -> Option<List<OrderItemInterface>> {
        Some(OrderItemInterface::top_level(&self.0))
    }

    /// What it adds up to.
    async fn total(&self) -> Option<Result<OrderTotal>> {
        Some(OrderTotal::of(&self.0.order).map_err(does_not_add_up))
    }

    /// Where the invoice goes.
    async fn billing_address(&self) -> Option<OrderAddress> {
        Some((&self.0.order.billing_address).into())
    }

    /// Where the parcel goes; absent for virtual orders.
    async fn shipping_address(&self) -> Option<OrderAddress> {
        self.0.order.shipping_address.as_ref().map(OrderAddress::from)
    }

    /// How it is paid.
    async fn payment_methods(&self) -> Option<List<OrderPaymentMethod>> {
        Some(List::from(vec![(&self.0.order.payment).into()]))
    }

    /// Coupons used.
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

    /// Invoices, oldest first.
    async fn invoices(&self) -> List<Invoice> {
        Invoice::all(&self.0)
    }

    /// Shipments, oldest first.
    async fn shipments(&self) -> Option<List<OrderShipment>> {
        Some(OrderShipment::all(&self.0))
    }

    /// Credit memos, oldest first.
    async fn credit_memos(&self) -> Option<List<CreditMemo>> {
        Some(CreditMemo::all(&self.0))
    }

    /// What storefronts show of the history, newest first.
    async fn comments(&self) -> Option<List<SalesCommentItem>> {
        Some(SalesCommentItem::shown(&self.0.order.comments))
    }
}

/// What older storefronts still ask for.
pub(crate) struct DeprecatedOrderFields(Arc<OrderView>);

#[Object(rename_fields = "snake_case")]
impl DeprecatedOrderFields {
    /// When it was placed, UTC.
    #[graphql(deprecation = "Use `order_date`.")]
    async fn created_at(&self) -> Option<String> {
        Some(time::utc(self.0.order.placed_at))
    }

    /// What the buyer owes in all.
    #[graphql(deprecation = "Use `total { grand_total }`.")]
    async fn grand_total(&self) -> Option<f64> {
        Some(major_units(self.0.order.totals.grand_total))
    }

    /// The order's number.
    #[graphql(deprecation = "Use `number`.")]
    async fn increment_id(&self) -> Option<&str> {
        Some(&self.0.order.number)
    }

    /// The order's number.
    #[graphql(deprecation = "Use `number`.")]
    async fn order_number(&self) -> &str {
        &self.0.order.number
    }
}
