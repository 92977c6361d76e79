//! A shop for one test: a database of its own, a server on a free port, and a clock that stands still.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use countermand_app::channels::Channels;
use countermand_app::{App, AppSettings, Clock, Env, Staff};
use countermand_domain::{StaffRole, StoreNumber};
use countermand_persistence::{ConnectOptions, Database, PENDING};
use reqwest::Client;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::adapters::with_adapters;
use crate::ask::{self, Ask};
use crate::database::{DatabaseKind, Scratch};
use crate::fixed_clock::FixedClock;
use crate::log;
use crate::mail_folder::MailFolder;
use crate::reused_database;
use crate::secret_keys::{SECRET_KEYS, secret_keys};
use crate::seeded_env::seeded_env;
use crate::served::{ServerSettings, serve};

/// The seed of identifiers and keys: every test makes the same ones each time it runs.
const SEED: u64 = 1;

/// A running shop.
#[derive(Debug, Clone)]
pub struct TestShop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: DatabaseKind,
    database_url: String,
    scratch: Mutex<Option<Scratch>>,
    address: String,
    app: App,
    database: Database,
    clock: Arc<FixedClock>,
    env: Env,
    client: Client,
    mail: MailFolder,
    _mail_dir: tempfile::TempDir,
    stop: CancellationToken,
    owner: String,
    jobs_may_stay: AtomicBool,
    /// The databases of the servers that were started later, of which each is closed before the database is used again.
    replicas: Arc<Mutex<Vec<Database>>>,
    /// Whether the database is [reused](reused_database), because this shop alone has written into it.
    is_reused: AtomicBool,
}

/// Noon of a Saturday, at which every test's clock stands at first.
///
/// # Panics
/// Never.
#[must_use]
pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_772_884_800, 0).expect("an instant")
}

impl TestShop {
    /// A shop with one website and one store view, and with cancellation off; none when this database is not tested.
    ///
    /// # Panics
    /// When the shop cannot be opened.
    pub async fn open(kind: DatabaseKind) -> Option<Self> {
        Self::open_with(kind, AppSettings::default()).await
    }

    /// A shop like [`TestShop::open`], with settings of its own.
    ///
    /// # Panics
    /// When the shop cannot be opened.
    pub async fn open_with(kind: DatabaseKind, settings: AppSettings) -> Option<Self> {
        let scratch = reused_database::take(kind).await?;
        let shop = Self::open_on(kind, scratch, settings).await;
        shop.0.is_reused.store(true, Ordering::Relaxed);
        Some(shop)
    }

    /// The same on a database that is there already.
    ///
    /// # Panics
    /// When the shop cannot be opened.
    pub async fn open_on(kind: DatabaseKind, scratch: Scratch, settings: AppSettings) -> Self {
        log::print_errors();
        let database_url = scratch.url.clone();
        let clock = Arc::new(FixedClock::at(start_of_time()));
        let opened = connect(&database_url, &clock).await;
        opened.migrate().await.expect("migrated");
        let env = seeded_env(SEED, clock.clone());
        let app = App::new(opened.clone(), env.clone(), settings)
            .await
            .expect("an app");
        let app = with_adapters(app, clock.clone())
            .with_secret_keys(&secret_keys(SECRET_KEYS))
            .expect("keys");
        let owner = app
            .create_staff_token(Staff::new("owner", StaffRole::Owner), TimeDelta::days(3650))
            .await
            .expect("a token");
        let mail_dir = tempfile::tempdir().expect("a folder for mails");
        let stop = CancellationToken::new();
        let address = serve(&app, ServerSettings::default(), &stop).await;
        let client = ask::client();
        Self(Arc::new(Inner {
            kind,
            database_url,
            scratch: Mutex::new(Some(scratch)),
            address,
            app,
            database: opened,
            clock,
            env,
            client,
            mail: MailFolder::new(mail_dir.path()),
            _mail_dir: mail_dir,
            stop,
            owner,
            jobs_may_stay: AtomicBool::new(false),
            replicas: Arc::default(),
            is_reused: AtomicBool::new(false),
        }))
    }

    /// Ends the shop and removes its database.
    ///
    /// # Panics
    /// When jobs are left that the test neither ran nor announced.
    pub async fn close(self) {
        let waiting = self
            .0
            .app
            .waiting_obligations()
            .await
            .expect("counted obligations");
        let jobs = waiting
            .iter()
            .filter(|it| it.kind.is_job() && it.state == PENDING);
        let left: i64 = jobs.map(|it| it.count).sum();
        assert!(
            left == 0 || self.0.jobs_may_stay.load(Ordering::Relaxed),
            "{left} jobs were neither run nor expected"
        );
        self.0.stop.cancel();
        self.0.database.clone().close().await;
        for replica in self.0.replicas.lock().await.drain(..) {
            replica.close().await;
        }
        let Some(scratch) = self.0.scratch.lock().await.take() else {
            return;
        };
        if self.0.is_reused.load(Ordering::Relaxed) {
            reused_database::give_back(scratch).await;
        } else {
            scratch.remove().await;
        }
    }

    /// Says that jobs may be left when the test ends.
    pub fn leave_jobs(&self) {
        self.0.jobs_may_stay.store(true, Ordering::Relaxed);
    }

    /// A request to the shop.
    #[must_use]
    pub fn ask(&self, query: &str) -> Ask {
        Ask::new(self.client(), self.address(), query)
    }

    /// Starts a second server with the same database, and gives a shop that speaks to it.
    ///
    /// # Panics
    /// When the server cannot be started.
    #[must_use]
    pub async fn replica(&self) -> Self {
        self.replica_with(ServerSettings::default()).await
    }

    /// Starts a second server like [`TestShop::replica`], with settings of its own.
    ///
    /// # Panics
    /// When the server cannot be started.
    #[must_use]
    pub async fn replica_with(&self, settings: ServerSettings) -> Self {
        self.another(settings, self.0.app.channels().clone(), SECRET_KEYS)
            .await
    }

    /// Starts a second server with the same database that speaks with these sales channels.
    ///
    /// # Panics
    /// When the server cannot be started.
    #[must_use]
    pub async fn with_channels(&self, channels: Channels) -> Self {
        self.another(ServerSettings::default(), channels, SECRET_KEYS)
            .await
    }

    /// Starts a second server with the same database whose `SECRET_KEYS` are `keys`.
    ///
    /// # Panics
    /// When the server cannot be started, or the keys are malformed.
    #[must_use]
    pub async fn with_secret_keys(&self, keys: &str) -> Self {
        self.another(ServerSettings::default(), self.0.app.channels().clone(), keys)
            .await
    }

    async fn another(&self, settings: ServerSettings, channels: Channels, keys: &str) -> Self {
        let opened = connect(&self.0.database_url, &self.0.clock).await;
        self.0.replicas.lock().await.push(opened.clone());
        let app = App::new(opened.clone(), self.0.env.clone(), self.0.app.settings())
            .await
            .expect("an app")
            .with_channels(channels);
        let app = with_adapters(app, self.0.clock.clone())
            .with_secret_keys(&secret_keys(keys))
            .expect("keys");
        let address = serve(&app, settings, &self.0.stop).await;
        Self(Arc::new(Inner {
            kind: self.0.kind,
            database_url: self.0.database_url.clone(),
            scratch: Mutex::new(None),
            address,
            app,
            database: opened,
            clock: self.0.clock.clone(),
            env: self.0.env.clone(),
            client: self.0.client.clone(),
            mail: self.0.mail.clone(),
            _mail_dir: tempfile::tempdir().expect("a folder"),
            stop: self.0.stop.clone(),
            owner: self.0.owner.clone(),
            jobs_may_stay: AtomicBool::new(true),
            replicas: Arc::clone(&self.0.replicas),
            is_reused: AtomicBool::new(false),
        }))
    }

    /// The id of the order with this number, as storefronts send it.
    ///
    /// # Panics
    /// When there is no such order.
    pub async fn order_id(&self, number: &str, store: i32) -> String {
        use base64::Engine;
        let order = self
            .0
            .database
            .order_by_number(StoreNumber(store), &number.into())
            .await
            .expect("a readable order");
        let order = order
            .unwrap_or_else(|| panic!("no order {number} in store {store}"))
            .order;
        base64::engine::general_purpose::STANDARD.encode(order.id.to_string())
    }

    /// A bearer token of staff with this role, and without a permission.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn staff(&self, role: StaffRole, store: Option<i32>) -> String {
        self.token_of(Staff {
            store: store.map(StoreNumber),
            ..Staff::new(role.code(), role)
        })
        .await
    }

    /// A bearer token of `staff` that is valid for a day.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn token_of(&self, staff: Staff) -> String {
        let made = self.0.app.create_staff_token(staff, TimeDelta::days(1)).await;
        made.expect("a token")
    }

    /// A bearer token of an owner.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.0.owner
    }

    /// The mails that the shop sent.
    #[must_use]
    pub fn mail(&self) -> &MailFolder {
        &self.0.mail
    }

    /// The use cases, for what cannot be reached over HTTP.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The database handle, for what cannot be reached over HTTP.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The time of the shop.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// The shop's clock, by which other servers of a test may live.
    #[must_use]
    pub fn clock(&self) -> Arc<FixedClock> {
        self.0.clock.clone()
    }

    /// Moves the shop's clock forward.
    pub fn wait(&self, time: TimeDelta) {
        self.0.clock.advance(time);
    }

    /// The address of the server, for example `http://127.0.0.1:8080`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// The address of the database, for other programs and for changes of the schema. No other test gets this database.
    #[must_use]
    pub fn database_url(&self) -> &str {
        self.0.is_reused.store(false, Ordering::Relaxed);
        &self.0.database_url
    }

    /// The kind of the database.
    #[must_use]
    pub fn database_kind(&self) -> DatabaseKind {
        self.0.kind
    }

    /// The HTTP client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.0.client
    }
}

/// The test's database, where `clock` stands for the database's clock as well.
async fn connect(url: &str, clock: &Arc<FixedClock>) -> Database {
    let options = ConnectOptions {
        max_connections: 6,
        ..ConnectOptions::new(url)
    };
    let opened = Database::connect(&options).await.expect("the test's database");
    let clock = Arc::clone(clock);
    opened.with_told_time(move || clock.now())
}
