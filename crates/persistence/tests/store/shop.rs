//! Values of the domain that the tests save: orders, cancellations, events. This module uses no database.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{
    Actor, Address, Cancel, CancellationPolicy, CancellationRules, Currency, CustomerId, EventData,
    IntervalUnit, ItemPosition, Money, Order, OrderCustomer, OrderEvent, OrderId, OrderItem, OrderState,
    Payment, PaymentKind, Quantity, ReasonList, RowMoney, Shipping, StoreNumber, Subscription,
    SubscriptionInterval, Totals, Transition,
};

/// An order of one item, placed by a customer, to be paid by check.
pub(crate) fn plain_order(counter: i64) -> Order {
    let usd = currency("USD");
    let price = RowMoney::net(Money::new(1999, usd));
    let item = OrderItem::new(ItemPosition(1), "mug", "Mug", Quantity::whole(2), price);
    order_of(
        order_id(1, counter),
        vec![item],
        RowMoney::net(Money::new(500, usd)),
    )
}

/// A subscription with the id `id`, of which the first item of an order pays a day from the minute `minute` on.
pub(crate) fn subscription(id: &str, minute: i64) -> Subscription {
    Subscription {
        id: id.into(),
        item: ItemPosition(1),
        interval: SubscriptionInterval {
            unit: IntervalUnit::Day,
            count: 1,
        },
        paid_from: at(minute),
        paid_until: at(minute) + TimeDelta::days(1),
        end: None,
    }
}

/// An order of `items` and shipping, without any step taken on it.
pub(crate) fn order_of(id: OrderId, items: Vec<OrderItem>, shipping: RowMoney) -> Order {
    let currency = shipping.net.currency();
    let zero = Money::zero(currency);
    let rows = items.iter().filter(|item| item.counts).map(|item| item.ordered);
    let grand_total = RowMoney::sum(currency, rows)
        .and_then(|rows| rows.checked_add(shipping)?.payable())
        .expect("one currency");
    Order {
        id,
        version: 1,
        number: format!("{:09}", id.number() % 10_000_000_000).into(),
        external_id: None,
        state: OrderState::New,
        status: "pending".into(),
        held_from: None,
        customer: OrderCustomer {
            id: Some(buyer()),
            email: "ada@example.com".into(),
            firstname: "Ada".into(),
            lastname: "Byron".into(),
            middlename: None,
            prefix: None,
            suffix: None,
            group: None,
        },
        placed_at: at(0),
        updated_at: at(0),
        status_changed_at: at(0),
        is_virtual: items.iter().all(|item| item.is_virtual),
        items,
        billing_address: Address::default(),
        shipping_address: None,
        shipping: Shipping {
            method: Some("flatrate_flatrate".into()),
            description: Some("Flat Rate - Fixed".into()),
            ordered: shipping,
            invoiced: RowMoney::zero(currency),
            refunded: RowMoney::zero(currency),
            canceled: RowMoney::zero(currency),
        },
        payment: Payment {
            method: "checkmo".into(),
            title: "Check / Money order".into(),
            kind: PaymentKind::Offline,
            additional_data: Vec::new(),
            tenders: Vec::new(),
            transactions: Vec::new(),
        },
        other_charges: Vec::new(),
        other_credits: Vec::new(),
        totals: Totals {
            grand_total,
            base_grand_total: grand_total,
            credits: zero,
            stored_value: zero,
            invoiced: zero,
            paid: None,
            refunded: zero,
            canceled: zero,
        },
        taxes: Vec::new(),
        discounts: Vec::new(),
        coupons: Vec::new(),
        points: None,
        gift_cards: None,
        invoices: Vec::new(),
        shipments: Vec::new(),
        credit_memos: Vec::new(),
        comments: Vec::new(),
        cancellation_request: None,
        deliveries: Vec::new(),
        channel: None,
        subscriptions: Vec::new(),
    }
}

/// The buyer cancels the whole order.
pub(crate) fn cancel(order: &Order) -> Transition {
    let buyer = order.customer.id.map_or(Actor::Guest, Actor::Customer);
    let canceled = order.cancel(&Cancel::all(buyer, "Other"), &policy(), at(60));
    canceled.expect("may be canceled")
}

/// A member of staff puts the order on hold.
pub(crate) fn hold(order: &Order, minute: i64) -> Transition {
    order.hold(&staff(), at(minute)).expect("may be held")
}

/// A member of staff.
pub(crate) fn staff() -> Actor {
    Actor::Staff { name: "anna".into() }
}

/// The policy of a store view that lets buyers cancel for the five built-in reasons.
pub(crate) fn policy() -> CancellationPolicy {
    CancellationPolicy {
        enabled: true,
        reasons: ReasonList::defaults(),
        notifies_customer: true,
        rules: CancellationRules::default(),
    }
}

/// What a member of staff did an hour after the order was placed.
pub(crate) fn event(data: EventData) -> OrderEvent {
    OrderEvent {
        actor: staff(),
        at: at(60),
        data,
    }
}

/// The account that places the orders.
pub(crate) fn buyer() -> CustomerId {
    CustomerId::from_number(10_000_000_001)
}

/// The id with this `counter` in this store view.
pub(crate) fn order_id(store: i32, counter: i64) -> OrderId {
    OrderId::new(StoreNumber(store), counter).expect("in range")
}

/// The time that is `minutes` minutes after a start with microseconds that are not zero.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp_micros(1_767_225_600_123_457).expect("in range");
    start + TimeDelta::minutes(minutes)
}

/// The currency with this code.
pub(crate) fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}
