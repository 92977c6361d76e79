//! The structure that every use case needs: the database, the environment and the secret.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use countermand_domain::{Actor, Order, Shop};
use countermand_persistence::{Database, DatabaseError};

use crate::accounts::access_token::CUSTOMER_TOKEN_HOURS;
use crate::accounts::lockout::Lockout;
use crate::accounts::password_hashing::PasswordCost;
use crate::accounts::request_limit::{RequestLimiter, RequestLimits};
use crate::env::Env;
use crate::error::AppError;
use crate::failure::Failure;
use crate::orders::order_token::OrderTokens;
use crate::orders::order_view::OrderView;
use crate::ports::IdentityVerifier;
use crate::seal::Seal;
use crate::tidy::MET_JOBS_KEPT_DAYS;

/// How often a use case loads, decides and applies before it fails, when other changes of the order come first.
const ATTEMPTS: u32 = 3;

/// The shop's use cases. A clone costs little.
#[derive(Clone)]
pub struct App {
    database: Database,
    env: Env,
    tokens: OrderTokens,
    seal: Seal,
    settings: AppSettings,
    requests: Arc<RequestLimiter>,
    identities: Option<Arc<dyn IdentityVerifier>>,
}

/// The settings of an installation, which hold for all its stores.
#[derive(Debug, Clone, Copy)]
pub struct AppSettings {
    /// How long a customer stays signed in.
    pub customer_token_lifetime: TimeDelta,
    /// How many failed sign-ins lock an account or an address.
    pub lockout: Lockout,
    /// The cost of hashing a new password.
    pub password_cost: PasswordCost,
    /// How many requests each caller may send.
    pub request_limits: RequestLimits,
    /// Whether the API hides which addresses have accounts, also from a storefront's form for new accounts.
    pub hides_accounts: bool,
    /// How long a job is kept after its effect has happened.
    pub met_jobs_kept: TimeDelta,
}

impl Default for AppSettings {
    /// Customers stay signed in for [`CUSTOMER_TOKEN_HOURS`], requests are not limited, and finished jobs are kept for
    /// [`MET_JOBS_KEPT_DAYS`].
    fn default() -> Self {
        Self {
            customer_token_lifetime: TimeDelta::hours(CUSTOMER_TOKEN_HOURS.into()),
            lockout: Lockout::default(),
            password_cost: PasswordCost::default(),
            request_limits: RequestLimits::default(),
            hides_accounts: false,
            met_jobs_kept: TimeDelta::days(MET_JOBS_KEPT_DAYS.into()),
        }
    }
}

impl App {
    /// Makes the use cases for a migrated database. All replicas share the secret that the database keeps.
    pub async fn new(database: Database, env: Env, settings: AppSettings) -> Result<Self, AppError> {
        let secret = database.installation_secret(&env.bytes::<32>()).await?;
        let tokens = OrderTokens::new(&secret, &env)?;
        let seal = Seal::new(&secret, &env)?;
        Ok(Self {
            database,
            env,
            tokens,
            seal,
            settings,
            requests: Arc::new(RequestLimiter::new(settings.request_limits)),
            identities: None,
        })
    }

    /// Makes the same use cases accept tokens of the shop's own identity service too.
    #[must_use]
    pub fn with_identities(self, verifier: Arc<dyn IdentityVerifier>) -> Self {
        Self {
            identities: Some(verifier),
            ..self
        }
    }

    /// Checks that requests can be served, by reading a table.
    pub async fn ready(&self) -> Result<(), AppError> {
        Ok(self.database.ready().await?)
    }

    /// Closes the database once no connection to it is in use; then no clone of this value can be used. A copy of an
    /// SQLite database's file is whole afterwards, without its log.
    pub async fn close(&self) {
        match self.database.empty_log().await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                "another program uses {}: a copy of its file needs the file that ends in `-wal` too",
                self.database.url()
            ),
            Err(problem) => tracing::warn!(%problem, "cannot move the log of the database into its file"),
        }
        self.database.clone().close().await;
    }

    /// The installation's settings.
    #[must_use]
    pub fn settings(&self) -> AppSettings {
        self.settings
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.env.now()
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn tokens(&self) -> &OrderTokens {
        &self.tokens
    }

    pub(crate) fn seal(&self) -> &Seal {
        &self.seal
    }

    pub(crate) fn identities(&self) -> Option<&dyn IdentityVerifier> {
        self.identities.as_deref()
    }

    pub(crate) fn requests(&self) -> &RequestLimiter {
        &self.requests
    }

    /// `order` as `actor` sees it.
    pub(crate) fn view(&self, order: impl Into<Arc<Order>>, shop: Arc<Shop>, actor: Actor) -> OrderView {
        let order = order.into();
        let token = self.tokens.seal(order.id);
        OrderView {
            order,
            shop,
            actor,
            seen_at: self.now(),
            token,
        }
    }

    /// Runs `run` again when another change of the order came first; three times at most.
    pub(crate) async fn retry_on_conflict<T, R, F>(&self, run: impl Fn() -> F) -> Result<T, Failure<R>>
    where
        F: Future<Output = Result<T, Failure<R>>>,
    {
        for _ in 0..ATTEMPTS {
            match run().await {
                Err(Failure::App(AppError::Database(DatabaseError::Conflict))) => {}
                outcome => return outcome,
            }
        }
        Err(AppError::Contended.into())
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("App")
            .field("database", &self.database.url())
            .finish_non_exhaustive()
    }
}
