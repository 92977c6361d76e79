//! Tells all who follow orders in this process when one of the orders has changed: one read of the database for all.
//!
//! The database is the only source, so a change that another server makes is noticed in the same way. What is handed
//! on is the newest version alone, and each follower reads the events after the last one that it has sent. So nothing
//! is kept for a follower who is slow, and no event is left out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countermand_domain::OrderId;
use countermand_persistence::{Database, OrderPulse};
use tokio::sync::watch;

use super::OnPanic;

/// The pause between two reads.
const PAUSE: Duration = Duration::from_millis(500);
/// The most orders of one statement.
const MOST_AT_ONCE: usize = 500;

/// The orders that are followed in this process. A clone is cheap, and all clones share the orders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulses(Arc<Mutex<Followed>>);

#[derive(Debug, Default)]
struct Followed {
    orders: HashMap<OrderId, watch::Sender<OrderPulse>>,
    /// Whether a task reads the database.
    is_read: bool,
}

impl Pulses {
    /// Follows `order` from now on, until the receiver is dropped. The database is read only while there are receivers.
    pub(crate) fn follow(&self, order: OrderId, database: &Database) -> watch::Receiver<OrderPulse> {
        let mut followed = self.followed();
        let sender = followed
            .orders
            .entry(order)
            .or_insert_with(|| watch::channel(OrderPulse::default()).0);
        let receiver = sender.subscribe();
        if !followed.is_read {
            followed.is_read = true;
            tokio::spawn(self.clone().read(database.clone()));
        }
        receiver
    }

    /// Reads the database again and again, as long as an order is followed.
    async fn read(self, database: Database) {
        let _guard = OnPanic(|| self.followed().is_read = false);
        let mut is_away = false;
        loop {
            tokio::time::sleep(PAUSE).await;
            let Some(orders) = self.still_followed() else {
                return;
            };
            for some in orders.chunks(MOST_AT_ONCE) {
                match database.order_pulses(some).await {
                    Ok(pulses) => {
                        is_away = false;
                        self.tell(&pulses);
                    }
                    Err(problem) => {
                        if !is_away {
                            tracing::warn!(%problem, "changes of followed orders cannot be read");
                        }
                        is_away = true;
                    }
                }
            }
        }
    }

    /// The orders that have a receiver; none when the last receiver is gone, and then the reading ends.
    fn still_followed(&self) -> Option<Vec<OrderId>> {
        let mut followed = self.followed();
        followed.orders.retain(|_, sender| sender.receiver_count() > 0);
        followed.is_read = !followed.orders.is_empty();
        followed
            .is_read
            .then(|| followed.orders.keys().copied().collect())
    }

    fn tell(&self, pulses: &HashMap<OrderId, OrderPulse>) {
        let followed = self.followed();
        for (order, pulse) in pulses {
            if let Some(sender) = followed.orders.get(order) {
                sender.send_if_modified(|known| {
                    let is_new = known != pulse;
                    *known = *pulse;
                    is_new
                });
            }
        }
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        // No code panics while it has the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
