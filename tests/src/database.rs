//! Makes a fresh database for each test.

#![expect(
    clippy::disallowed_methods,
    reason = "names and rows of tests need no seeded identifiers"
)]

use std::fmt;
use std::path::PathBuf;

use sea_orm::{ConnectionTrait, Database as SeaDatabase};
use uuid::Uuid;

/// The kinds of databases that the tests run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// SQLite, which is always available.
    Sqlite,
    /// The server that `TEST_POSTGRES_URL` names.
    Postgres,
    /// The server that `TEST_MARIADB_URL` names.
    MariaDb,
}

/// A fresh, empty database. [`Scratch::remove`] removes it.
#[derive(Debug)]
pub struct Scratch {
    /// The address of the database.
    pub url: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The folder of an SQLite file, removed when this value is dropped.
    File {
        _folder: tempfile::TempDir,
    },
    Server {
        url: String,
        name: String,
    },
}

impl Scratch {
    /// The server and the name of the database on it; none of a file.
    #[must_use]
    pub fn on_server(&self) -> Option<(&str, &str)> {
        match &self.kind {
            Kind::File { .. } => None,
            Kind::Server { url, name } => Some((url, name)),
        }
    }
}

impl DatabaseKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MariaDb];

    /// The environment variable that names the server.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "TEST_POSTGRES_URL",
            Self::MariaDb => "TEST_MARIADB_URL",
        }
    }

    /// The server to make databases on; none when this kind is not tested.
    ///
    /// # Panics
    /// When the kind is required and its variable is not set.
    #[must_use]
    pub fn server(self) -> Option<String> {
        if self == Self::Sqlite {
            return Some(String::new());
        }
        let url = std::env::var(self.variable()).ok().filter(|url| !url.is_empty());
        let required = std::env::var("COUNTERMAND_REQUIRE_ALL_DATABASES").is_ok_and(|it| it == "1");
        assert!(
            url.is_some() || !required,
            "{} is required and not set",
            self.variable()
        );
        url.map(|url| self.without_tls(url))
    }

    /// The address without TLS, unless it has parameters of its own. A handshake with a server on this machine protects
    /// nothing, and takes most of the time of a test that opens six connections. The tests
    /// of the crate of the database connect with TLS.
    fn without_tls(self, url: String) -> String {
        if self == Self::Postgres && !url.contains('?') {
            format!("{url}?sslmode=disable")
        } else {
            url
        }
    }

    /// A fresh, empty database; none when this kind is not tested.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn scratch(self) -> Option<Scratch> {
        let server = self.server()?;
        if self == Self::Sqlite {
            let folder = tempfile::tempdir().expect("a folder for the database");
            let file: PathBuf = folder.path().join("shop.db");
            return Some(Scratch {
                url: format!("sqlite:{}", file.display()),
                kind: Kind::File { _folder: folder },
            });
        }
        Some(Scratch::on(&server).await)
    }
}

impl Scratch {
    /// A fresh, empty database on the server at `server`, a URL that names a database which is there.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn on(server: &str) -> Self {
        Self::named(server, format!("countermand_test_{}", Uuid::now_v7().simple())).await
    }

    /// The same with this name.
    pub(crate) async fn named(server: &str, name: String) -> Self {
        execute(server, &format!("CREATE DATABASE {name}")).await;
        Self {
            url: with_database(server, &name),
            kind: Kind::Server {
                url: server.into(),
                name,
            },
        }
    }

    /// The same database through another server, which shows it too.
    ///
    /// # Panics
    /// When it is a file.
    #[must_use]
    pub fn through(&self, server: &str) -> String {
        let Kind::Server { name, .. } = &self.kind else {
            panic!("{} is no server's", self.url)
        };
        with_database(server, name)
    }

    /// Removes the database.
    pub async fn remove(self) {
        if let Kind::Server { url, name } = self.kind {
            let force = drops_by_force(&url);
            execute(&url, &format!("DROP DATABASE IF EXISTS {name}{force}")).await;
        }
    }
}

/// What ends the statement that drops a database, so that the server at `url` ends connections to it.
pub(crate) fn drops_by_force(url: &str) -> &'static str {
    if url.starts_with("postgres") {
        " WITH (FORCE)"
    } else {
        ""
    }
}

/// The URL with another database, and with the same parameters.
fn with_database(server: &str, name: &str) -> String {
    let (address, parameters) = match server.split_once('?') {
        Some((address, parameters)) => (address, format!("?{parameters}")),
        None => (server, String::new()),
    };
    let (base, _) = address.rsplit_once('/').expect("a URL with a database name");
    format!("{base}/{name}{parameters}")
}

/// Runs `statement` at `url`, on a connection of its own.
///
/// # Panics
/// When it cannot be run.
pub async fn execute(url: &str, statement: &str) {
    let mut options = sea_orm::ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let server = SeaDatabase::connect(options)
        .await
        .unwrap_or_else(|problem| panic!("{url}: {problem}"));
    server
        .execute_unprepared(statement)
        .await
        .unwrap_or_else(|problem| panic!("{statement}: {problem}"));
    server.close().await.expect("closed");
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        })
    }
}
