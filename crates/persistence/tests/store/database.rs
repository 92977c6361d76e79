//! A fresh, empty database for a test: SQLite always, PostgreSQL and MariaDB where a server is named.

use std::fmt;

use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;
use uuid::Uuid;

/// A database that one test alone uses.
pub(crate) struct FreshDatabase {
    pub(crate) kind: DatabaseKind,
    pub(crate) url: String,
    name: String,
    /// The folder of the SQLite file.
    folder: Option<TempDir>,
}

/// The kinds of databases that the program supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatabaseKind {
    Sqlite,
    Postgres,
    MariaDb,
}

impl DatabaseKind {
    /// The kinds that this machine offers.
    pub(crate) fn available() -> Vec<Self> {
        let all = [Self::Sqlite, Self::Postgres, Self::MariaDb];
        all.into_iter()
            .filter(|kind| *kind == Self::Sqlite || kind.server().is_some())
            .collect()
    }

    /// The address of the server on which databases may be made; none when no server is named.
    fn server(self) -> Option<String> {
        let variable = match self {
            Self::Sqlite => return None,
            Self::Postgres => "TEST_POSTGRES_URL",
            Self::MariaDb => "TEST_MARIADB_URL",
        };
        std::env::var(variable).ok().filter(|url| !url.is_empty())
    }
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

impl FreshDatabase {
    /// Creates a database without any table.
    #[expect(
        clippy::disallowed_methods,
        reason = "no test repeats the name of its database"
    )]
    pub(crate) async fn create(kind: DatabaseKind) -> anyhow::Result<Self> {
        let name = format!("countermand_{}", Uuid::now_v7().simple());
        let Some(server) = kind.server() else {
            let folder = TempDir::new()?;
            let url = format!("sqlite:{}", folder.path().join("shop.db").display());
            return Ok(Self {
                kind,
                url,
                name,
                folder: Some(folder),
            });
        };
        run(&server, &format!("CREATE DATABASE {name}")).await?;
        let (address, parameters) = server.split_once('?').unwrap_or((&server, ""));
        let (host, _) = address.rsplit_once('/').unwrap_or((address, ""));
        let url = match parameters {
            "" => format!("{host}/{name}"),
            some => format!("{host}/{name}?{some}"),
        };
        Ok(Self {
            kind,
            url,
            name,
            folder: None,
        })
    }

    /// Drops the database, even while other connections are open.
    pub(crate) async fn remove(self) -> anyhow::Result<()> {
        if let Some(folder) = self.folder {
            return Ok(folder.close()?);
        }
        let (Some(server), name) = (self.kind.server(), self.name) else {
            return Ok(());
        };
        let force = match self.kind {
            DatabaseKind::Postgres => " WITH (FORCE)",
            DatabaseKind::Sqlite | DatabaseKind::MariaDb => "",
        };
        run(&server, &format!("DROP DATABASE {name}{force}")).await
    }
}

async fn run(server: &str, statement: &str) -> anyhow::Result<()> {
    let connection = Database::connect(server).await?;
    connection.execute_unprepared(statement).await?;
    Ok(connection.close().await?)
}
