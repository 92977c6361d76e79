//! Generates arbitrary orders that add up and on which no step was taken.

use chrono::TimeDelta;
use countermand_domain::{
    ItemPosition, Money, Order, OrderItem, OrderState, OtherCharge, PaymentKind, ProductType, Quantity,
    RowMoney, Subscription,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::permille;
use crate::shop::{Basket, currency, order_customer, yearly_subscription};

/// The data that an order is made of.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    currency: &'static str,
    rows: Vec<RowDraft>,
    shipping: Price,
    charges: Vec<ChargeDraft>,
    /// The share of the value that gift cards cover, in per mille.
    credits: i64,
    online: bool,
    /// The authorizations, each in per mille of the grand total.
    authorized: Vec<i64>,
    /// The value of the base currency in per mille; none when the base currency is the order's own.
    base_rate: Option<i64>,
    guest: bool,
    state: OrderState,
}

/// A charge in minor units, on an item whose money counts or on the whole order.
#[derive(Debug, Clone)]
struct ChargeDraft {
    amount: i64,
    item: Option<Index>,
}

#[derive(Debug, Clone)]
struct RowDraft {
    kind: RowKind,
    quantity: Quantity,
    price: Price,
    parts: Vec<Part>,
    is_subscription: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Simple,
    Virtual,
    /// A configurable product: the money of the parent counts, and its only child holds no money.
    Configurable,
    /// A bundle with a price of its own: the money of the parent counts, and the parts hold no money.
    FixedBundle,
    /// A bundle that costs what its parts cost: the money of the parts counts, and the parent shows their sum.
    DynamicBundle,
}

#[derive(Debug, Clone)]
struct Part {
    is_virtual: bool,
    quantity: Quantity,
    price: Price,
}

/// The price of an order item: the net amount in minor units, the other fields in per mille of the fields before them.
#[derive(Debug, Clone, Copy)]
struct Price {
    net: i64,
    tax: i64,
    compensation: i64,
    discount: i64,
}

impl Draft {
    /// The order as it is placed.
    pub(crate) fn order(&self) -> Order {
        let minor = |minor| Money::new(minor, currency(self.currency));
        let mut items = Vec::new();
        let mut subscriptions = Vec::new();
        for row in &self.rows {
            let position = row.push_items(self.currency, &mut items);
            if row.is_subscription {
                // A part of the paid year is over.
                let begun = TimeDelta::days(100);
                let whole = yearly_subscription(position);
                subscriptions.push(Subscription {
                    paid_from: whole.paid_from - begun,
                    paid_until: whole.paid_until - begun,
                    ..whole
                });
            }
        }
        let counting: Vec<_> = items.iter().filter(|item| item.counts).collect();
        let charge = |charge: &ChargeDraft| {
            let item = charge.item.map(|item| item.get(&counting).position);
            OtherCharge::new("fee", "Fee", item, minor(charge.amount))
        };
        let charges = self.charges.iter().map(charge).collect();
        let mut basket = Basket::of(items, self.shipping.money(self.currency));
        basket.charges = charges;
        let value = basket.value().minor();
        let owed = value - permille(value, self.credits);
        basket.credits = minor(value - owed);
        basket.kind = match (owed, self.online) {
            (0, true) => PaymentKind::Free,
            (_, true) => PaymentKind::Online,
            (_, false) => PaymentKind::Offline,
        };
        if basket.kind == PaymentKind::Online {
            let part = |&share: &i64| minor(permille(owed, share));
            basket.authorized = self.authorized.iter().map(part).collect();
        }
        let mut order = basket.order();
        order.subscriptions = subscriptions;
        if let Some(rate) = self.base_rate {
            order.totals.base_grand_total = Money::new(permille(owed, rate), currency("EUR"));
        }
        if self.guest {
            order.customer = order_customer(None);
        }
        order.state = self.state;
        order.status = self.state.default_status().into();
        order
    }
}

impl RowDraft {
    /// Adds the order item, and the items of its parts, to `items`; gives the position of the former.
    fn push_items(&self, code: &str, items: &mut Vec<OrderItem>) -> ItemPosition {
        let next = |items: &[OrderItem]| ItemPosition(i32::try_from(items.len() + 1).expect("few rows"));
        let parts = self.parts();
        // The parent of a dynamic bundle shows the sum of its parts.
        let parts_count = self.kind == RowKind::DynamicBundle;
        let shown = if parts_count {
            let prices = parts.iter().map(|part| part.price.money(code));
            RowMoney::sum(currency(code), prices).expect("one currency")
        } else {
            self.price.money(code)
        };
        let parent = next(items);
        items.push(OrderItem {
            product_type: self.kind.product_type(),
            is_virtual: match self.kind {
                RowKind::Simple => false,
                RowKind::Virtual => true,
                _ => parts.iter().all(|part| part.is_virtual),
            },
            counts: !parts_count,
            ..OrderItem::new(parent, "sku", "A thing", self.quantity, shown)
        });
        for part in parts {
            let money = if parts_count {
                part.price.money(code)
            } else {
                RowMoney::zero(currency(code))
            };
            // The chosen product of a configurable product has the quantity of the configurable product.
            let quantity = if self.kind == RowKind::Configurable {
                self.quantity
            } else {
                part.quantity
            };
            items.push(OrderItem {
                parent: Some(parent),
                is_virtual: part.is_virtual,
                counts: parts_count,
                ..OrderItem::new(next(items), "part", "A part", quantity, money)
            });
        }
        parent
    }

    fn parts(&self) -> &[Part] {
        match self.kind {
            RowKind::Simple | RowKind::Virtual => &[],
            RowKind::Configurable => &self.parts[..1],
            RowKind::FixedBundle | RowKind::DynamicBundle => &self.parts,
        }
    }
}

impl RowKind {
    fn product_type(self) -> ProductType {
        match self {
            Self::Simple => ProductType::Simple,
            Self::Virtual => ProductType::Virtual,
            Self::Configurable => ProductType::Configurable,
            Self::FixedBundle | Self::DynamicBundle => ProductType::Bundle,
        }
    }
}

impl Price {
    fn money(self, code: &str) -> RowMoney {
        let tax = permille(self.net, self.tax);
        let compensation = permille(tax, self.compensation);
        let minor = |minor| Money::new(minor, currency(code));
        RowMoney {
            net: minor(self.net),
            tax: minor(tax),
            tax_compensation: minor(compensation),
            discount: minor(permille(self.net + tax + compensation, self.discount)),
        }
    }
}

/// Orders on which no step was taken, in every state in which an order can be placed.
pub(crate) fn drafts() -> impl Strategy<Value = Draft> {
    use OrderState::{New, PaymentReview, PendingPayment, Processing};
    let credits = prop_oneof![6 => Just(0), 2 => 1..1000_i64, 1 => Just(1000)];
    let base_rate = prop_oneof![3 => Just(None), 1 => (500..2000_i64).prop_map(Some)];
    let authorized = prop_oneof![
        1 => Just(vec![]),
        3 => Just(vec![1000]),
        1 => Just(vec![400, 600]),
        1 => Just(vec![700]),
    ];
    let shipping =
        prop_oneof![1 => Just(Price { net: 0, tax: 0, compensation: 0, discount: 0 }), 2 => prices()];
    let charge = (1..=9_999_i64, prop::option::of(any::<Index>()))
        .prop_map(|(amount, item)| ChargeDraft { amount, item });
    let charges = prop_oneof![2 => Just(vec![]), 1 => vec(charge, 1..=3)];
    let state = prop_oneof![12 => Just(New), 3 => Just(PendingPayment), 3 => Just(Processing), 1 => Just(PaymentReview)];
    let rows = vec(rows(), 1..=6);
    let money = (
        select(vec!["USD", "JPY", "KWD"]),
        rows,
        (shipping, charges),
        credits,
    );
    let rest = (any::<bool>(), authorized, base_rate, any::<bool>(), state);
    (money, rest).prop_map(
        |((currency, rows, (shipping, charges), credits), (online, authorized, base_rate, guest, state))| {
            Draft {
                currency,
                rows,
                shipping,
                charges,
                credits,
                online,
                authorized,
                base_rate,
                guest,
                state,
            }
        },
    )
}

fn rows() -> impl Strategy<Value = RowDraft> {
    use RowKind::{Configurable, DynamicBundle, FixedBundle, Simple, Virtual};
    let kind = prop_oneof![
        4 => Just(Simple),
        1 => Just(Virtual),
        1 => Just(Configurable),
        1 => Just(FixedBundle),
        2 => Just(DynamicBundle),
    ];
    let part =
        (prop::bool::weighted(0.2), quantities(), prices()).prop_map(|(is_virtual, quantity, price)| Part {
            is_virtual,
            quantity,
            price,
        });
    let row = (
        kind,
        quantities(),
        prices(),
        vec(part, 1..=3),
        prop::bool::weighted(0.05),
    );
    row.prop_map(|(kind, quantity, price, parts, is_subscription)| RowDraft {
        kind,
        quantity,
        price,
        parts,
        is_subscription,
    })
}

/// Quantities: mostly whole units, and fractions down to the ten-thousandth.
pub(crate) fn quantities() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        5 => (1..=7_i64).prop_map(Quantity::whole),
        2 => Just(Quantity::from_scaled(25_000)),
        1 => (1..=99_999_i64).prop_map(Quantity::from_scaled),
    ]
}

/// Prices of order items. Some have tax without compensation, some are free, some are fully discounted.
pub(crate) fn row_moneys() -> impl Strategy<Value = RowMoney> {
    (prices(), select(vec!["USD", "JPY", "KWD"])).prop_map(|(price, code)| price.money(code))
}

/// Prices with many small amounts, because rounding is hardest on those.
fn prices() -> impl Strategy<Value = Price> {
    let net = prop_oneof![2 => 0..12_i64, 4 => 0..10_000_i64, 1 => 0..10_000_000_000_i64];
    let tax = prop_oneof![2 => Just(0), 3 => 0..300_i64];
    let compensation = prop_oneof![3 => Just(0), 1 => 0..500_i64];
    let discount = prop_oneof![3 => Just(0), 2 => 0..1000_i64, 1 => Just(1000)];
    (net, tax, compensation, discount).prop_map(|(net, tax, compensation, discount)| Price {
        net,
        tax,
        compensation,
        discount,
    })
}
