//! Finds out soon that a database server is gone.
//!
//! A server that is gone does not always refuse connections: a network may swallow packets, and a pool tries again and
//! again. So work that takes long asks whether the server still accepts a new connection. If it does not, and has
//! answered no other work in the meantime, the work ends with an error, long before the deadline of its request.

use std::io::ErrorKind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{self, Connection};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::error::DatabaseError;

/// The time after which work asks whether the server is there.
const PATIENCE: Duration = Duration::from_millis(600);
/// The time for which a failed probe answers for others, so that a server that is gone gets few probes.
const FAILURE_KEPT: Duration = Duration::from_millis(500);

/// Whether the database's server accepts connections. A clone is cheap.
#[derive(Debug, Clone)]
pub(crate) struct Reachability(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    server: Server,
    /// The time that the server has to accept a new connection.
    probe_time: Duration,
    /// Whether the last probe failed.
    is_gone: AtomicBool,
    opened_at: Instant,
    /// When work was done last, in milliseconds since `opened_at`.
    answered_at: AtomicU64,
    /// The end of the last probe and its outcome. The lock is held during a probe.
    last: Mutex<Option<(Instant, Result<(), String>)>>,
}

/// The server of a database, and how to connect to it.
#[derive(Debug)]
pub(crate) enum Server {
    /// A file has no server.
    None,
    Postgres(Box<PgConnectOptions>),
    MySql(Box<MySqlConnectOptions>),
}

impl Reachability {
    pub(crate) fn of(server: Server, probe_time: Duration) -> Self {
        Self(Arc::new(Shared {
            server,
            probe_time,
            is_gone: AtomicBool::new(false),
            opened_at: Instant::now(),
            answered_at: AtomicU64::new(0),
            last: Mutex::default(),
        }))
    }

    /// The outcome of `work`, or [`DatabaseError::Unreachable`] if the server is gone. Work that is fast costs a timer.
    pub(crate) async fn watch<T>(
        &self,
        work: impl Future<Output = Result<T, DatabaseError>>,
    ) -> Result<T, DatabaseError> {
        if self.is_gone() {
            self.probe().await?;
        }
        let mut work = pin!(work);
        loop {
            if let Ok(outcome) = timeout(PATIENCE, &mut work).await {
                return self.noted(outcome);
            }
            tokio::select! {
                biased;
                outcome = &mut work => return self.noted(outcome),
                probed = self.probe() => probed?,
            }
        }
    }

    /// The outcome, after its time was noted if the server has done the work.
    fn noted<T>(&self, outcome: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        if outcome.is_ok() {
            self.0
                .answered_at
                .store(self.0.since_opened(Instant::now()), Ordering::Relaxed);
        }
        outcome
    }

    /// Whether the server accepted no connection when it was asked last.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.is_gone.load(Ordering::Relaxed)
    }

    /// Opens a connection to the server and closes it again. Calls at the same time share one probe.
    async fn probe(&self) -> Result<(), DatabaseError> {
        let asked_at = Instant::now();
        let mut last = self.0.last.lock().await;
        let outcome = match &*last {
            Some((at, outcome)) if *at >= asked_at => outcome.clone(),
            Some((at, Err(problem))) if at.elapsed() < FAILURE_KEPT => Err(problem.clone()),
            _ => {
                let outcome = self.0.greet().await;
                *last = Some((Instant::now(), outcome.clone()));
                outcome
            }
        };
        outcome.map_err(DatabaseError::Unreachable)
    }
}

impl Shared {
    fn since_opened(&self, at: Instant) -> u64 {
        let since = at.saturating_duration_since(self.opened_at);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    /// Opens a connection, and says in the log whether the server went or came back. A server that does other work in
    /// the meantime is slow, not gone.
    async fn greet(&self) -> Result<(), String> {
        let began = self.since_opened(Instant::now());
        let outcome = match self.server.greet(self.probe_time).await {
            Err(_) if self.answered_at.load(Ordering::Relaxed) > began => Ok(()),
            outcome => outcome,
        };
        let was_gone = self.is_gone.swap(outcome.is_err(), Ordering::Relaxed);
        match &outcome {
            Ok(()) if was_gone => tracing::info!("the database can be reached again"),
            Err(problem) if !was_gone => tracing::error!(problem, "the database cannot be reached"),
            _ => {}
        }
        outcome
    }
}

impl Server {
    /// Opens a connection within `patience` and closes it again. The error says in words why that is not possible.
    ///
    /// A server that answers with an error of its own, such as too many connections, is there.
    pub(crate) async fn greet(&self, patience: Duration) -> Result<(), String> {
        let connect = async {
            match self {
                Self::None => Ok(()),
                Self::Postgres(options) => PgConnection::connect_with(options).await?.close().await,
                Self::MySql(options) => MySqlConnection::connect_with(options).await?.close().await,
            }
        };
        match timeout(patience, connect).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(problem)) => why_gone(&problem).map_or(Ok(()), Err),
            Err(_) => Err("the server does not answer".into()),
        }
    }
}

/// The words for an error of a connection that shows that the server is gone; none if the server answered.
pub(crate) fn why_gone(problem: &sqlx::Error) -> Option<String> {
    match problem {
        sqlx::Error::Io(problem) if problem.kind() == ErrorKind::ConnectionRefused => {
            Some("connection refused: no server listens at this address".into())
        }
        sqlx::Error::Io(problem) => Some(format!("the connection failed: {problem}")),
        sqlx::Error::Database(answer) => {
            let code = answer.code().unwrap_or_default();
            // PostgreSQL is shutting down or starting, and MySQL is shutting down.
            let is_closed = matches!(&*code, "57P01" | "57P02" | "57P03" | "08S01");
            is_closed.then(|| format!("the server starts or stops: {answer}"))
        }
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A port on which no program listens: the system gives it to no program.
    const CLOSED: u16 = 1;
    /// How often a time is measured. Other programs use the machine too: what is slow by itself is slow each time.
    const TRIES: u32 = 5;

    fn postgres_at(port: u16) -> Reachability {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port);
        Reachability::of(Server::Postgres(Box::new(options)), Duration::from_millis(1_100))
    }

    async fn stuck() -> Result<(), DatabaseError> {
        std::future::pending().await
    }

    /// The time until work that never ends is refused, and the words of the refusal.
    async fn refused(server: &Reachability) -> (Duration, String) {
        let began = Instant::now();
        let Err(DatabaseError::Unreachable(problem)) = server.watch(stuck()).await else {
            panic!("the work never ends");
        };
        (began.elapsed(), problem)
    }

    #[tokio::test]
    async fn a_refused_connection_is_called_refused() {
        let (mut first, mut next) = (Duration::MAX, Duration::MAX);
        for _ in 0..TRIES {
            let server = postgres_at(CLOSED);
            let (took, problem) = refused(&server).await;
            assert!(problem.starts_with("connection refused"), "{problem}");
            first = first.min(took);
            // From now on, work is refused at once.
            next = next.min(refused(&server).await.0);
            if first < Duration::from_millis(1_200) && next < Duration::from_millis(300) {
                return;
            }
        }
        panic!("refused after {first:?}, and later after {next:?}");
    }

    #[tokio::test]
    async fn a_server_that_swallows_everything_does_not_answer() {
        // The system accepts the connection, and no program reads it.
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = silent.local_addr().expect("an address").port();
        let mut fastest = Duration::MAX;
        for _ in 0..TRIES {
            let (took, problem) = refused(&postgres_at(port)).await;
            assert_eq!(problem, "the server does not answer");
            fastest = fastest.min(took);
            if fastest < Duration::from_secs(2) {
                return;
            }
        }
        panic!("refused after {fastest:?}");
    }

    #[tokio::test]
    async fn a_server_that_does_other_work_is_slow_and_not_gone() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = postgres_at(silent.local_addr().expect("an address").port());
        let slow = server.watch(async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            Ok(())
        });
        let others = async {
            for _ in 0..400 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                server.watch(async { Ok(()) }).await?;
            }
            Ok::<_, DatabaseError>(())
        };
        // The other work goes first, as it would on a machine that was busy for a while.
        let (others, slow) = tokio::join!(biased; others, slow);
        assert!(slow.is_ok() && others.is_ok(), "{slow:?} {others:?}");
        assert!(!server.is_gone());
    }

    #[tokio::test]
    async fn fast_work_asks_nothing() {
        let server = postgres_at(CLOSED);
        assert_eq!(server.watch(async { Ok(7) }).await.ok(), Some(7));
        assert!(!server.is_gone());
    }
}
