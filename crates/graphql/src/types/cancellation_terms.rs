//! What may be canceled, row by row, or why not: more than the contract tells.

use std::sync::Arc;

use async_graphql::{Enum, SimpleObject};
use countermand_app::OrderView;

use super::cancellation_refusal::{CancellationRefusalCode, in_contract_words};
use super::money::{Money, quantity};
use super::order_item::OrderItemInterface;
use super::row::Row;

/// What the viewer may do.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::CancellationAction")]
pub(crate) enum CancellationAction {
    /// Cancel, with certainty.
    Cancel,
    /// Nothing; the refusal says why.
    None,
}

/// What may be canceled now, or why not. The answer of the rule that `cancelOrder` itself asks.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationTerms {
    /// What the viewer may do.
    action: CancellationAction,
    /// Why nothing.
    refusal: Option<RefusalReason>,
    /// Row by row.
    items: Vec<CancellationItemTerms>,
    /// Money that would flow back.
    refund_total: Money,
}

/// Why an order is not canceled.
#[derive(SimpleObject)]
#[graphql(name = "CancellationRefusal")]
pub(crate) struct RefusalReason {
    /// For programs.
    code: CancellationRefusalCode,
    /// What `cancelOrder` would answer.
    message: String,
}

/// A row's part in the terms.
#[derive(SimpleObject)]
#[graphql(rename_fields = "snake_case")]
pub(crate) struct CancellationItemTerms {
    /// The row.
    item: OrderItemInterface,
    /// Its stock keeping unit.
    product_sku: String,
    /// How much of it canceling would take.
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
            refusal: terms.refusal.as_ref().map(|refusal| RefusalReason {
                code: refusal.into(),
                message: in_contract_words(refusal).1.to_owned(),
            }),
            items: items.collect(),
            refund_total: terms.refund_total.into(),
        }
    }
}
