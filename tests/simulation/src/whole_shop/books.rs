//! What the shop's database says about one order.

use std::sync::Arc;

use countermand_domain::{Money, Order, OrderId, ReversalEntry, ReversalState};
use countermand_persistence::{
    ABANDONED, Database, HistoryReport, ListedObligation, MET, NEEDS_ATTENTION, OwedReversal, REFUND,
    TrailEvent,
};

use super::account::AccountState;
use super::shop::SimulatedShop;

/// The books of an order.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) order: Arc<Order>,
    pub(super) owed: Vec<OwedMoney>,
    pub(super) events: Vec<TrailEvent>,
    /// What `countermand doctor` finds when it recomputes the history of the order.
    pub(super) history: HistoryReport,
    /// How many rows of cancellations there are.
    pub(super) cancellations: i64,
    /// How many problems of the payment staff was told of, beside disputes.
    pub(super) problems: i64,
    /// How many of these say that others paid money back.
    pub(super) told_outside: i64,
    /// How many disputes staff was told of.
    pub(super) told_disputes: i64,
    pub(super) account: AccountState,
}

/// A void or a refund that the order owes, or owed.
#[derive(Debug)]
pub(super) struct OwedMoney {
    pub(super) row: ListedObligation,
    pub(super) owed: OwedReversal,
    pub(super) entries: Vec<ReversalEntry>,
}

impl OwedMoney {
    pub(super) fn is_refund(&self) -> bool {
        self.row.kind == REFUND
    }

    pub(super) fn is_open(&self) -> bool {
        self.row.state != MET && self.row.state != ABANDONED
    }

    pub(super) fn is_left_to_staff(&self) -> bool {
        self.row.state == NEEDS_ATTENTION
    }

    /// Whether the books say that the provider moved the money.
    pub(super) fn is_met_by_provider(&self) -> bool {
        let last = self.entries.last();
        self.row.state == MET && last.is_some_and(|last| last.state == ReversalState::Succeeded)
    }
}

impl Books {
    /// Reads the books of the order, and the account by which it is paid.
    pub(super) async fn read(shop: &SimulatedShop, database: &Database, id: OrderId, account: &str) -> Self {
        let counts = counts(id, account);
        // The reads run at the same time, because most of their time goes by on the way to another thread and back.
        let (loaded, obligations, trail, history, numbers) = tokio::join!(
            database.order(id),
            database.reversals_of_order(id),
            database.trail(id),
            database.check_history(id),
            shop.numbers::<7>(&counts),
        );
        let order = loaded
            .expect("an order that can be read")
            .expect("the order")
            .order;
        let obligations = obligations.expect("obligations");
        let ids: Vec<&str> = obligations.iter().map(String::as_str).collect();
        let kept = database.reversal_entries(&ids).await.expect("entries");
        let mut owed = Vec::new();
        for obligation in &obligations {
            let row = database.obligation(obligation).await.expect("an obligation");
            let row = row.expect("the obligation");
            let entries = kept.iter().filter(|kept| kept.obligation == *obligation);
            owed.push(OwedMoney {
                owed: serde_json::from_str(&row.payload).expect("a payload"),
                entries: entries.map(|kept| kept.entry.clone()).collect(),
                row,
            });
        }
        let [
            cancellations,
            told,
            told_outside,
            told_disputes,
            is_paused,
            is_refused,
            told_of_account,
        ] = numbers;
        Self {
            order,
            owed,
            events: trail.expect("a history").events,
            history: history.expect("a history"),
            cancellations,
            problems: told - told_disputes,
            told_outside,
            told_disputes,
            account: AccountState {
                is_paused: is_paused > 0,
                is_refused: is_refused > 0,
                told: told_of_account,
            },
        }
    }

    /// The references of the payments in the books, each once.
    pub(super) fn references(&self) -> Vec<String> {
        let transactions = self.order.payment.transactions.iter();
        let mut references: Vec<String> = transactions.filter_map(|it| it.reference.clone()).collect();
        references.sort();
        references.dedup();
        references
    }

    /// Whether a payment provider knows the payment of the void or the refund.
    pub(super) fn has_provider(&self, it: &OwedMoney) -> bool {
        let transaction = self.order.payment.transactions.get(it.owed.transaction);
        transaction.is_some_and(|it| it.reference.is_some())
    }

    /// An amount in the order's currency.
    pub(super) fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.order.currency())
    }
}

/// The query for the numbers of rows that belong to the order, and for the state of the account.
fn counts(id: OrderId, account: &str) -> String {
    let number = id.number();
    format!(
        "SELECT (SELECT COUNT(*) FROM cancellations WHERE order_id = {number}), COUNT(*), \
         COALESCE(SUM(payload LIKE '%\"refunded_outside\"%'), 0), \
         COALESCE(SUM(payload LIKE '%\"disputed\"%'), 0), \
         (SELECT CAST(is_paused AS INTEGER) FROM payment_accounts WHERE name = '{account}'), \
         (SELECT CAST(problem <> '' AS INTEGER) FROM payment_accounts WHERE name = '{account}'), \
         (SELECT COUNT(*) FROM obligations WHERE kind = 'payment_problem' AND order_id IS NULL \
         AND state IN ('pending', 'needs_attention') AND payload LIKE '%\"account\":\"{account}\"%') \
         FROM obligations WHERE order_id = {number} AND kind = 'payment_problem'"
    )
}
