//! Serving through hyper itself: header and idle timeouts can be set, connections are counted and end gracefully.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
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

use crate::http::per_address::{PerAddress, Place};

/// How long a client may take to send its headers, or stay silent between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Room for a request line of 32 KiB: storefronts send whole documents in the URL.
const HEADER_BUFFER: usize = 64 * 1024;
/// The same for HTTP/2, which counts it differently.
const HEADERS_OF_HTTP2: u32 = 64 * 1024;
/// How long a connection is kept: whoever never reads an answer, or stays without asking, gives up its place then.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// How long requests under way may take once the server stops, or their connection is given up.
const GRACE: Duration = Duration::from_secs(10);

/// Connections of one address at a time, unless said otherwise.
pub const CONNECTIONS_PER_ADDRESS: usize = 256;

/// Serves `router` until `stop`, at most so many connections of one address at a time; requests under way are
/// finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_per_address: usize,
    stop: CancellationToken,
) {
    let places = PerAddress::new(connections_per_address);
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
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = places.place(peer.ip()) {
                    let connection = Connection { stream, peer, place };
                    connections.spawn(connection.serve(builder.clone(), router.clone(), stop.clone()));
                } else {
                    tracing::debug!(%peer, "a connection too many");
                }
            }
            Err(problem) => {
                // Out of file descriptors, most likely: others must finish first.
                tracing::warn!(%problem, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// A connection that was accepted.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
}

impl Connection {
    /// Serves it until the client ends it, `stop`, or it is too old; requests under way are finished.
    async fn serve(self, builder: Builder<TokioExecutor>, router: Router, stop: CancellationToken) {
        let Self { stream, peer, place } = self;
        let _place = place;
        // Small answers must not wait for more to send; a socket that refuses is closed anyway.
        let _ = stream.set_nodelay(true);
        let has_asked = Arc::new(AtomicBool::new(false));
        let asks = has_asked.clone();
        let service: MapRequest<Router, _> = router.map_request(move |mut request: Request<Incoming>| {
            asks.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let service = TowerToHyperService::new(service);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        // The timeouts of either protocol begin only once the client shows which one it speaks.
        let is_silent = async {
            tokio::time::sleep(HEADER_TIMEOUT).await;
            if has_asked.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let outcome = tokio::select! {
            outcome = &mut connection => outcome,
            () = is_silent => return tracing::debug!(%peer, "a connection without a request"),
            () = either(stop.cancelled(), tokio::time::sleep(LONGEST)) => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(GRACE, connection).await {
                    Ok(outcome) => outcome,
                    Err(_) => return tracing::debug!(%peer, "a connection that does not end"),
                }
            }
        };
        if let Err(problem) = outcome {
            tracing::debug!(%problem, %peer, "a connection ended badly");
        }
    }
}

/// Until one of both is done.
async fn either(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    tokio::select! {
        () = one => {}
        () = other => {}
    }
}
