//! A server that behaves as Amazon's Selling Partner API does, with its troubles. Its clock is passed in.

mod buckets;
mod feeds;
mod http;
mod order;
mod site;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countermand_app::Clock;
use tokio::net::TcpListener;

pub use order::SimulatedOrder;
pub use site::{Entry, Troubles};

use site::Site;

/// A running simulator with one seller's orders.
#[derive(Debug)]
pub struct AmazonSimulator {
    /// The address of the API, with a slash at the end.
    pub address: String,
    /// The address that gives out access tokens.
    pub token_address: String,
    site: Arc<Mutex<Site>>,
}

impl AmazonSimulator {
    /// Starts a simulator that lives by `clock`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}/", listener.local_addr().expect("an address"));
        let site = Arc::new(Mutex::new(Site::new(&address, clock)));
        let routes = http::routes(site.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            token_address: format!("{address}auth/o2/token"),
            address,
            site,
        }
    }

    /// A buyer places an order.
    pub fn place(&self, order: SimulatedOrder) {
        let mut site = self.site();
        let now = site.now();
        site.orders.push(order.placed_at(now));
    }

    /// A buyer asks to cancel the item at `position` of an order.
    pub fn ask_to_cancel(&self, number: &str, position: usize, reason: &str) {
        self.change(number, |order| {
            order.items[position].request = Some(reason.into());
        });
    }

    /// The buyer takes back all requests of an order.
    pub fn take_back(&self, number: &str) {
        self.change(number, |order| {
            for item in &mut order.items {
                item.request = None;
            }
        });
    }

    /// The seller ships an order by another program.
    pub fn ship(&self, number: &str) {
        self.set_status(number, "SHIPPED");
    }

    /// Gives an order a status, which may be a word that does not exist.
    pub fn set_status(&self, number: &str, status: &str) {
        self.change(number, |order| order.status = status.into());
    }

    /// The party `by`, such as `AMAZON`, cancels an order for `reason`, outside the shop.
    pub fn cancel_as(&self, number: &str, by: &str, reason: &str) {
        self.change(number, |order| {
            order.status = "CANCELLED".into();
            for item in &mut order.items {
                item.canceled = Some((by.into(), reason.into()));
            }
        });
    }

    /// The status word of an order, as it is now.
    ///
    /// # Panics
    /// When there is no such order.
    #[must_use]
    pub fn status(&self, number: &str) -> String {
        let mut site = self.site();
        site.work();
        site.order(number)
            .expect("an order of the simulator")
            .status
            .clone()
    }

    /// Sets the troubles from now on.
    pub fn trouble(&self, set: impl FnOnce(&mut Troubles)) {
        set(&mut self.site().troubles);
    }

    /// Other programs of the seller have used up the calls of an operation.
    pub fn use_up(&self, operation: &str) {
        let mut site = self.site();
        let now = site.now();
        site.buckets.empty(operation, now);
    }

    /// No token that was given out is taken any more.
    pub fn end_tokens(&self) {
        self.site().tokens.clear();
    }

    /// What was asked and how it was answered, oldest first.
    #[must_use]
    pub fn ledger(&self) -> Vec<Entry> {
        self.site().ledger.clone()
    }

    /// How often `operation` was answered with `status`.
    #[must_use]
    pub fn answered(&self, operation: &str, status: u16) -> usize {
        let site = self.site();
        let fits = |entry: &&Entry| entry.operation == operation && entry.status == status;
        site.ledger.iter().filter(fits).count()
    }

    /// The documents of the feeds that were handed in, oldest first.
    #[must_use]
    pub fn feeds(&self) -> Vec<String> {
        let site = self.site();
        site.feeds.iter().map(|feed| feed.document.clone()).collect()
    }

    fn change(&self, number: &str, change: impl FnOnce(&mut SimulatedOrder)) {
        let mut site = self.site();
        site.work();
        let now = site.now();
        let order = site.order_mut(number).expect("an order of the simulator");
        change(order);
        order.updated_at = now;
    }

    fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
