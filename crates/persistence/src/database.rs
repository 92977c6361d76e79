//! The handle of the database. Its URL decides which database is used; no type parameter does.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countermand_domain::Shop;
use sea_orm::{DatabaseBackend, DatabaseConnection};
use tokio::sync::RwLock;

use crate::accounts::session::SessionReads;
use crate::error::DatabaseError;
use crate::obligations::DatabaseClock;
use crate::orders::apply::OrderWrites;
use crate::orders::load::OrderReads;
use crate::orders::recent_orders::RecentOrders;
use crate::rows::entity::installation;
use crate::sql::connect::{ConnectError, ConnectOptions};
use crate::sql::lost_answers::LostAnswers;
use crate::sql::reachability::{Reachability, Server};
use crate::sql::script::Script;
use crate::sql::sqlite::Sqlite;
use crate::sql::url::without_password;

/// The counter of SQL round trips, for `/metrics` and for tests that limit the number of round trips.
pub(crate) const ROUND_TRIPS: &str = "countermand_sql_round_trips_total";

/// The number of batches of changes that PostgreSQL may write at a time. While one waits for the disk, the other one
/// runs.
const WRITING: usize = 2;

/// A handle of the shop's database. A clone is cheap, and all clones share one pool.
#[derive(Debug, Clone)]
pub struct Database {
    pub(crate) db: DatabaseConnection,
    pub(crate) shop: Arc<RwLock<Option<Arc<Shop>>>>,
    /// The file of SQLite; none on other databases.
    pub(crate) sqlite: Option<Sqlite>,
    pub(crate) behind_pooler: bool,
    pub(crate) is_mariadb: bool,
    pub(crate) reachability: Reachability,
    pub(crate) session_reads: SessionReads,
    pub(crate) order_reads: OrderReads,
    pub(crate) order_writes: OrderWrites,
    pub(crate) recent_orders: RecentOrders,
    pub(crate) clock: DatabaseClock,
    pub(crate) lost_answers: LostAnswers,
    /// Whether the voids and refunds of an order are read together with the order.
    pub(crate) reads_reversals: bool,
    round_trips: Arc<AtomicU64>,
    url: Arc<str>,
}

/// The use of the connections to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Connections that work now.
    pub busy: u32,
    /// Open connections that wait for work.
    pub idle: u32,
    /// The largest number of connections.
    pub most: u32,
}

impl Database {
    /// Opens the database without migrating it.
    pub async fn connect(options: &ConnectOptions) -> Result<Self, ConnectError> {
        options.find().await?;
        let is_mariadb = options.names_mariadb().await?;
        let db = options.open().await?;
        let sqlite = if db.get_database_backend() == DatabaseBackend::Sqlite {
            Some(options.open_file(&db)?)
        } else {
            None
        };
        let server = match db.get_database_backend() {
            DatabaseBackend::Postgres => {
                let options = db.get_postgres_connection_pool().connect_options();
                Server::Postgres(Box::new((*options).clone()))
            }
            DatabaseBackend::MySql => {
                let options = db.get_mysql_connection_pool().connect_options();
                Server::MySql(Box::new((*options).clone()))
            }
            _ => Server::None,
        };
        let url = without_password(&options.url).into();
        Ok(Self {
            db,
            reachability: Reachability::of(server, options.reachable_within),
            shop: Arc::default(),
            session_reads: SessionReads::default(),
            order_reads: OrderReads::default(),
            order_writes: OrderWrites::simultaneous(WRITING),
            recent_orders: RecentOrders::default(),
            sqlite,
            behind_pooler: options.behind_pooler,
            is_mariadb,
            clock: DatabaseClock::default(),
            lost_answers: LostAnswers::default(),
            reads_reversals: false,
            round_trips: Arc::default(),
            url,
        })
    }

    /// Reads a table to find out whether requests can be served. A cluster without quorum still answers `select 1`. A
    /// file must be writable, too.
    pub async fn ready(&self) -> Result<(), DatabaseError> {
        let mut script = Script::read(self);
        script.select::<installation::Entity>(sea_orm::EntityTrait::find());
        script.fetch().await?;
        match &self.sqlite {
            Some(sqlite) => sqlite.is_writable().await,
            None => Ok(()),
        }
    }

    /// The kind of database, for logs: `sqlite`, `postgres`, `mariadb` or `mysql`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.backend() {
            DatabaseBackend::Postgres => "postgres",
            DatabaseBackend::MySql if self.is_mariadb => "mariadb",
            DatabaseBackend::MySql => "mysql",
            _ => "sqlite",
        }
    }

    /// The file of SQLite; none on other databases.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.sqlite.as_ref().map(Sqlite::file)
    }

    /// How many connections are in use now.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let of_pool = |size: u32, idle: usize, most: u32| Connections {
            busy: size.saturating_sub(u32::try_from(idle).unwrap_or(u32::MAX)),
            idle: u32::try_from(idle).unwrap_or(u32::MAX),
            most,
        };
        match (&self.sqlite, self.backend()) {
            (Some(sqlite), _) => sqlite.connections(),
            (None, DatabaseBackend::Postgres) => {
                let pool = self.db.get_postgres_connection_pool();
                of_pool(pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
            (None, _) => {
                let pool = self.db.get_mysql_connection_pool();
                of_pool(pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
        }
    }

    /// Whether this is the embedded database.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.backend() == DatabaseBackend::Sqlite
    }

    /// The URL without its password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The number of SQL round trips since the database was opened.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.round_trips.load(Ordering::Relaxed)
    }

    /// Closes each connection as soon as it is idle.
    pub async fn close(self) {
        if let Some(sqlite) = &self.sqlite {
            sqlite.close().await;
        }
        // A connection that cannot be closed no longer exists.
        let _ = self.db.close().await;
    }

    /// Moves the contents of SQLite's write-ahead log into the database's file, so
    /// that a copy of the file is complete. The result is false if another program
    /// was in the way. It is always true for other databases, which have no such log.
    pub async fn empty_log(&self) -> Result<bool, DatabaseError> {
        match &self.sqlite {
            Some(sqlite) => sqlite.empty_log().await,
            None => Ok(true),
        }
    }

    pub(crate) fn backend(&self) -> DatabaseBackend {
        self.db.get_database_backend()
    }

    pub(crate) fn count_round_trip(&self) {
        self.round_trips.fetch_add(1, Ordering::Relaxed);
        metrics::counter!(ROUND_TRIPS).increment(1);
    }
}
