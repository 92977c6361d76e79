//! What a request still sends when its answer is ready: read, so that the client gets to see the answer.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::http::body::LARGEST_OF_STAFF;

/// How long the rest of a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers once the body has arrived, even if the answer does not depend on it.
///
/// Over HTTP/1, a server that answers earlier has to close the connection. A client that is still sending then gets a
/// reset instead of the answer. So the rest is read and dropped, up to the largest body that is taken. Not read are
/// bodies that are announced to be larger, bodies that the client holds back until it is told to go on
/// (`Expect: 100-continue`), and bodies that were too slow already.
pub(super) async fn read_rest(request: Request, next: Next) -> Response {
    let is_held_back = request.headers().contains_key(header::EXPECT);
    if request.version() >= Version::HTTP_2 || is_held_back || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (give_back, mut rest) = oneshot::channel();
    let request = request.map(|body| {
        Body::new(LentBody {
            body,
            give_back: Some(give_back),
        })
    });
    let response = next.run(request).await;
    if response.status() != StatusCode::REQUEST_TIMEOUT
        && let Ok(rest) = rest.try_recv()
    {
        // A client that is too slow loses the answer, as it would without this.
        let _ = timeout(PATIENCE, drop_all(rest)).await;
    }
    response
}

async fn drop_all(body: Body) {
    if usize::try_from(body.size_hint().lower()).is_ok_and(|announced| announced > LARGEST_OF_STAFF) {
        return;
    }
    let mut chunks = body.into_data_stream();
    let mut dropped = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        dropped += chunk.len();
        if dropped > LARGEST_OF_STAFF {
            return;
        }
    }
}

/// A body that comes back when its reader drops it before the end.
struct LentBody {
    body: Body,
    /// None once the body has ended.
    give_back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for LentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.give_back = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LentBody {
    fn drop(&mut self) {
        if let Some(give_back) = self.give_back.take()
            && !self.body.is_end_stream()
        {
            // The answer may have been given up meanwhile.
            let _ = give_back.send(std::mem::take(&mut self.body));
        }
    }
}
