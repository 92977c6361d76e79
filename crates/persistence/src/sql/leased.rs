//! A connection of a pool that does not stay taken when its server is gone.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{Database, Error, Pool};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// The time that a returned connection has to show that it works. Afterwards it is closed.
///
/// The pool itself would wait until the system gives the connection up. That takes a quarter of an hour if packets are
/// swallowed, and no request would get a connection for as long.
const RETURN: Duration = Duration::from_secs(2);

/// A connection of a pool. It returns to the pool when it is dropped.
pub(crate) struct Leased<D: Database> {
    connection: PoolConnection<D>,
    closes: bool,
}

impl<D: Database> Leased<D> {
    /// Waits for a connection of `pool`.
    pub(crate) async fn from(pool: &Pool<D>) -> Result<Self, Error> {
        Ok(Self {
            connection: pool.acquire().await?,
            closes: false,
        })
    }

    /// Closes the connection instead of returning it.
    pub(crate) fn close_on_drop(&mut self) {
        self.closes = true;
        self.connection.close_on_drop();
    }
}

impl<D: Database> Deref for Leased<D> {
    type Target = D::Connection;

    fn deref(&self) -> &D::Connection {
        &self.connection
    }
}

impl<D: Database> DerefMut for Leased<D> {
    fn deref_mut(&mut self) -> &mut D::Connection {
        &mut self.connection
    }
}

impl<D: Database> Drop for Leased<D> {
    fn drop(&mut self) {
        if !self.closes
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(timeout(RETURN, self.connection.return_to_pool()));
        }
    }
}
