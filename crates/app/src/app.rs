//! What every use case needs: the store, the clock, the secret.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Actor, Catalog, Order};
use countermand_persistence::{Store, StoreError};
use rand::RngCore;

use crate::clock::Clock;
use crate::error::AppError;
use crate::order_token::OrderTokens;
use crate::order_view::OrderView;

/// How often a use case loads, decides and applies before it gives up: others changed the order each time.
const ATTEMPTS: u32 = 3;

/// The shop's use cases. Cheap to clone.
#[derive(Clone)]
pub struct App {
    store: Store,
    clock: Arc<dyn Clock>,
    tokens: OrderTokens,
    settings: AppSettings,
}

/// What an installation decides for all its stores.
#[derive(Debug, Clone, Copy)]
pub struct AppSettings {
    /// How long a customer stays signed in.
    pub customer_token_lifetime: TimeDelta,
}

impl Default for AppSettings {
    /// An hour, as Adobe's default (contract section 10).
    fn default() -> Self {
        Self {
            customer_token_lifetime: TimeDelta::hours(1),
        }
    }
}

impl App {
    /// The use cases over a migrated store. All replicas of one database share the secret that it keeps.
    pub async fn new(store: Store, clock: Arc<dyn Clock>, settings: AppSettings) -> Result<Self, AppError> {
        let mut candidate = [0_u8; 32];
        rand::rng().fill_bytes(&mut candidate);
        let secret = store.installation_secret(&candidate).await?;
        let tokens = OrderTokens::new(&secret)?;
        Ok(Self {
            store,
            clock,
            tokens,
            settings,
        })
    }

    /// Whether requests can be served: reads a table.
    pub async fn ready(&self) -> Result<(), AppError> {
        Ok(self.store.ready().await?)
    }

    /// The installation's settings.
    #[must_use]
    pub fn settings(&self) -> AppSettings {
        self.settings
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(crate) fn tokens(&self) -> &OrderTokens {
        &self.tokens
    }

    /// `order` as `actor` sees it.
    pub(crate) fn view(&self, order: Order, catalog: Arc<Catalog>, actor: Actor) -> OrderView {
        let token = self.tokens.seal(order.id);
        OrderView {
            order,
            catalog,
            actor,
            seen_at: self.now(),
            token,
        }
    }

    /// Runs load, decide, apply again while somebody else is faster; three times at most.
    pub(crate) async fn retry_on_conflict<T, F, Fut>(&self, run: F) -> Result<T, AppError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<T, AppError>>,
    {
        for _ in 0..ATTEMPTS {
            match run().await {
                Err(AppError::Store(StoreError::Conflict)) => {}
                outcome => return outcome,
            }
        }
        Err(AppError::Contended)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("App")
            .field("store", &self.store.url())
            .finish_non_exhaustive()
    }
}
