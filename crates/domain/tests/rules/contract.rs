//! The contract case by case: what canceling does (sections 5.2 and 6), and when it is refused (section 3.1).

mod history;
mod money_back;
mod refusals;
mod situations;

use countermand_domain::{
    Cancellation, CreditMemoRequest, InvoiceRequest, Money, Order, OrderItem, Quantity, ReversalKind,
    RowMoney, ShipmentRequest,
};

use crate::shop::{Basket, at, buyer_of, currency, policy, request};

/// Rows of things at $10.00 each, shipped for $5.00 each, paid by check: the shop of the contract's own tests.
fn basket_of(quantities: &[i64]) -> Basket {
    let item = |(position, &quantity): (i32, &i64)| {
        let money = RowMoney::net(usd(1000 * quantity));
        OrderItem::new(position, "simple", "A thing", Quantity::whole(quantity), money)
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

/// `order` with a paid invoice for `lines`, or for everything.
fn invoiced(order: &Order, lines: &[(i32, i64)]) -> Order {
    let request = InvoiceRequest {
        lines: whole(lines),
        unpaid: false,
    };
    order.invoice(&request, at(1)).expect("it can be invoiced")
}

fn shipped(order: &Order, lines: &[(i32, i64)]) -> Order {
    let request = ShipmentRequest {
        lines: whole(lines),
        tracking: Vec::new(),
    };
    order.ship(&request, at(2)).expect("it can be shipped")
}

fn credited(order: &Order, lines: &[(i32, i64)], refund_shipping: bool, adjustment: i64) -> Order {
    let request = CreditMemoRequest {
        lines: whole(lines),
        refund_shipping,
        adjustment: Money::new(adjustment, order.currency()),
    };
    order.credit(&request, at(3)).expect("it can be credited").0
}

fn whole(lines: &[(i32, i64)]) -> Vec<(i32, Quantity)> {
    let line = |&(position, units): &(i32, i64)| (position, Quantity::whole(units));
    lines.iter().map(line).collect()
}

/// What the buyer's cancellation does.
fn plan(order: &Order) -> Cancellation {
    order
        .cancel(&request(buyer_of(order), "Other"), &policy(true), at(4))
        .expect("it can be canceled")
}

/// The order after the buyer canceled it.
fn canceled(order: &Order) -> Order {
    order.after(&plan(order)).expect("the plan can be carried out")
}

/// Units ordered, invoiced, canceled and refunded, row by row.
fn units(order: &Order) -> Vec<[i64; 4]> {
    let units = |item: &OrderItem| {
        let q = item.quantities;
        [q.ordered, q.invoiced, q.canceled, q.refunded].map(|it| it.scaled() / 10_000)
    };
    order.items.iter().map(units).collect()
}

/// What each credit memo pays back, in minor units.
fn refunds(order: &Order) -> Vec<i64> {
    let memos = order.credit_memos.iter();
    memos.map(|memo| memo.grand_total.minor()).collect()
}

/// What must flow back: how, from which transaction, how much.
fn reversals(order: &Order) -> Vec<(ReversalKind, usize, i64)> {
    let plan = plan(order);
    let reversals = plan.reversals.iter();
    reversals
        .map(|it| (it.kind, it.transaction, it.amount.minor()))
        .collect()
}

fn texts(order: &Order) -> Vec<&str> {
    order
        .comments
        .iter()
        .map(|comment| comment.text.as_str())
        .collect()
}
