//! The state of the simulator.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::Clock;

/// How long the channel needs to decide about a cancellation.
const DECISION: TimeDelta = TimeDelta::seconds(60);

/// What the simulator does wrong, or what goes wrong at Buy with Prime. All off at first.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each trouble is switched on by itself"
)]
pub struct PrimeTroubles {
    /// The credentials of the API were deleted: the token service answers `invalid_client`.
    pub credentials_are_deleted: bool,
    /// Every token is refused with `AccessDeniedError`.
    pub every_token_is_refused: bool,
    /// The operation that does its work and never answers.
    pub silent: Option<&'static str>,
    /// The operation that fails with `InternalServerError`.
    pub broken: Option<&'static str>,
    /// The number of calls that are answered with `ThrottlingError`.
    pub throttled: usize,
    /// Orders do not show their cancellations.
    pub cancellations_are_hidden: bool,
    /// The state that cancellations show instead of their own.
    pub state: Option<&'static str>,
    /// Cancellations succeed, and the packages stay as they are.
    pub packages_stay: bool,
}

/// An order of the simulator.
#[derive(Debug, Clone)]
pub struct PrimeOrder {
    /// The id, such as `322-ABC1-AAAAAA`.
    pub id: String,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// The line items: id, title and units.
    pub items: Vec<(String, String, i64)>,
    /// The packages; each item is in the package at its position, or in the last one.
    pub packages: Vec<PrimePackage>,
    /// The cancellations that were asked for, oldest first.
    pub cancellations: Vec<PrimeCancellation>,
}

/// A package of an order.
#[derive(Debug, Clone)]
pub struct PrimePackage {
    /// `PENDING`, `IN_TRANSIT`, `DELIVERED`, `CANCELLED`, or a word that does not exist.
    pub state: String,
    /// Why it is canceled; none otherwise.
    pub reason: Option<String>,
}

/// A cancellation of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimeCancellation {
    /// The channel's id.
    pub id: String,
    /// The id of the merchant.
    pub alias: String,
    /// `PENDING`, `SUCCESS` or `REJECTED`.
    pub state: String,
    /// The reason.
    pub reason: String,
    /// The comment; empty without one.
    pub comments: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

impl PrimeOrder {
    /// An order with two items in one package that has not left.
    #[must_use]
    pub fn pending(id: &str) -> Self {
        let item = |position: i64, units| (format!("{id}-{position}"), format!("Cup {position}"), units);
        Self {
            id: id.into(),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            items: vec![item(1, 3), item(2, 1)],
            packages: vec![PrimePackage::pending()],
            cancellations: Vec::new(),
        }
    }

    /// The same order in two packages.
    #[must_use]
    pub fn in_two_packages(mut self) -> Self {
        self.packages.push(PrimePackage::pending());
        self
    }

    /// The position of the package with the item at `position`.
    pub(super) fn package_of(&self, position: usize) -> usize {
        position.min(self.packages.len() - 1)
    }

    fn is_pending(&self) -> bool {
        self.packages.iter().all(|it| it.state == "PENDING")
    }
}

impl PrimePackage {
    fn pending() -> Self {
        Self {
            state: "PENDING".into(),
            reason: None,
        }
    }
}

/// Why the simulator refuses: type, code and text of the error.
pub(super) type Refusal = (&'static str, &'static str, &'static str);

pub(super) struct Site {
    clock: Arc<dyn Clock>,
    pub(super) orders: Vec<PrimeOrder>,
    pub(super) troubles: PrimeTroubles,
    /// Tokens, and when they end.
    pub(super) tokens: HashMap<String, DateTime<Utc>>,
    /// What was asked, and the error or `OK`; oldest first.
    pub(super) ledger: Vec<(String, String)>,
    made: u64,
}

impl Site {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            orders: Vec::new(),
            troubles: PrimeTroubles::default(),
            tokens: HashMap::new(),
            ledger: Vec::new(),
            made: 0,
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A name that was not given before.
    pub(super) fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}{}", self.made)
    }

    pub(super) fn order_mut(&mut self, id: &str) -> Option<&mut PrimeOrder> {
        self.orders.iter_mut().find(|order| order.id == id)
    }

    /// Decides the cancellations whose time has come: an order that has not left is canceled.
    pub(super) fn work(&mut self) {
        let (now, stay) = (self.now(), self.troubles.packages_stay);
        for order in &mut self.orders {
            for position in 0..order.cancellations.len() {
                let decided_at = order.cancellations[position].created_at + DECISION;
                if order.cancellations[position].state != "PENDING" || now < decided_at {
                    continue;
                }
                let is_possible = order.is_pending();
                let state = if is_possible { "SUCCESS" } else { "REJECTED" };
                order.cancellations[position].state = state.into();
                order.updated_at = decided_at;
                for package in order.packages.iter_mut().filter(|_| is_possible && !stay) {
                    package.state = "CANCELLED".into();
                    package.reason = Some("CUSTOMER_REQUESTED".into());
                }
            }
        }
    }

    /// Takes a cancellation. The same alias is the same cancellation.
    pub(super) fn cancel(
        &mut self,
        id: &str,
        alias: &str,
        reason: &str,
        comments: &str,
    ) -> Result<PrimeCancellation, Refusal> {
        let (now, name) = (self.now(), self.name("cancellation-"));
        let order = self.order_mut(id).ok_or((
            "ResourceNotFoundError",
            "ResourceNotFoundException",
            "The order does not exist.",
        ))?;
        let known = order.cancellations.iter().find(|it| it.alias == alias);
        if let Some(known) = known.filter(|_| !alias.is_empty()) {
            return Ok(known.clone());
        }
        if !order.is_pending() {
            return Err((
                "ValidationError",
                "OrderNotCancellable",
                "A package is not in the state PENDING.",
            ));
        }
        let cancellation = PrimeCancellation {
            id: name,
            alias: alias.into(),
            state: "PENDING".into(),
            reason: reason.into(),
            comments: comments.into(),
            created_at: now,
        };
        order.cancellations.push(cancellation.clone());
        order.updated_at = now;
        Ok(cancellation)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Site").finish_non_exhaustive()
    }
}
