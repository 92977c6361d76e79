//! What must hold in the tables after a race, in plain SQL: it asks no code of the program.

use super::cluster::rows;

/// Each promise with a query for the numbers of the orders that break it.
///
/// The orders of a race are paid, have units of one item, and are canceled, shipped unit by unit, and held; they are
/// never invoiced again, credited by staff or taken off hold.
const PROMISES: &[(&str, &str)] = &[
    (
        "each version of an order has exactly one event",
        "SELECT o.number FROM orders o LEFT JOIN order_events e ON e.order_id = o.id GROUP BY o.id, o.number, o.version \
         HAVING COUNT(e.version) <> o.version OR MIN(e.version) <> 1 OR MAX(e.version) <> o.version",
    ),
    (
        "each cancellation has the event of its version",
        "SELECT o.number FROM orders o JOIN cancellations c ON c.order_id = o.id \
         LEFT JOIN order_events e ON e.order_id = c.order_id AND e.version = c.version AND e.kind = 'order.canceled' \
         WHERE e.order_id IS NULL",
    ),
    (
        "each canceled event has its cancellation",
        "SELECT o.number FROM orders o JOIN order_events e ON e.order_id = o.id AND e.kind = 'order.canceled' \
         LEFT JOIN cancellations c ON c.order_id = e.order_id AND c.version = e.version WHERE c.order_id IS NULL",
    ),
    (
        "an order is closed when it has a cancellation, and only then",
        "SELECT o.number FROM orders o WHERE (o.state = 'closed') <> \
         (EXISTS (SELECT 1 FROM cancellations c WHERE c.order_id = o.id))",
    ),
    (
        "what is canceled was never shipped",
        "SELECT o.number FROM orders o JOIN cancellations c ON c.order_id = o.id \
         WHERE EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id) \
         OR EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id AND i.qty_shipped > 0)",
    ),
    (
        "money is owed back by the cancellation of the same version",
        "SELECT o.number FROM orders o JOIN obligations r ON r.order_id = o.id AND r.kind IN ('void', 'refund') \
         LEFT JOIN cancellations c ON c.order_id = r.order_id AND c.version = r.order_version WHERE c.order_id IS NULL",
    ),
    (
        "each obligation has the event of the version that owes it",
        "SELECT o.number FROM orders o JOIN obligations r ON r.order_id = o.id \
         LEFT JOIN order_events e ON e.order_id = r.order_id AND e.version = r.order_version WHERE e.order_id IS NULL",
    ),
    (
        "no obligation is about an order that is not there",
        "SELECT r.id AS number FROM obligations r LEFT JOIN orders o ON o.id = r.order_id \
         WHERE r.order_id IS NOT NULL AND o.id IS NULL",
    ),
    (
        "each cancellation has its event, which names its items",
        "SELECT o.number FROM orders o JOIN cancellations c ON c.order_id = o.id \
         LEFT JOIN order_events e ON e.order_id = c.order_id AND e.version = c.version \
         WHERE COALESCE(JSON_LENGTH(e.data, '$.items'), 0) = 0",
    ),
    (
        "a cancellation owes back what it refunds",
        "SELECT o.number FROM orders o JOIN cancellations c ON c.order_id = o.id WHERE c.refund_total <> \
         (SELECT COALESCE(SUM(JSON_EXTRACT(r.payload, '$.amount')), 0) FROM obligations r \
         WHERE r.kind = 'refund' AND r.order_id = c.order_id AND r.order_version = c.version)",
    ),
    (
        "each cancellation has its mail, and no mail is without one",
        "SELECT o.number FROM orders o WHERE (SELECT COUNT(*) FROM obligations j WHERE j.kind = 'mail' AND j.order_id = o.id) <> \
         (SELECT COUNT(*) FROM cancellations c WHERE c.order_id = o.id)",
    ),
    (
        "each cancellation has its credit memo, and no credit memo is without one",
        "SELECT o.number FROM orders o WHERE (SELECT COUNT(*) FROM credit_memos m WHERE m.order_id = o.id) <> \
         (SELECT COUNT(*) FROM cancellations c WHERE c.order_id = o.id)",
    ),
    (
        "credit memos and refunds used of payments add up to what the order refunded",
        "SELECT o.number FROM orders o WHERE o.refunded <> \
         (SELECT COALESCE(SUM(m.grand_total), 0) FROM credit_memos m WHERE m.order_id = o.id) \
         OR o.refunded <> (SELECT COALESCE(SUM(t.used), 0) FROM payment_transactions t WHERE t.order_id = o.id)",
    ),
    (
        "units come back with a cancellation, and only then",
        "SELECT o.number FROM orders o JOIN order_items i ON i.order_id = o.id WHERE (i.qty_refunded > 0) <> \
         (EXISTS (SELECT 1 FROM cancellations c WHERE c.order_id = o.id)) OR i.qty_canceled <> 0",
    ),
    (
        "the history has lines when the order has a cancellation, and only then",
        "SELECT o.number FROM orders o WHERE (EXISTS (SELECT 1 FROM order_comments h WHERE h.order_id = o.id)) <> \
         (EXISTS (SELECT 1 FROM cancellations c WHERE c.order_id = o.id))",
    ),
    (
        "each shipment has its event",
        "SELECT o.number FROM orders o WHERE (SELECT COUNT(*) FROM shipments s WHERE s.order_id = o.id) <> \
         (SELECT COUNT(*) FROM order_events e WHERE e.order_id = o.id AND e.kind = 'order.shipped')",
    ),
    (
        "each shipment moved one unit",
        "SELECT o.number FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.qty_shipped <> \
         10000 * (SELECT COUNT(*) FROM shipments s WHERE s.order_id = o.id)",
    ),
    (
        "an order is on hold when it has the event of that, and only then",
        "SELECT o.number FROM orders o WHERE (o.state = 'holded') <> \
         (EXISTS (SELECT 1 FROM order_events e WHERE e.order_id = o.id AND e.kind = 'order.held'))",
    ),
    (
        "the audit log has an entry for each shipment and each hold",
        "SELECT o.number FROM orders o WHERE \
         (SELECT COUNT(*) FROM audit_entries a WHERE a.target = o.number AND a.action IN ('createShipment', 'holdOrder')) \
         <> (SELECT COUNT(*) FROM order_events e WHERE e.order_id = o.id AND e.kind IN ('order.shipped', 'order.held'))",
    ),
];

/// What happened to the orders, by their number: the kind of each event but the first.
const CHANGES: &str =
    "SELECT o.number, e.kind FROM orders o JOIN order_events e ON e.order_id = o.id WHERE e.version > 1";

/// A line for each promise that is broken.
pub(super) async fn broken_promises(url: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for (promise, query) in PROMISES {
        let numbers: Vec<String> = rows(url, query)
            .await
            .iter()
            .map(|row| row.try_get("", "number").expect("a number"))
            .collect();
        if !numbers.is_empty() {
            broken.push(format!("{promise}: not for {numbers:?}"));
        }
    }
    broken
}

/// The number of an order and the kind of an event, for each change of an order.
pub(super) async fn changes(url: &str) -> Vec<(String, String)> {
    let rows = rows(url, CHANGES).await;
    let text = |row: &sea_orm::QueryResult, column| row.try_get("", column).expect("a text");
    rows.iter()
        .map(|row| (text(row, "number"), text(row, "kind")))
        .collect()
}
