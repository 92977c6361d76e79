//! A network in front of a server, which a test can cut.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::port::own_port;
use crate::time_limit::until;

/// A proxy that forwards connections until it is told otherwise.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    target: Arc<str>,
    swallows: watch::Sender<Swallowed>,
    open: CancellationToken,
}

/// The bytes that a proxy takes and does not forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Swallowed {
    Nothing,
    Answers,
    Everything,
}

impl Proxy {
    /// A proxy in front of the server that `url` names, and the URL of the same database through it.
    ///
    /// # Panics
    /// When there is no free port, or when the URL names no server.
    pub async fn before(url: &str) -> (Self, String) {
        let (head, rest) = url.split_once('@').expect("a URL with a user");
        let (server, database) = rest.split_once('/').expect("a URL with a database");
        let proxy = Self::to(server).await;
        let url = format!("{head}@{}/{database}", proxy.address);
        (proxy, url)
    }

    /// A proxy in front of the server at `target`, such as `127.0.0.1:4222`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", own_port())).await;
        let listener = listener.expect("a free port");
        let proxy = Self {
            address: listener.local_addr().expect("an address"),
            target: target.into(),
            swallows: watch::Sender::new(Swallowed::Nothing),
            open: CancellationToken::new(),
        };
        proxy.forward(listener);
        proxy
    }

    /// The address of the proxy.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections and refuses new ones.
    pub fn close(&mut self) {
        self.open.cancel();
    }

    /// Takes connections and bytes, and forwards none.
    pub fn swallow(&mut self) {
        self.swallows.send_replace(Swallowed::Everything);
    }

    /// Takes the bytes of the server, and forwards only those of its clients.
    pub fn swallow_answers(&mut self) {
        self.swallows.send_replace(Swallowed::Answers);
    }

    /// Works again. Connections that were swallowed stay dead.
    ///
    /// # Panics
    /// When the port was taken meanwhile.
    pub async fn resume(&mut self) {
        self.open.cancel();
        self.open = CancellationToken::new();
        self.swallows = watch::Sender::new(Swallowed::Nothing);
        let mut listener = None;
        until("the proxy listens again", async || {
            listener = TcpListener::bind(self.address).await.ok();
            listener.is_some()
        })
        .await;
        self.forward(listener.expect("a listener"));
    }

    fn forward(&self, listener: TcpListener) {
        let (target, swallows, open) = (self.target.clone(), self.swallows.subscribe(), self.open.clone());
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = open.cancelled() => return,
                };
                let Ok((client, _)) = accepted else { continue };
                let (target, swallows, open) = (target.clone(), swallows.clone(), open.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        () = connect(client, &target, swallows) => {}
                        () = open.cancelled() => {}
                    }
                });
            }
        });
    }
}

async fn connect(client: TcpStream, target: &str, swallows: watch::Receiver<Swallowed>) {
    if *swallows.borrow() == Swallowed::Everything {
        std::future::pending::<()>().await;
    }
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = pump(from_client, to_server, || *swallows.borrow() == Swallowed::Everything) => {}
        () = pump(from_server, to_client, || *swallows.borrow() != Swallowed::Nothing) => {}
    }
}

async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    swallows: impl Fn() -> bool,
) {
    let mut bytes = vec![0_u8; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if swallows() {
            std::future::pending::<()>().await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
