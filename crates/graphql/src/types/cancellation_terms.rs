//! What may be canceled of an order, item by item, or every reason why not: Adobe's API does not say either.

use std::sync::Arc;

use async_graphql::{Enum, ID, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::{CancellationRefusal, RowMoney};

use super::adobe_cancel_order_error::in_contract_words;
use super::order_item::OrderItemInterface;
use super::refusal_code::CancellationRefusalCode;
use super::refusal_text;
use super::row::Row;
use crate::kit::Language;
use crate::kit::id;
use crate::kit::money::{Money, quantity};
use crate::kit::time;

/// What a viewer may do to cancel an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::CancellationAction")]
pub(crate) enum CancellationAction {
    /// The viewer may cancel the order: a request with a reason that the store view offers would succeed now.
    Cancel,
    /// The viewer may only request the cancellation, and the shop decides; `refusals` says why.
    Request,
    /// The viewer may neither cancel the order nor request its cancellation; `refusals` says why.
    None,
}

/// What the viewer may cancel of an order now, or why the order cannot be
/// canceled. `cancelOrder` decides by the same rule.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CancellationTerms {
    /// Whether the viewer may cancel the order now, may request its cancellation, or neither.
    action: CancellationAction,
    /// Why the order cannot be canceled at once, as `cancelOrder` would answer; null when it can. Where there are
    /// several reasons, `refusals` has all of them.
    refusal: Option<RefusalReason>,
    /// Every reason why the order cannot be canceled at once, in the order in which `cancelOrder` checks them; empty
    /// when the order can be canceled. With the action `REQUEST`, the reasons say why
    /// the shop decides.
    refusals: Vec<ExplainedRefusal>,
    /// Time at which `action` changes because time passes, in the format `YYYY-MM-DD hh:mm:ss` in UTC; null when no
    /// rule of the store view ends it, or when the order cannot be canceled.
    deadline: Option<String>,
    /// What canceling would take of each item. Items that are part of another item are not listed, except for the parts
    /// of a bundle that can be canceled by part: a cancellation names either the bundle or its parts.
    items: Vec<CancellationItemTerms>,
    /// Money that canceling would pay back, tax and shipping included and the fee taken off, in the order's currency;
    /// zero when the order is not paid or cannot be canceled. Gift cards, store credit and reward points are not part
    /// of the amount.
    refund_total: Money,
    /// Gift cards, store credit and reward points that canceling would give back, in the order's currency; zero when
    /// the order used none, when the store view gives none back, or when the order cannot be canceled.
    credits: Money,
    /// Fee that the shop would keep of the money that comes back, in the order's currency; zero when there is none. The
    /// shop keeps no fee for a reason for which the seller is at fault.
    fee: Money,
    /// Shipping that canceling would pay back, tax included, in the order's currency; it is part of `refund_total`.
    shipping_refund: Money,
    /// Whether the viewer must give a reason; without one, `reason` of the mutations may be empty.
    reason_required: bool,
    /// Whether the viewer must write a comment, whichever the reason is; a reason may need one of its own.
    comment_required: bool,
}

/// Why an order cannot be canceled.
#[derive(SimpleObject)]
#[graphql(serial, name = "CancellationRefusal")]
pub(crate) struct RefusalReason {
    /// Why the order cannot be canceled, as a code for programs.
    code: CancellationRefusalCode,
    /// Why the order cannot be canceled, as a message for people, in English: the text that `cancelOrder` would answer.
    /// With the action `REQUEST`, `cancelOrder` opens a request instead.
    message: String,
}

/// One reason why an order cannot be canceled, and what to do instead.
#[derive(SimpleObject)]
#[graphql(serial, name = "ExplainedCancellationRefusal")]
pub(crate) struct ExplainedRefusal {
    /// Why the order cannot be canceled, as a code for programs.
    code: CancellationRefusalCode,
    /// Why the order cannot be canceled, as a sentence for people, in the language of the order's store view if that
    /// is Dutch or Swedish, and in English otherwise.
    message: String,
    /// What the buyer can do instead, as a sentence in the language of `message`.
    hint: String,
}

/// What canceling an order would take of one item.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CancellationItemTerms {
    /// The order item that these terms are about.
    item: OrderItemInterface,
    /// The id of the bundle that the item is a part of (`OrderItemInterface.id`); null for an item that is no part of
    /// another one.
    bundle_item_id: Option<ID>,
    /// SKU (stock keeping unit) of the product.
    product_sku: String,
    /// Quantity of the item that canceling would cancel or refund, with at most four decimals; zero when the order
    /// cannot be canceled. While other units are in fulfilment, it is what can be canceled by item. Canceling neither
    /// cancels nor refunds the invoiced units of a free order.
    quantity_open: f64,
    /// Whether the viewer may cancel units of the item now, may request it, or neither.
    action: CancellationAction,
    /// Every reason why units of the item cannot be canceled at once, as codes for programs; empty when they can.
    refusals: Vec<CancellationRefusalCode>,
    /// Time at which `action` of the item changes because time passes, in the format `YYYY-MM-DD hh:mm:ss` in UTC; null
    /// when no rule of the store view ends it, or when units of the item can be neither canceled nor requested.
    deadline: Option<String>,
    /// What the buyer can do instead of canceling the item at once, by the first of `refusals`, as a sentence in the
    /// language of the order's store view if that is Dutch or Swedish, and in English otherwise; null when units of the
    /// item can be canceled at once.
    hint: Option<String>,
    /// Price, tax included and discount taken off, that would come back for the paid units of the item, in the order's
    /// currency, before the fee; zero when none of its units is paid.
    refund: Money,
    /// Quantity of the item that the warehouse packs, with at most four decimals. The cancellation of
    /// these units can only be requested.
    quantity_in_fulfilment: f64,
}

impl CancellationTerms {
    pub(crate) fn of(view: &Arc<OrderView>) -> Self {
        let terms = view.cancellation_terms();
        let language = language_of(view);
        let items = terms.items.iter().filter_map(|it| {
            let row = Row::at(view, it.item).filter(|_| it.is_named)?;
            let bundle = row.item().parent;
            Some(CancellationItemTerms {
                bundle_item_id: bundle.map(|bundle| id::of_item(view.order.id, bundle)),
                product_sku: row.item().sku.clone(),
                quantity_open: quantity(it.quantity_open),
                action: it.action.into(),
                refusals: it.refusals.iter().map(Into::into).collect(),
                deadline: it.deadline.map(time::utc),
                hint: it
                    .refusals
                    .first()
                    .map(|it| refusal_text::hint(it, &language).into()),
                refund: payable(it.refund).into(),
                quantity_in_fulfilment: quantity(row.item().quantities.in_fulfilment),
                item: row.into(),
            })
        });
        Self {
            action: terms.action.into(),
            refusal: terms.refusals.first().map(|refusal| RefusalReason {
                code: refusal.into(),
                message: in_contract_words(refusal).1.into_owned(),
            }),
            refusals: explained(&terms.refusals, &language),
            deadline: terms.deadline.map(time::utc),
            items: items.collect(),
            refund_total: terms.refund_total.into(),
            credits: terms.credits.into(),
            fee: terms.fee.into(),
            shipping_refund: payable(terms.shipping_refund).into(),
            reason_required: view.needs_reason(),
            comment_required: view.needs_comment(),
        }
    }
}

/// What `row` comes to; the net amount where the sum does not fit.
fn payable(row: RowMoney) -> countermand_domain::Money {
    row.payable().unwrap_or(row.net)
}

/// The language of the order's store view.
fn language_of(view: &OrderView) -> Language {
    view.store()
        .map_or(Language::ENGLISH, |store| Language::of(&store.locale))
}

/// The refusals in `language`.
fn explained(refusals: &[CancellationRefusal], language: &Language) -> Vec<ExplainedRefusal> {
    let explain = |refusal: &CancellationRefusal| ExplainedRefusal {
        code: refusal.into(),
        message: refusal_text::message(refusal, language).into(),
        hint: refusal_text::hint(refusal, language).into(),
    };
    refusals.iter().map(explain).collect()
}
