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
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower::util::MapRequest;

use crate::http::per_address::{PerAddress, Place};

/// How long a client may take to send its headers, or stay silent between requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Room for a request line of 32 KiB: storefronts send whole documents in the URL.
const HEADER_BUFFER: usize = 64 * 1024;
/// The same for HTTP/2, which counts it differently.
const HEADERS_OF_HTTP2: u32 = 64 * 1024;
/// How long requests under way may take once the server stops.
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
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(place) = places.place(peer.ip()) {
                    spawn_connection(&builder, &graceful, stream, (peer, place), router.clone());
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
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

fn spawn_connection(
    builder: &Builder<TokioExecutor>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    (peer, place): (SocketAddr, Place),
    router: Router,
) {
    // Small answers must not wait for more to send; a socket that refuses is closed anyway.
    let _ = stream.set_nodelay(true);
    let has_asked = Arc::new(AtomicBool::new(false));
    let asks = has_asked.clone();
    let service: MapRequest<Router, _> = router.map_request(move |mut request: Request<Incoming>| {
        asks.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let connection = builder
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
        .into_owned();
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        let _place = place;
        let mut connection = pin!(connection);
        let outcome = match tokio::time::timeout(HEADER_TIMEOUT, &mut connection).await {
            Ok(outcome) => outcome,
            Err(_) if has_asked.load(Ordering::Relaxed) => connection.await,
            // The timeouts of either protocol begin only once the client shows which one it speaks.
            Err(_) => return tracing::debug!(%peer, "a connection without a request"),
        };
        if let Err(problem) = outcome {
            tracing::debug!(%problem, %peer, "a connection ended badly");
        }
    });
}
