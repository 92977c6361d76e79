//! A tender of an order.

use async_graphql::{Enum, SimpleObject};
use countermand_app::OrderView;

/// Where the money of a tender comes from, and where it goes back to.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "countermand_domain::TenderKind")]
pub(crate) enum TenderKind {
    /// A payment provider moves the money, such as that of a card.
    Provider,
    /// The balance of a gift card.
    GiftCard,
    /// The buyer's store credit.
    StoreCredit,
    /// People move the money: an invoice, a check or a transfer.
    Offline,
}

/// One of the ways in which an order is paid. Most orders have one.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct OrderTender {
    /// Where the money of the tender comes from, and where it goes back to.
    kind: TenderKind,
    /// Name of the tender as the buyer saw it, such as `Gift card`; without one, the name that staff set for the
    /// method's code (`payment_method_names`), or the code itself.
    title: String,
}

impl OrderTender {
    /// The tender at `position` of an order; that of its payment method where there is none.
    pub(crate) fn of(view: &OrderView, position: usize) -> Self {
        let payment = &view.order.payment;
        let tender = payment.tender(position).or_else(|| payment.tender(0));
        let kind = tender.map_or(countermand_domain::TenderKind::of(payment.kind), |it| it.kind);
        Self {
            kind: kind.into(),
            title: view.tender_name(position),
        }
    }
}
