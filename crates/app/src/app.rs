//! The structure that every use case needs: the database, the environment and the secret.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use countermand_domain::{Actor, Order, Shop};
use countermand_persistence::{Connections, Database, Loaded};

use crate::accounts::request_limit::RequestLimiter;
use crate::channels::Channels;
use crate::env::Env;
use crate::error::AppError;
use crate::mails::MailBreaker;
use crate::orders::order_token::OrderTokens;
use crate::orders::order_view::OrderView;
use crate::ports::{
    EventStream, IdentityVerifier, NoPaymentProviders, NoWebhookSender, PaymentProviders, WebhookSender,
};
use crate::seal::Seal;
use crate::settings::AppSettings;
use crate::updates::{Feed, Pulses};
use crate::vault::{SecretKeys, Vault};
use crate::webhooks::PerEndpoint;

/// The shop's use cases. A clone costs little.
#[derive(Clone)]
pub struct App {
    database: Database,
    env: Env,
    tokens: OrderTokens,
    seal: Seal,
    vault: Vault,
    settings: AppSettings,
    requests: Arc<RequestLimiter>,
    mail_breaker: MailBreaker,
    identities: Option<Arc<dyn IdentityVerifier>>,
    channels: Channels,
    payment_providers: Arc<dyn PaymentProviders>,
    webhook_sender: Arc<dyn WebhookSender>,
    messages_per_endpoint: PerEndpoint,
    event_stream: Option<Arc<dyn EventStream>>,
    pulses: Pulses,
    feed: Feed,
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
            vault: Vault::new(seal.clone()),
            seal,
            settings,
            requests: Arc::new(RequestLimiter::new(settings.request_limits)),
            mail_breaker: MailBreaker::default(),
            identities: None,
            channels: Channels::default(),
            payment_providers: Arc::new(NoPaymentProviders),
            webhook_sender: Arc::new(NoWebhookSender),
            messages_per_endpoint: PerEndpoint::default(),
            event_stream: None,
            pulses: Pulses::default(),
            feed: Feed::default(),
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

    /// Makes the same use cases speak with these sales channels.
    #[must_use]
    pub fn with_channels(self, channels: Channels) -> Self {
        Self { channels, ..self }
    }

    /// Makes the same use cases speak with payment providers through these adapters.
    #[must_use]
    pub fn with_payment_providers(self, adapters: Arc<dyn PaymentProviders>) -> Self {
        Self {
            payment_providers: adapters,
            ..self
        }
    }

    /// Makes the same use cases seal the secrets that the shop keeps with the first of `keys`, and open what any of them
    /// sealed. Without a key they keep no new secret.
    pub fn with_secret_keys(self, keys: &SecretKeys) -> Result<Self, AppError> {
        let vault = self.vault.with_keys(keys, &self.env)?;
        Ok(Self { vault, ..self })
    }

    /// Makes the same use cases send webhooks.
    #[must_use]
    pub fn with_webhook_sender(self, sender: Arc<dyn WebhookSender>) -> Self {
        Self {
            webhook_sender: sender,
            ..self
        }
    }

    /// Makes the same use cases publish events to `stream`.
    #[must_use]
    pub fn with_event_stream(self, stream: Arc<dyn EventStream>) -> Self {
        Self {
            event_stream: Some(stream),
            ..self
        }
    }

    /// The stream to which this program publishes events; none if it publishes none.
    #[must_use]
    pub fn event_stream(&self) -> Option<&dyn EventStream> {
        self.event_stream.as_deref()
    }

    /// How many mails this process tries.
    pub(crate) fn mail_breaker(&self) -> &MailBreaker {
        &self.mail_breaker
    }

    /// What sends webhooks.
    pub(crate) fn webhook_sender(&self) -> &dyn WebhookSender {
        self.webhook_sender.as_ref()
    }

    /// The webhooks under way from this process.
    pub(crate) fn messages_per_endpoint(&self) -> &PerEndpoint {
        &self.messages_per_endpoint
    }

    /// The orders that are followed in this process.
    pub(crate) fn pulses(&self) -> &Pulses {
        &self.pulses
    }

    /// What happens to all orders, for those in this process who follow many.
    pub(crate) fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The adapters of payment providers.
    pub(crate) fn payment_providers(&self) -> &dyn PaymentProviders {
        self.payment_providers.as_ref()
    }

    /// Checks that requests can be served, by reading a table.
    pub async fn ready(&self) -> Result<(), AppError> {
        Ok(self.database.ready().await?)
    }

    /// The kind of database, for logs: `sqlite`, `postgres`, `mariadb` or `mysql`.
    #[must_use]
    pub fn database_kind(&self) -> &'static str {
        self.database.kind()
    }

    /// The file of the embedded database; none on other databases.
    #[must_use]
    pub fn database_file(&self) -> Option<&Path> {
        self.database.file()
    }

    /// How many connections to the database are in use now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.database.connections()
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

    /// The time by the clock of the environment.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.env.now()
    }

    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    pub(crate) fn tokens(&self) -> &OrderTokens {
        &self.tokens
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn seal(&self) -> &Seal {
        &self.seal
    }

    pub(crate) fn identities(&self) -> Option<&dyn IdentityVerifier> {
        self.identities.as_deref()
    }

    /// The sales channels of the configuration.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.channels
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
            reversals: None,
        }
    }

    /// The order that was read as `loaded`, as `actor` sees it.
    pub(crate) fn view_of(&self, loaded: Loaded, actor: Actor) -> OrderView {
        let Loaded {
            order,
            shop,
            reversals,
            ..
        } = loaded;
        self.view(order, shop, actor).with_reversals(reversals)
    }

    /// The same use cases for a request that shows how far refunds are: they read them together with the orders.
    #[must_use]
    pub fn reading_refunds(&self) -> Self {
        Self {
            database: self.database.reading_reversals(),
            ..self.clone()
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("App")
            .field("database", &self.database.url())
            .finish_non_exhaustive()
    }
}
