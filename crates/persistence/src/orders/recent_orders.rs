//! Keeps the orders that customers looked at recently. A page reads only the versions of its orders, and reads an order
//! as a whole only if it is not kept at that version.
//!
//! Every change of an order raises its version, so a kept order is never out of date, whichever replica changes it.

use std::sync::{Arc, Mutex, PoisonError};

use countermand_domain::{Order, OrderItem};
use hashlink::LruCache;
use serde::Deserialize;

use crate::error::DatabaseError;
use crate::rows::order::order_id;
use crate::rows::time::from_micros;

/// The largest sum of the weights of all kept orders, in bytes.
const MOST_WEIGHT: usize = 12 * 1024 * 1024;
/// The approximate weight of an order without its parts, in bytes.
const ORDER_WEIGHT: usize = 2 * 1024;
/// The approximate weight of each part of an order, in bytes.
const PART_WEIGHT: usize = 1024;
/// The approximate weight of an option of an item without its text, in bytes.
const OPTION_WEIGHT: usize = 64;

/// What tells one state of an order from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct OrderHead {
    pub(crate) id: i64,
    version: i64,
    /// Microseconds. A database that was restored from a backup can have the same version with other contents.
    updated_at: i64,
}

/// The orders that were used last. A clone is cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentOrders(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    orders: LruCache<i64, Arc<Order>>,
    /// The sum of the weights of the orders.
    weight: usize,
}

impl OrderHead {
    fn is_of(self, order: &Order) -> Result<bool, DatabaseError> {
        let (id, updated_at) = (order_id(self.id)?, from_micros(self.updated_at)?);
        Ok(order.id == id && order.version == self.version && order.updated_at == updated_at)
    }
}

impl RecentOrders {
    /// The order in the state of `head`, if it is kept.
    pub(crate) fn get(&self, head: OrderHead) -> Result<Option<Arc<Order>>, DatabaseError> {
        let kept = self.kept().orders.get(&head.id).cloned();
        match kept {
            Some(order) if head.is_of(&order)? => Ok(Some(order)),
            Some(_) | None => Ok(None),
        }
    }

    /// Keeps an order, and forgets those that were not used for the longest time.
    pub(crate) fn keep(&self, order: Arc<Order>) {
        let mut kept = self.kept();
        kept.weight += weight(&order);
        if let Some(former) = kept.orders.insert(order.id.number(), order) {
            kept.weight -= weight(&former);
        }
        while kept.weight > MOST_WEIGHT
            && let Some((_, oldest)) = kept.orders.remove_lru()
        {
            kept.weight -= weight(&oldest);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        // No code panics while it has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            orders: LruCache::new_unbounded(),
            weight: 0,
        }
    }
}

/// The approximate number of bytes that an order takes in memory: its parts, and the texts that may be long.
fn weight(order: &Order) -> usize {
    let lines = order.invoices.iter().map(|it| it.lines.len()).sum::<usize>()
        + order
            .shipments
            .iter()
            .map(|it| it.lines.len() + it.tracking.len())
            .sum::<usize>()
        + order.credit_memos.iter().map(|it| it.lines.len()).sum::<usize>();
    let charges = 3 * order.other_charges.len() + order.other_credits.len();
    let parts = order.items.len()
        + order.payment.transactions.len()
        + order.invoices.len()
        + order.shipments.len()
        + order.credit_memos.len()
        + order.comments.len()
        + order.taxes.len()
        + order.discounts.len()
        + order.coupons.len()
        + order.deliveries.len()
        + usize::from(order.channel.is_some())
        + order.subscriptions.len()
        + charges
        + lines;
    let comments = order.comments.iter().map(|it| it.text.len()).sum::<usize>();
    let options = order.items.iter().map(weight_of_options).sum::<usize>();
    let additional = order.payment.additional_data.iter();
    let additional = additional
        .map(|(label, value)| label.len() + value.len())
        .sum::<usize>();
    ORDER_WEIGHT + parts * PART_WEIGHT + comments + options + additional
}

fn weight_of_options(item: &OrderItem) -> usize {
    let chosen = item.selected_options.iter().chain(&item.entered_options);
    let chosen = chosen
        .map(|it| OPTION_WEIGHT + it.label.len() + it.value.len())
        .sum::<usize>();
    let bundle = item.bundle_options.iter().flat_map(|it| &it.values);
    let texts = bundle
        .chain(&item.downloadable_links)
        .map(|it| OPTION_WEIGHT + it.len())
        .sum::<usize>();
    let message = item.gift_card.as_ref().and_then(|it| it.message.as_ref());
    chosen + texts + message.map_or(0, String::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::shop::plain_order;
    use crate::rows::time::to_micros;

    fn head_of(order: &Order) -> OrderHead {
        OrderHead {
            id: order.id.number(),
            version: order.version,
            updated_at: to_micros(order.updated_at),
        }
    }

    #[test]
    fn an_order_is_given_in_the_state_of_its_head_only() {
        let kept = RecentOrders::default();
        let order = Arc::new(plain_order(1));
        kept.keep(order.clone());
        let head = head_of(&order);
        assert_eq!(kept.get(head).expect("a head"), Some(order));
        let later = OrderHead { version: 2, ..head };
        assert_eq!(kept.get(later).expect("a head"), None);
        let restored = OrderHead {
            updated_at: head.updated_at + 1,
            ..head
        };
        assert_eq!(kept.get(restored).expect("a head"), None);
    }

    #[test]
    fn the_orders_that_were_not_used_for_the_longest_time_are_forgotten() {
        let kept = RecentOrders::default();
        let first = Arc::new(plain_order(1));
        let heavy = |counter| {
            let mut order = plain_order(counter);
            order.items = vec![order.items[0].clone(); 100];
            Arc::new(order)
        };
        kept.keep(first.clone());
        for counter in 2..=500 {
            kept.keep(heavy(counter));
            // The same order again does not weigh twice.
            kept.keep(heavy(counter));
            assert_eq!(kept.get(head_of(&first)).expect("a head"), Some(first.clone()));
        }
        let orders = kept.kept();
        assert!(orders.weight <= MOST_WEIGHT && orders.weight > MOST_WEIGHT / 2);
        let sum: usize = orders.orders.iter().map(|(_, order)| weight(order)).sum();
        assert_eq!(orders.weight, sum);
        assert!(orders.orders.peek(&heavy(2).id.number()).is_none());
    }
}
