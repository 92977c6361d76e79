//! Serves connections with hyper, which allows timeouts for headers and idle connections, limits and graceful ends.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use futures_util::FutureExt;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;
use tower::util::MapRequest;

use crate::http::connections_per_address::{PerAddress, Place};
use crate::http::live::ConnectionHandle;
use crate::stopping::{FIRST_REQUEST, GRACE};

/// How long a client may take to send its headers, and how long a connection may be idle between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// The size of the buffer for request lines and headers, in bytes. A request line of 32 KiB fits, because storefronts
/// send whole documents in the URL.
const HEADER_BUFFER: usize = 64 * 1024;
/// The largest size of the headers in HTTP/2, in bytes. HTTP/2 counts the size of headers differently.
const HEADERS_OF_HTTP2: u32 = 64 * 1024;
/// The longest life of a connection without a subscription. It ends connections of clients that never read an answer or
/// never send a request.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Serves `router` until `stop`, with at most `connections_per_address` open connections from one network address.
/// Then new connections are refused at once, and requests under way are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_per_address: u32,
    stop: CancellationToken,
) {
    let server = Server {
        builder: builder(),
        router,
        places: PerAddress::new(connections_per_address),
        live_places: PerAddress::of_open_answers(connections_per_address),
        operations: PerAddress::new(connections_per_address),
        connections: TaskTracker::new(),
        stop: stop.clone(),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => server.take(stream, peer),
            Err(problem) => {
                // The process most likely has no free file descriptors, so other connections must end first.
                tracing::warn!(%problem, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    // The operating system has already accepted these clients, and closing the listener would disconnect them.
    while let Some(Ok((stream, peer))) = listener.accept().now_or_never() {
        server.take(stream, peer);
    }
    drop(listener);
    server.connections.close();
    if tokio::time::timeout(GRACE, server.connections.wait())
        .await
        .is_err()
    {
        tracing::warn!("some requests did not finish in time");
    }
}

/// The settings and limits with which every connection is served.
struct Server {
    builder: Builder<TokioExecutor>,
    router: Router,
    places: PerAddress,
    /// The places for answers that stay open.
    live_places: PerAddress,
    /// The places for operations over a WebSocket.
    operations: PerAddress,
    connections: TaskTracker,
    stop: CancellationToken,
}

impl Server {
    /// Serves a connection in a separate task, unless its address has too many connections.
    fn take(&self, stream: TcpStream, peer: SocketAddr) {
        let Some(place) = self.places.place(peer.ip()) else {
            metrics::counter!("countermand_connections_refused_total").increment(1);
            return tracing::debug!(%peer, "a connection too many");
        };
        let connection = Connection { stream, peer, place };
        let handle = ConnectionHandle {
            stop: self.stop.clone(),
            cut: CancellationToken::new(),
            tasks: self.connections.clone(),
            places: self.live_places.clone(),
            operations: self.operations.clone(),
            open: Arc::new(AtomicUsize::new(0)),
        };
        let serving = connection.serve(self.builder.clone(), self.router.clone(), handle);
        self.connections.spawn(serving);
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BUFFER);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Some(HEADER_TIMEOUT))
        .max_header_list_size(HEADERS_OF_HTTP2)
        .max_concurrent_streams(20);
    builder
}

/// An accepted connection.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

impl Connection {
    /// Serves the connection until the client ends it, until the server stops, or until its life ends. Requests under way
    /// are finished. A connection that becomes a WebSocket goes on in a task of its own.
    async fn serve(self, builder: Builder<TokioExecutor>, router: Router, handle: ConnectionHandle) {
        let Self { stream, peer, place } = self;
        let _place = place;
        // Without a delay, small answers are sent at once. If the option cannot be set, the socket is closed already.
        let _ = stream.set_nodelay(true);
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = has_asked.clone();
        let (stop, cut) = (handle.stop.clone(), handle.cut.clone());
        let of_request = handle.clone();
        let service: MapRequest<Router, _> = router.map_request(move |mut request: Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(of_request.clone());
            request.map(axum::body::Body::new)
        });
        let service = TowerToHyperService::new(service);
        let mut connection = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
        // The timeouts of HTTP/1 and HTTP/2 begin only after the client has shown which protocol it uses.
        let is_silent = async {
            tokio::time::sleep(HEADER_TIMEOUT).await;
            if has_asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let must_end = async {
            stop.cancelled().await;
            if !has_asked.load(Ordering::Relaxed) {
                tokio::time::sleep(FIRST_REQUEST).await;
            }
        };
        // Data that have arrived are read before the connection is told to end.
        let outcome = tokio::select! {
            biased;
            outcome = &mut connection => outcome,
            () = is_silent => return tracing::debug!(%peer, "a connection without a request"),
            () = cut.cancelled() => return tracing::debug!(%peer, "a connection was cut off"),
            () = either(must_end, longest_life(&handle)) => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(GRACE, connection).await {
                    Ok(outcome) => outcome,
                    Err(_) => return tracing::debug!(%peer, "a connection was cut off, because it did not end in time"),
                }
            }
        };
        if let Err(problem) = outcome {
            tracing::debug!(%problem, %peer, "a connection failed");
        }
    }
}

/// Waits until the life of a connection ends: not while an answer of it stays open.
async fn longest_life(handle: &ConnectionHandle) {
    tokio::time::sleep(LONGEST).await;
    while handle.is_used() {
        tokio::time::sleep(HEADER_TIMEOUT).await;
    }
}

/// Waits until one of the two futures is complete.
async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}
