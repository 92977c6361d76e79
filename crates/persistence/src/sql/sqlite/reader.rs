//! The connections that read. A read waits for no other read and for no writer.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::database::Connections;
use crate::error::DatabaseError;
use crate::sql::connect::CONNECTION_PATIENCE;
use crate::sql::script::Statement;
use crate::sql::sqlite::connection::Connection;
use crate::sql::sqlite::{Outcome, on_another_thread};

/// Opens connections as they are needed, and keeps them. A clone is cheap.
#[derive(Debug, Clone)]
pub(super) struct Readers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    file: Box<Path>,
    limit: Option<Duration>,
    idle: Mutex<Vec<Connection>>,
    /// One permit for each script that may read now.
    permits: Arc<Semaphore>,
    /// The number of all permits.
    simultaneous: usize,
}

impl Readers {
    pub(super) fn new(file: &Path, simultaneous: usize, limit: Option<Duration>) -> Self {
        Self(Arc::new(Shared {
            file: file.into(),
            limit,
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(simultaneous)),
            simultaneous,
        }))
    }

    pub(super) async fn read(&self, statements: Arc<[Statement]>) -> Outcome {
        let permit = timeout(CONNECTION_PATIENCE, self.0.permits.clone().acquire_owned()).await;
        let permit = permit
            .map_err(|_| DatabaseError::Retry("all connections are busy".into()))?
            .map_err(|_| DatabaseError::Failed("the database is closed".into()))?;
        let shared = self.0.clone();
        on_another_thread(move || {
            let outcome = shared.read(&statements);
            drop(permit);
            outcome
        })
        .await
    }

    /// The use of the connections.
    pub(super) fn connections(&self) -> Connections {
        let free = self.0.permits.available_permits();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Connections {
            busy: count(self.0.simultaneous.saturating_sub(free)),
            idle: count(self.0.idle().len()),
            most: count(self.0.simultaneous),
        }
    }

    /// Closes the connections that no script uses, and refuses further scripts.
    pub(super) fn close(&self) {
        self.0.permits.close();
        self.0.idle().clear();
    }
}

impl Shared {
    fn read(&self, statements: &[Statement]) -> Outcome {
        let idle = self.idle().pop();
        let connection = idle.map_or_else(|| Connection::open(&self.file, self.limit), Ok)?;
        let answers = connection.read(statements)?;
        let mut idle = self.idle();
        if !self.permits.is_closed() {
            idle.push(connection);
        }
        Ok(answers)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        // No code panics while it has the lock, and a list of connections is always whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
