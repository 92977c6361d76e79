//! `docs/contract.md` case by case: what a cancellation does (sections 5.2 and 6), when it is
//! refused (section 3.1), and what credit memos do to an order (section 6).

mod bundle_parts;
mod closing;
mod credit_memos;
mod failure_mails;
mod families;
mod history;
mod item_status;
mod late_captures;
mod left_money;
mod modes;
mod money_back;
mod of_others;
mod open_invoices;
mod other_charges;
mod prepaid;
mod refusals;
mod requests;
mod restoration;
mod situations;
mod subscriptions;
mod tenders;

use countermand_domain::{
    CreditMemo, CreditMemoRequest, Effect, InvoiceRequest, ItemPosition, Money, Order, OrderItem, Quantity,
    RefundOrder, RowMoney, ShipmentRequest, Transition,
};

use crate::shop::{Basket, at, buyer_of, currency, policy, request, staff};

/// Order items at $10.00 a unit with shipping of $5.00 a unit, paid by check, as Adobe's own tests have them.
fn basket_of(quantities: &[i64]) -> Basket {
    let item = |(position, &quantity): (i32, &i64)| {
        let money = RowMoney::net(usd(1000 * quantity));
        OrderItem::new(
            ItemPosition(position),
            "simple",
            "A thing",
            Quantity::whole(quantity),
            money,
        )
    };
    let shipping = RowMoney::net(usd(500 * quantities.iter().sum::<i64>()));
    Basket::of((1..).zip(quantities).map(item).collect(), shipping)
}

fn order_of(quantities: &[i64]) -> Order {
    basket_of(quantities).order()
}

fn usd(cents: i64) -> Money {
    Money::new(cents, currency("USD"))
}

/// `order` with a paid invoice for `lines`. An empty list invoices everything.
fn invoiced(order: &Order, lines: &[(i32, i64)]) -> Order {
    let request = InvoiceRequest {
        lines: whole(lines),
        ..InvoiceRequest::default()
    };
    order
        .invoice(&request, &staff(), at(1))
        .expect("it can be invoiced")
        .after
}

fn shipped(order: &Order, lines: &[(i32, i64)]) -> Order {
    let request = ShipmentRequest {
        lines: whole(lines),
        tracking: Vec::new(),
        overrides_request: false,
    };
    order
        .ship(&request, &staff(), at(2))
        .expect("it can be shipped")
        .after
}

/// `order` with a credit memo for `lines`. An empty list refunds every item.
fn credited(order: &Order, lines: &[(i32, i64)], refund_shipping: bool, adjustment: i64) -> Order {
    let request = CreditMemoRequest {
        lines: (!lines.is_empty()).then(|| whole(lines)),
        refund_shipping,
        adjustment: Money::new(adjustment, order.currency()),
        refund_order: RefundOrder::default(),
    };
    order
        .credit(&request, &staff(), at(3))
        .expect("it can be credited")
        .after
}

fn whole(lines: &[(i32, i64)]) -> Vec<(ItemPosition, Quantity)> {
    let line = |&(position, units): &(i32, i64)| (ItemPosition(position), Quantity::whole(units));
    lines.iter().map(line).collect()
}

/// The buyer's cancellation of the whole order.
fn cancellation(order: &Order) -> Transition {
    order
        .cancel(&request(buyer_of(order), "Other"), &policy(true), at(4))
        .expect("it can be canceled")
}

/// The order after the buyer canceled it.
fn canceled(order: &Order) -> Order {
    cancellation(order).after
}

/// The credit memo that the buyer's cancellation makes, if it makes one.
fn memo(order: &Order) -> Option<CreditMemo> {
    let after = canceled(order);
    after.credit_memos.get(order.credit_memos.len()).cloned()
}

/// The units ordered, invoiced, canceled and refunded, item by item.
fn units(order: &Order) -> Vec<[i64; 4]> {
    let units = |item: &OrderItem| {
        let q = item.quantities;
        [q.ordered, q.invoiced, q.canceled, q.refunded].map(|it| it.scaled() / 10_000)
    };
    order.items.iter().map(units).collect()
}

/// The money that each credit memo pays back, in minor units.
fn refunds(order: &Order) -> Vec<i64> {
    let memos = order.credit_memos.iter();
    memos.map(|memo| memo.grand_total.minor()).collect()
}

/// A way for money to flow back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    Void,
    Refund,
}

/// What must flow back: how, from which transaction, how much.
fn reversals(order: &Order) -> Vec<(Back, usize, i64)> {
    let effects = cancellation(order).effects;
    let reversal = |effect: &Effect| match *effect {
        Effect::Void { transaction, amount } => Some((Back::Void, transaction, amount.minor())),
        Effect::Refund { transaction, amount } => Some((Back::Refund, transaction, amount.minor())),
        Effect::Notify(_) => None,
    };
    effects.iter().filter_map(reversal).collect()
}

fn texts(order: &Order) -> Vec<&str> {
    order
        .comments
        .iter()
        .map(|comment| comment.text.as_str())
        .collect()
}
