//! Generates arbitrary orders and arbitrary sequences of steps on them.

mod draft;

use countermand_domain::{CreditMemoRequest, InvoiceRequest, Money, Order, Quantity, ShipmentRequest};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

pub(crate) use draft::{Draft, drafts, quantities, row_moneys};

use crate::shop::{at, buyer_of, policy, request};

/// An order and the steps that are tried on it. A story is small to print, so that a failure can be read.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) draft: Draft,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    Invoice {
        picks: Vec<Pick>,
        unpaid: bool,
    },
    Ship {
        picks: Vec<Pick>,
    },
    Credit {
        picks: Vec<Pick>,
        shipping: bool,
        adjustment: i64,
    },
    Hold,
    Unhold,
    Cancel,
}

/// A part of an order item: one unit, or a share of the ordered quantity in per mille.
#[derive(Debug, Clone)]
struct Pick {
    row: Index,
    permille: Option<i64>,
}

impl Story {
    /// The order as it was placed, and the order after each step that was not refused.
    pub(crate) fn told(&self) -> Vec<Order> {
        let mut trail = vec![self.draft.order()];
        for (minute, step) in (1..).zip(&self.steps) {
            let next = trail.last().and_then(|order| step.taken(order, minute));
            trail.extend(next);
        }
        trail
    }
}

impl Step {
    fn taken(&self, order: &Order, minute: i64) -> Option<Order> {
        let now = at(minute);
        match self {
            Self::Invoice { picks, unpaid } => {
                let lines = lines(picks, order);
                let unpaid = *unpaid;
                order.invoice(&InvoiceRequest { lines, unpaid }, now).ok()
            }
            Self::Ship { picks } => {
                let lines = lines(picks, order);
                let tracking = Vec::new();
                order.ship(&ShipmentRequest { lines, tracking }, now).ok()
            }
            Self::Credit {
                picks,
                shipping,
                adjustment,
            } => {
                let adjustment = permille(order.totals.grand_total.minor(), *adjustment);
                let request = CreditMemoRequest {
                    lines: lines(picks, order),
                    refund_shipping: *shipping,
                    adjustment: Money::new(adjustment, order.currency()),
                };
                order.credit(&request, now).ok().map(|(order, _)| order)
            }
            Self::Hold => order.hold(now).ok(),
            Self::Unhold => order.unhold(now).ok(),
            Self::Cancel => {
                let plan = order.cancel(&request(buyer_of(order), "Other"), &policy(true), now);
                plan.ok()
                    .map(|plan| order.after(&plan).expect("a plan can be carried out"))
            }
        }
    }
}

/// The quantities that `picks` name, as staff would ask for them. An empty list asks for everything that is left.
fn lines(picks: &[Pick], order: &Order) -> Vec<(i32, Quantity)> {
    let rows: Vec<_> = order.items.iter().filter(|item| item.parent.is_none()).collect();
    let line = |pick: &Pick| {
        let row = rows[pick.row.index(rows.len())];
        let part = |share| Quantity::from_scaled(permille(row.quantities.ordered.scaled(), share));
        (row.position, pick.permille.map_or(Quantity::whole(1), part))
    };
    picks.iter().map(line).collect()
}

/// Orders with up to nine steps each.
pub(crate) fn stories() -> impl Strategy<Value = Story> {
    (drafts(), vec(steps(), 0..10)).prop_map(|(draft, steps)| Story { draft, steps })
}

fn steps() -> impl Strategy<Value = Step> {
    let adjustment = prop_oneof![4 => Just(0), 1 => -200..=200_i64];
    prop_oneof![
        5 => (picks(), prop::bool::weighted(0.1)).prop_map(|(picks, unpaid)| Step::Invoice { picks, unpaid }),
        3 => picks().prop_map(|picks| Step::Ship { picks }),
        5 => (picks(), any::<bool>(), adjustment).prop_map(|(picks, shipping, adjustment)| Step::Credit {
            picks,
            shipping,
            adjustment,
        }),
        1 => Just(Step::Hold),
        1 => Just(Step::Unhold),
        1 => Just(Step::Cancel),
    ]
}

fn picks() -> impl Strategy<Value = Vec<Pick>> {
    let permille = prop_oneof![3 => Just(None), 1 => (0..=1100_i64).prop_map(Some)];
    let pick = (any::<Index>(), permille).prop_map(|(row, permille)| Pick { row, permille });
    prop_oneof![1 => Just(vec![]), 2 => vec(pick, 1..4)]
}

fn permille(of: i64, share: i64) -> i64 {
    let share = i128::from(of) * i128::from(share) / 1000;
    i64::try_from(share).expect("amounts are small")
}
