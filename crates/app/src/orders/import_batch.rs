//! Cuts a stream of orders into batches that are written together.

use std::collections::HashSet;
use std::io::Read;

use tokio::sync::mpsc;

use crate::orders::import_summary::RefusedOrder;
use countermand_import::{OrderDocuments, ReadOrder, read_order};

/// The most bytes of JSON whose orders are written together: enough to be fast, and few enough for memory.
const BATCH_BYTES: usize = 1 << 20;
/// The most orders written together.
const BATCH_ORDERS: usize = 250;
/// Orders that are written together, and the errors that were found between them.
pub(crate) struct ReadBatch {
    pub(crate) orders: Vec<(u64, ReadOrder)>,
    pub(crate) refused: Vec<RefusedOrder>,
}

/// Reads batches until the stream ends or the receiver is gone.
pub(crate) fn read_batches(source: impl Read, sender: &mpsc::Sender<ReadBatch>) {
    let empty = || ReadBatch {
        orders: Vec::new(),
        refused: Vec::new(),
    };
    let mut batch = empty();
    let mut size = 0;
    for document in OrderDocuments::new(source) {
        match document {
            Ok(raw) => {
                size += raw.json.len();
                match read_order(&raw.json) {
                    Ok(order) => batch.orders.push((raw.line, order)),
                    Err(refusal) => batch.refused.push(RefusedOrder {
                        position: raw.line,
                        number: refusal.number,
                        field: Some(refusal.field),
                        value: Some(refusal.value),
                        message: refusal.problem,
                    }),
                }
            }
            Err(problem) => batch.refused.push(RefusedOrder {
                position: problem.line,
                number: None,
                field: None,
                value: None,
                message: problem.message,
            }),
        }
        if size >= BATCH_BYTES || batch.orders.len() + batch.refused.len() >= BATCH_ORDERS {
            size = 0;
            if sender
                .blocking_send(std::mem::replace(&mut batch, empty()))
                .is_err()
            {
                return;
            }
        }
    }
    // The receiver is gone only when the import has failed or was stopped.
    let _ = sender.blocking_send(batch);
}

/// Splits a batch so that no number occurs twice in a part, because a repeated order must see the earlier one.
pub(crate) fn without_repeats(orders: Vec<(u64, ReadOrder)>) -> Vec<Vec<(u64, ReadOrder)>> {
    let mut parts = vec![Vec::new()];
    let mut seen = HashSet::new();
    for (line, order) in orders {
        if !seen.insert((order.store_id, order.number.clone())) {
            seen.clear();
            seen.insert((order.store_id, order.number.clone()));
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push((line, order));
        }
    }
    parts
}
