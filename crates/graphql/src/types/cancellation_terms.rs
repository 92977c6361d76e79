//! What may be canceled of an order, item by item, or every reason why not: Adobe's API does not say either.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use countermand_app::OrderView;
use countermand_domain::CancellationRefusal;

use super::cancellation_refusal::{CancellationRefusalCode, in_contract_words};
use super::order_item::OrderItemInterface;
use super::refusal_text;
use super::row::Row;
use crate::kit::Language;
use crate::kit::money::{Money, quantity};

/// What a viewer may do to cancel an order.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::CancellationAction")]
pub(crate) enum CancellationAction {
    /// The viewer may cancel the order: a request with a reason that the store view offers would succeed now.
    Cancel,
    /// The viewer may not cancel the order; `refusals` says why.
    None,
}

/// What the viewer may cancel of an order now, or why the order cannot be
/// canceled. `cancelOrder` decides by the same rule.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct CancellationTerms {
    /// Whether the viewer may cancel the order now.
    action: CancellationAction,
    /// Why the order cannot be canceled, as `cancelOrder` would answer; null when it can. Where there are several
    /// reasons, `refusals` has all of them.
    refusal: Option<RefusalReason>,
    /// Every reason why the order cannot be canceled, in the order in which `cancelOrder` checks them; empty when the
    /// order can be canceled.
    refusals: Vec<ExplainedRefusal>,
    /// What canceling would take of each item; items that are part of another item are not listed.
    items: Vec<CancellationItemTerms>,
    /// Money that canceling would pay back, tax and shipping included, in the order's currency; zero when the order
    /// is not paid or cannot be canceled. Gift cards, store credit and reward points are not part of the amount.
    refund_total: Money,
}

/// Why an order cannot be canceled.
#[derive(SimpleObject)]
#[graphql(serial, name = "CancellationRefusal")]
pub(crate) struct RefusalReason {
    /// Why the order cannot be canceled, as a code for programs.
    code: CancellationRefusalCode,
    /// Why the order cannot be canceled, as a message for people, in English: the text that `cancelOrder` would answer.
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
    /// SKU (stock keeping unit) of the product.
    product_sku: String,
    /// Quantity of the item that canceling would cancel or refund, with at most four decimals; zero when the order
    /// cannot be canceled. Canceling neither cancels nor refunds the invoiced units of a free order.
    quantity_open: f64,
}

impl CancellationTerms {
    pub(crate) fn of(view: &Arc<OrderView>) -> Self {
        let terms = view.cancellation_terms();
        let items = terms.items.iter().filter_map(|it| {
            let row = Row::at(view, it.item).filter(|row| row.item().parent.is_none())?;
            Some(CancellationItemTerms {
                product_sku: row.item().sku.clone(),
                quantity_open: quantity(it.quantity_open),
                item: row.into(),
            })
        });
        Self {
            action: terms.action.into(),
            refusal: terms.refusals.first().map(|refusal| RefusalReason {
                code: refusal.into(),
                message: in_contract_words(refusal).1.to_owned(),
            }),
            refusals: explained(&terms.refusals, view),
            items: items.collect(),
            refund_total: terms.refund_total.into(),
        }
    }
}

/// The refusals in the language of the order's store view.
fn explained(refusals: &[CancellationRefusal], view: &OrderView) -> Vec<ExplainedRefusal> {
    let language = view
        .store()
        .map_or(Language::ENGLISH, |store| Language::of(&store.locale));
    let explain = |refusal: &CancellationRefusal| ExplainedRefusal {
        code: refusal.into(),
        message: refusal_text::message(refusal, &language).into(),
        hint: refusal_text::hint(refusal, &language).into(),
    };
    refusals.iter().map(explain).collect()
}
