//! What a look over the whole database can tell: counts, and rows that cannot be.

use sea_orm::DatabaseBackend;

use crate::error::StoreError;
use crate::sql::script::Script;
use crate::store::Store;

/// Rows there are, and rows that break a rule that only the tables can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCounts {
    /// Orders.
    pub orders: i64,
    /// Rules with the number of rows that break each.
    pub broken: Vec<(&'static str, i64)>,
}

const RULES: &[(&str, &str)] = &[
    (
        "every change of an order has exactly one event",
        "SELECT COUNT(*) FROM orders o WHERE (SELECT COUNT(*) FROM order_events e WHERE e.order_id = o.id) <> o.version",
    ),
    (
        "every event belongs to an order and to one of its versions",
        "SELECT COUNT(*) FROM order_events e LEFT JOIN orders o ON o.id = e.order_id \
         WHERE o.id IS NULL OR e.version > o.version OR e.version < 1",
    ),
    (
        "every cancellation left its order canceled or closed",
        "SELECT COUNT(*) FROM cancellations c LEFT JOIN orders o ON o.id = c.order_id \
         WHERE o.id IS NULL OR o.state NOT IN ('canceled', 'closed')",
    ),
    (
        "no order is canceled twice",
        "SELECT COUNT(*) FROM (SELECT order_id FROM cancellations GROUP BY order_id HAVING COUNT(*) > 1) twice",
    ),
    (
        "every canceled event has its cancellation",
        "SELECT COUNT(*) FROM order_events e LEFT JOIN cancellations c ON c.order_id = e.order_id \
         AND c.version = e.version WHERE e.kind = 'order.canceled' AND c.order_id IS NULL",
    ),
    (
        "every row of an order has its order",
        "SELECT (SELECT COUNT(*) FROM order_items c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM invoices c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM shipments c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM credit_memos c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM order_comments c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM payment_transactions c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL) + \
         (SELECT COUNT(*) FROM guest_keys c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL)",
    ),
    (
        "every used guest key canceled its order",
        "SELECT COUNT(*) FROM guest_keys k LEFT JOIN cancellations c ON c.order_id = k.order_id \
         WHERE k.used_at IS NOT NULL AND c.order_id IS NULL",
    ),
];

/// Rules about voids and refunds, whose amounts stand in JSON, which each database reads in its own way.
fn reversal_rules(backend: DatabaseBackend) -> [(&'static str, String); 2] {
    let number = |name: &str| match backend {
        DatabaseBackend::Postgres => format!("CAST(CAST(r.payload AS JSON) ->> '{name}' AS BIGINT)"),
        DatabaseBackend::MySql => format!("CAST(JSON_EXTRACT(r.payload, '$.{name}') AS SIGNED)"),
        _ => format!("CAST(JSON_EXTRACT(r.payload, '$.{name}') AS INTEGER)"),
    };
    let (amount, position) = (number("amount"), number("transaction"));
    let of_transaction =
        format!("payment_transactions t ON t.order_id = r.order_id AND t.position = {position}");
    let reversals = "r.kind IN ('void', 'refund')";
    [
        (
            "no transaction owes more back than it holds",
            format!(
                "SELECT COUNT(*) FROM (SELECT t.order_id FROM obligations r JOIN {of_transaction} \
                 WHERE {reversals} GROUP BY t.order_id, t.position, t.amount \
                 HAVING SUM({amount}) > t.amount) owed"
            ),
        ),
        (
            "every money owed back belongs to a transaction",
            format!(
                "SELECT COUNT(*) FROM obligations r LEFT JOIN {of_transaction} \
                 WHERE {reversals} AND t.order_id IS NULL"
            ),
        ),
    ]
}

impl Store {
    /// Counts rows, and those that break a rule.
    pub async fn row_counts(&self) -> Result<RowCounts, StoreError> {
        let mut script = Script::read(self);
        let orders = script.rows_of_text::<(i64,)>("SELECT COUNT(*) FROM orders");
        let rules = RULES.iter().map(|(rule, count)| (*rule, (*count).to_owned()));
        let counts: Vec<_> = rules
            .chain(reversal_rules(self.backend()))
            .map(|(rule, count)| (rule, script.rows_of_text::<(i64,)>(count)))
            .collect();
        let answers = script.fetch().await?;
        let number = |asked| Ok::<_, StoreError>(answers.first(asked)?.map_or(0, |(number,): (i64,)| number));
        let broken = counts.into_iter().map(|(rule, count)| Ok((rule, number(count)?)));
        Ok(RowCounts {
            orders: number(orders)?,
            broken: broken.collect::<Result<_, StoreError>>()?,
        })
    }
}
