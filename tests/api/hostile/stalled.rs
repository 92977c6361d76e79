//! Connections that stall. They are opened before the first row and stay open until the server closes them.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// The longest time after which the server must have closed a connection. It does after 15 seconds, and a connection may
/// live for 15 minutes where nothing else ends it.
const BORNE: Duration = Duration::from_secs(180);
/// The time between two bytes of a connection that sends slowly.
const DRIP: Duration = Duration::from_secs(1);

/// The kinds of connections: name, first bytes, bytes that follow slowly, number of connections.
const KINDS: [(&str, &str, &str, usize); 7] = [
    ("says nothing", "", "", 5),
    ("stops in the request line", "POST /gra", "", 5),
    ("drips the request line", "P", "OST /graphql?", 5),
    (
        "stops in the headers",
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-",
        "",
        10,
    ),
    (
        "drips headers",
        "GET /graphql HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        "a",
        10,
    ),
    (
        "stops in the body",
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"query\"",
        "",
        5,
    ),
    (
        "drips the body",
        "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"query\":\"",
        "#",
        5,
    ),
];

/// The connections of all kinds.
#[derive(Debug)]
pub(super) struct Stalled {
    /// One task for each connection. Its result is the connection's name, and the time until the server closed it; none
    /// when the server did not close it.
    connections: JoinSet<(&'static str, Option<Duration>)>,
}

impl Stalled {
    /// Opens all connections at `address`, `HOST:PORT`.
    pub(super) fn open(address: &str) -> Self {
        let mut connections = JoinSet::new();
        for (name, begin, drip, times) in KINDS {
            for _ in 0..times {
                let address = address.to_owned();
                connections.spawn(async move {
                    let began = Instant::now();
                    let borne = tokio::time::timeout(BORNE, stall(&address, begin, drip)).await;
                    (name, borne.is_ok().then(|| began.elapsed()))
                });
            }
        }
        Self { connections }
    }

    /// Waits until the server has closed the connections, and gives the names of those that stayed open.
    pub(super) async fn left(mut self) -> Vec<String> {
        let mut left = Vec::new();
        while let Some(ended) = self.connections.join_next().await {
            match ended {
                Ok((_, Some(_))) => {}
                Ok((name, None)) => left.push(format!("{name}: open for more than {BORNE:?}")),
                Err(problem) => left.push(problem.to_string()),
            }
        }
        left
    }
}

/// Holds one connection until the server closes it.
async fn stall(address: &str, begin: &str, drip: &str) {
    let Ok(stream) = TcpStream::connect(address).await else {
        return;
    };
    let (mut reading, mut writing) = stream.into_split();
    let sending = async {
        let _ = writing.write_all(begin.as_bytes()).await;
        for byte in drip.as_bytes().iter().cycle() {
            tokio::time::sleep(DRIP).await;
            if writing.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
        std::future::pending::<()>().await;
    };
    let receiving = async {
        let mut chunk = [0; 1024];
        while reading.read(&mut chunk).await.is_ok_and(|count| count > 0) {}
    };
    tokio::select! {
        () = sending => {}
        () = receiving => {}
    }
}
