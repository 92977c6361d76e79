//! Checks the whole database: counts orders, and finds rows that break a rule.

use sea_orm::DatabaseBackend;

use crate::database::Database;
use crate::error::DatabaseError;
use crate::sql::script::Script;

/// The number of orders, and the rows that break a rule over several tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowCounts {
    /// The number of orders.
    pub orders: i64,
    /// Every rule, with the number of rows that break it.
    pub rules: Vec<TableRule>,
}

/// A rule over the tables, and the number of rows that break it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRule {
    /// The text of the rule.
    pub rule: &'static str,
    /// The number of rows that break the rule.
    pub broken: i64,
    /// The id of an order with such a row; none if the rule holds, or if no order has such a row.
    pub example: Option<i64>,
}

/// Each rule with a query for the order ids of the rows that break it.
const RULES: &[(&str, &str)] = &[
    (
        "every change of an order has exactly one event",
        "SELECT o.id AS id FROM orders o \
         WHERE (SELECT COUNT(*) FROM order_events e WHERE e.order_id = o.id) <> o.version",
    ),
    (
        "every event belongs to an order and to one of its versions",
        "SELECT e.order_id AS id FROM order_events e LEFT JOIN orders o ON o.id = e.order_id \
         WHERE o.id IS NULL OR e.version > o.version OR e.version < 1",
    ),
    (
        "every cancellation has its canceled event",
        "SELECT c.order_id AS id FROM cancellations c LEFT JOIN order_events e ON e.order_id = c.order_id \
         AND e.version = c.version AND e.kind = 'order.canceled' WHERE e.order_id IS NULL",
    ),
    (
        "every canceled event has its cancellation",
        "SELECT e.order_id AS id FROM order_events e LEFT JOIN cancellations c ON c.order_id = e.order_id \
         AND c.version = e.version WHERE e.kind = 'order.canceled' AND c.order_id IS NULL",
    ),
    (
        // Rows of versions that kept the items of a cancellation in a table, too.
        "every canceled item belongs to a cancellation",
        "SELECT i.order_id AS id FROM cancellation_items i LEFT JOIN cancellations c \
         ON c.order_id = i.order_id AND c.version = i.version WHERE c.order_id IS NULL",
    ),
    (
        "every row of an order has its order",
        "SELECT c.order_id AS id FROM (SELECT order_id FROM order_items UNION ALL SELECT order_id FROM invoices \
         UNION ALL SELECT order_id FROM shipments UNION ALL SELECT order_id FROM credit_memos \
         UNION ALL SELECT order_id FROM order_comments UNION ALL SELECT order_id FROM payment_transactions \
         UNION ALL SELECT order_id FROM guest_keys UNION ALL SELECT order_id FROM order_subscriptions) c LEFT JOIN orders o ON o.id = c.order_id WHERE o.id IS NULL",
    ),
    (
        "the kept number of each customer's orders is right",
        "SELECT MIN(o.id) AS id FROM orders o LEFT JOIN customer_order_counts c \
         ON c.customer_id = o.customer_id AND c.store_number = o.store_number WHERE o.customer_id IS NOT NULL \
         GROUP BY o.customer_id, o.store_number, c.orders HAVING COUNT(*) <> COALESCE(c.orders, 0) \
         UNION ALL SELECT NULL AS id FROM customer_order_counts c WHERE c.orders <> 0 AND NOT EXISTS \
         (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.store_number = c.store_number)",
    ),
    (
        "the kept status of each order is right",
        "SELECT o.id AS id FROM orders o LEFT JOIN order_statuses s ON s.order_id = o.id \
         AND s.status = o.status AND s.placed_at = o.placed_at WHERE s.order_id IS NULL \
         UNION ALL SELECT s.order_id AS id FROM order_statuses s LEFT JOIN orders o ON o.id = s.order_id \
         WHERE o.id IS NULL",
    ),
    (
        "every result of a bulk cancellation belongs to its job",
        "SELECT r.order_id AS id FROM bulk_cancellation_orders r LEFT JOIN bulk_cancellations j \
         ON j.id = r.bulk_id WHERE j.id IS NULL",
    ),
    (
        "the kept subscriptions of each order are right",
        "SELECT s.order_id AS id FROM order_subscriptions s JOIN orders o ON o.id = s.order_id \
         WHERE o.subscriptions IS NULL OR COALESCE(o.customer_id, 0) <> COALESCE(s.customer_id, 0) \
         UNION ALL SELECT o.id AS id FROM orders o WHERE o.subscriptions IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM order_subscriptions s WHERE s.order_id = o.id)",
    ),
    (
        "every order of a sales channel leads to its order of the shop",
        "SELECT c.order_id AS id FROM channel_imports c LEFT JOIN orders o ON o.id = c.order_id \
         WHERE o.id IS NULL OR o.sales_channel IS NULL",
    ),
    (
        "every used guest key canceled its order",
        "SELECT k.order_id AS id FROM guest_keys k LEFT JOIN cancellations c ON c.order_id = k.order_id \
         WHERE k.used_at IS NOT NULL AND c.order_id IS NULL",
    ),
];

/// The rules about voids and refunds. Their amounts are in a JSON column, which each database reads in its own way.
fn reversal_rules(backend: DatabaseBackend) -> [(&'static str, String); 4] {
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
                "SELECT t.order_id AS id FROM obligations r JOIN {of_transaction} \
                 WHERE {reversals} GROUP BY t.order_id, t.position, t.amount, t.outside \
                 HAVING SUM({amount}) + t.outside > t.amount"
            ),
        ),
        (
            "every money owed back belongs to a transaction",
            format!(
                "SELECT r.order_id AS id FROM obligations r LEFT JOIN {of_transaction} \
                 WHERE {reversals} AND t.order_id IS NULL"
            ),
        ),
        (
            "every transaction owes back what its voids and refunds have not moved",
            format!(
                "SELECT t.order_id AS id FROM payment_transactions t LEFT JOIN obligations r \
                 ON r.order_id = t.order_id AND t.position = {position} AND {reversals} \
                 AND r.state NOT IN ('met', 'abandoned') \
                 GROUP BY t.order_id, t.position, t.owed HAVING t.owed <> COALESCE(SUM({amount}), 0)"
            ),
        ),
        (
            "every transaction knows what of its voids and refunds was abandoned",
            format!(
                "SELECT t.order_id AS id FROM payment_transactions t LEFT JOIN obligations r \
                 ON r.order_id = t.order_id AND t.position = {position} AND {reversals} AND r.state = 'abandoned' \
                 GROUP BY t.order_id, t.position, t.abandoned HAVING t.abandoned <> COALESCE(SUM({amount}), 0)"
            ),
        ),
    ]
}

impl Database {
    /// Counts the orders, and finds rows that break a rule.
    pub async fn row_counts(&self) -> Result<RowCounts, DatabaseError> {
        let mut script = Script::read(self);
        let orders = script.rows_of_text::<(i64,)>("SELECT COUNT(*) FROM orders");
        let rules = RULES.iter().map(|(rule, broken)| (*rule, (*broken).to_owned()));
        let asked: Vec<_> = rules
            .chain(reversal_rules(self.backend()))
            .map(|(rule, broken)| {
                let count = format!("SELECT COUNT(*) AS count, MIN(id) AS example FROM ({broken}) broken");
                (rule, script.rows_of_text::<(i64, Option<i64>)>(&count))
            })
            .collect();
        let answers = script.fetch().await?;
        let rule = |(rule, asked)| {
            let (broken, example) = answers.first(asked)?.unwrap_or_default();
            Ok(TableRule {
                rule,
                broken,
                example,
            })
        };
        Ok(RowCounts {
            orders: answers.first(orders)?.map_or(0, |(orders,)| orders),
            rules: asked
                .into_iter()
                .map(rule)
                .collect::<Result<_, DatabaseError>>()?,
        })
    }
}
