//! Makes what the rules are tested with: orders that add up, actors and times.

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{
    Actor, Address, BundleParts, Cancel, CancellationPolicy, CancellationRules, Currency, CustomerId,
    IntervalUnit, ItemPosition, Money, Order, OrderCustomer, OrderId, OrderItem, OrderState, OtherCharge,
    Payment, PaymentKind, PaymentTransaction, ReasonList, RowMoney, Shipping, StoreNumber, Subscription,
    SubscriptionEndRule, SubscriptionInterval, SubscriptionPolicy, Totals, TransactionKind,
};

/// The content of an order before it is placed. No step was taken on the order that it becomes.
#[derive(Debug, Clone)]
pub(crate) struct Basket {
    pub(crate) items: Vec<OrderItem>,
    pub(crate) shipping: RowMoney,
    pub(crate) charges: Vec<OtherCharge>,
    pub(crate) credits: Money,
    pub(crate) kind: PaymentKind,
    pub(crate) authorized: Vec<Money>,
}

impl Basket {
    /// A basket of `items` with `shipping`, to be paid by check.
    pub(crate) fn of(items: Vec<OrderItem>, shipping: RowMoney) -> Self {
        Self {
            items,
            shipping,
            charges: Vec::new(),
            credits: Money::zero(shipping.net.currency()),
            kind: PaymentKind::Offline,
            authorized: Vec::new(),
        }
    }

    /// The price of items and shipping and the other charges, before credits.
    pub(crate) fn value(&self) -> Money {
        let charges = self.charges.iter().map(|charge| charge.ordered);
        let rows = self.items.iter().filter(|item| item.counts);
        RowMoney::sum(self.shipping.net.currency(), rows.map(|item| item.ordered))
            .and_then(|rows| rows.checked_add(self.shipping)?.payable())
            .and_then(|rows| Money::sum(rows.currency(), charges)?.checked_add(rows))
            .expect("a basket adds up")
    }

    /// The order as the account of [`buyer`] places it.
    pub(crate) fn order(self) -> Order {
        let zero = Money::zero(self.shipping.net.currency());
        let grand_total = self.value().checked_sub(self.credits).expect("one currency");
        Order {
            id: OrderId::new(StoreNumber(1), 1).expect("in range"),
            version: 1,
            number: "000000001".into(),
            external_id: None,
            state: OrderState::New,
            status: OrderState::New.default_status().into(),
            held_from: None,
            customer: order_customer(Some(buyer())),
            placed_at: at(0),
            updated_at: at(0),
            status_changed_at: at(0),
            is_virtual: self.items.iter().all(|item| item.is_virtual),
            items: self.items,
            billing_address: Address::default(),
            shipping_address: None,
            shipping: shipping_of(self.shipping),
            payment: payment_of(self.kind, &self.authorized),
            other_charges: self.charges,
            other_credits: Vec::new(),
            totals: Totals {
                grand_total,
                base_grand_total: grand_total,
                credits: self.credits,
                stored_value: self.credits,
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
}

/// A yearly subscription of the item at `position`, paid from the day on which the order was placed.
pub(crate) fn yearly_subscription(position: ItemPosition) -> Subscription {
    Subscription {
        id: format!("SUB-{position}"),
        item: position,
        interval: SubscriptionInterval {
            unit: IntervalUnit::Year,
            count: 1,
        },
        paid_from: at(0),
        paid_until: at(0) + TimeDelta::days(365),
        end: None,
    }
}

/// The rules of a store view that cancels parts of bundles by themselves.
pub(crate) fn policy_by_part() -> CancellationPolicy {
    let whole = policy(true);
    CancellationPolicy {
        rules: CancellationRules {
            bundle_parts: BundleParts::Parts,
            ..whole.rules
        },
        ..whole
    }
}

/// The rules of a store view in which buyers end subscriptions by `end`.
pub(crate) fn subscription_policy(end: SubscriptionEndRule) -> SubscriptionPolicy {
    SubscriptionPolicy {
        enabled: true,
        end,
        cancellation: policy(true),
    }
}

/// The account that places the orders.
pub(crate) fn buyer() -> CustomerId {
    CustomerId::from_number(10_000_000_001)
}

/// The buyer of `order` as an actor: the account, or a guest.
pub(crate) fn buyer_of(order: &Order) -> Actor {
    order.customer.id.map_or(Actor::Guest, Actor::Customer)
}

/// A member of staff.
pub(crate) fn staff() -> Actor {
    Actor::Staff { name: "anna".into() }
}

/// The buyer in an order: the account `id`, or a guest.
pub(crate) fn order_customer(id: Option<CustomerId>) -> OrderCustomer {
    OrderCustomer {
        id,
        email: "ada@example.com".into(),
        firstname: "Ada".into(),
        lastname: "Byron".into(),
        middlename: None,
        prefix: None,
        suffix: None,
        group: None,
    }
}

/// The policy of a store view that offers the built-in reasons.
pub(crate) fn policy(enabled: bool) -> CancellationPolicy {
    CancellationPolicy {
        enabled,
        reasons: ReasonList::defaults(),
        notifies_customer: true,
        rules: CancellationRules::default(),
    }
}

/// `actor` asks to cancel the whole order for `reason`.
pub(crate) fn request(actor: Actor, reason: &str) -> Cancel {
    Cancel::all(actor, reason)
}

/// The time that is `minute` minutes after the order was placed.
pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + 60 * minute, 0).expect("in range")
}

/// The currency with this code.
pub(crate) fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

fn shipping_of(ordered: RowMoney) -> Shipping {
    let zero = RowMoney::zero(ordered.net.currency());
    Shipping {
        method: Some("flatrate_flatrate".into()),
        description: Some("Flat Rate - Fixed".into()),
        ordered,
        invoiced: zero,
        refunded: zero,
        canceled: zero,
    }
}

fn payment_of(kind: PaymentKind, authorized: &[Money]) -> Payment {
    let (method, title) = match kind {
        PaymentKind::Offline => ("checkmo", "Check / Money order"),
        PaymentKind::Online => ("stripe", "Credit card"),
        PaymentKind::Free => ("free", "No Payment Information Required"),
    };
    let authorization = |&amount: &Money| PaymentTransaction {
        kind: TransactionKind::Authorization,
        tender: 0,
        amount,
        charged: None,
        used: Money::zero(amount.currency()),
        owed: Money::zero(amount.currency()),
        abandoned: Money::zero(amount.currency()),
        outside: Money::zero(amount.currency()),
        reference: None,
        created_at: at(0),
    };
    Payment {
        method: method.into(),
        title: title.into(),
        kind,
        additional_data: Vec::new(),
        tenders: Vec::new(),
        transactions: authorized.iter().map(authorization).collect(),
    }
}
