//! The state of the simulator.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;

use super::buckets::Buckets;
use super::feeds::Feed;
use super::order::SimulatedOrder;

/// How long a token is valid, in seconds.
pub(super) const TOKEN_SECONDS: i64 = 3600;
/// How long the address of a document is valid.
const DOCUMENT_LIFETIME: TimeDelta = TimeDelta::minutes(5);

/// What the simulator does wrong, or what goes wrong at Amazon. All off at first.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each trouble is switched on by itself"
)]
pub struct Troubles {
    /// The seller withdrew the consent: the token service answers `invalid_grant`.
    pub consent_is_withdrawn: bool,
    /// The token service answers 503.
    pub token_service_is_down: bool,
    /// Every token is refused with 403.
    pub every_token_is_refused: bool,
    /// The operation that does its work and never answers.
    pub silent: Option<&'static str>,
    /// The operation that answers 503 and does nothing.
    pub broken: Option<&'static str>,
    /// What `x-amzn-RateLimit-Limit` says instead of the rate; an empty text leaves the header out.
    pub rate_header: Option<String>,
    /// The first page is empty and has a next one.
    pub first_page_is_empty: bool,
    /// The orders on a page; 100 or what the request says otherwise.
    pub page_size: Option<usize>,
    /// The first order of each further page is the last one of the page before it.
    pub pages_overlap: bool,
    /// How many addresses for uploads end before they can be used.
    pub uploads_that_end: usize,
    /// Reports are packed with gzip.
    pub packs_reports: bool,
    /// `cancelOrder` is taken, and the order stays as it is for now.
    pub cancels_late: bool,
    /// Feeds never end.
    pub feeds_hang: bool,
    /// Feeds break off half-way.
    pub feeds_break_off: bool,
    /// Feeds report success, and the orders stay as they are.
    pub reports_lie: bool,
    /// Reports are not XML.
    pub reports_are_rubbish: bool,
}

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The operation, such as `searchOrders`.
    pub operation: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A document that was uploaded, or that can be read.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    pub(super) is_packed: bool,
    pub(super) ends_at: DateTime<Utc>,
}

#[derive(Debug)]
pub(super) struct Site {
    pub(super) address: String,
    clock: ClockOf,
    pub(super) orders: Vec<SimulatedOrder>,
    pub(super) troubles: Troubles,
    /// Tokens, and when they end.
    pub(super) tokens: HashMap<String, DateTime<Utc>>,
    pub(super) buckets: Buckets,
    pub(super) documents: HashMap<String, Document>,
    pub(super) feeds: Vec<Feed>,
    pub(super) ledger: Vec<Entry>,
    made: u64,
}

struct ClockOf(Arc<dyn Clock>);

impl std::fmt::Debug for ClockOf {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Clock")
    }
}

impl Site {
    pub(super) fn new(address: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            address: address.into(),
            clock: ClockOf(clock),
            orders: Vec::new(),
            troubles: Troubles::default(),
            tokens: HashMap::new(),
            buckets: Buckets::default(),
            documents: HashMap::new(),
            feeds: Vec::new(),
            ledger: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.0.now()
    }

    /// A name that was not given before.
    pub(super) fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{}", self.made)
    }

    pub(super) fn order(&self, number: &str) -> Option<&SimulatedOrder> {
        self.orders.iter().find(|order| order.number == number)
    }

    pub(super) fn order_mut(&mut self, number: &str) -> Option<&mut SimulatedOrder> {
        self.orders.iter_mut().find(|order| order.number == number)
    }

    pub(super) fn document_ends_at(&self) -> DateTime<Utc> {
        self.now() + DOCUMENT_LIFETIME
    }
}
