//! `docs/contract.md` case by case: what a cancellation does (sections 5.2 and 6) and when it is refused (section 3.1).

mod history;
mod money_back;
mod refusals;
mod situations;

use countermand_domain::{
    Cancellation, CreditMemoRequest, InvoiceRequest, Money, Order, OrderItem, Quantity, ReversalKind,
    RowMoney, ShipmentRequest,
};

use crate::shop::{Basket, at, buyer_of, currency, policy, request};

/// Order items at $10.00 a unit with shipping of $5.00 a unit, paid by check, as Adobe's own tests have them.
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

/// `order` with a paid invoice for `lines`. An empty list invoices everything.
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

/// The cancellation that the buyer would cause.
fn plan(order: &Order) -> Cancellation {
    order
        .cancel(&request(buyer_of(order), "Other"), &policy(true), at(4))
        .expect("it can be canceled")
}

/// The order after the buyer canceled it.
fn canceled(order: &Order) -> Order {
    order.after(&plan(order)).expect("the plan can be carried out")
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

/// The money that must flow back: the kind, the transaction and the amount in minor units.
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
