//! Begins a WebSocket: who may open one, and how many.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::connection_handle::ConnectionHandle;
use super::origin::may_connect;
use super::talk::{Caller, Talk};
use crate::http::Site;
use crate::http::graphql::{bearer, caller_of, refusal, text};
use crate::http::media_type::MediaType;

/// The sub-protocol. The older one with the name `graphql-ws` is refused.
const PROTOCOL: &str = "graphql-transport-ws";
/// The size of the buffer for reading, in bytes. The usual one of 128 KiB is much for a connection that is silent.
const READ_BUFFER: usize = 8 * 1024;

/// Whether the request asks for a WebSocket.
pub(in crate::http) fn asks_for_socket(headers: &HeaderMap) -> bool {
    let upgrade = headers.get(header::UPGRADE).and_then(|it| it.to_str().ok());
    upgrade.is_some_and(|it| it.eq_ignore_ascii_case("websocket"))
}

/// Opens a WebSocket, or says why not.
pub(in crate::http) async fn upgrade(site: Arc<Site>, peer: SocketAddr, request: Request) -> Response {
    let refused = |status, message| refusal(MediaType::Json, (status, message));
    let (mut head, _) = request.into_parts();
    if !may_connect(&site.settings.cors_origins, &head.headers) {
        let message = "Pages of this origin may not connect.";
        return refused(StatusCode::FORBIDDEN, message);
    }
    let Some(handle) = head.extensions.get::<ConnectionHandle>().cloned() else {
        return refused(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
    };
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut head, &()).await {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(rejection) => return rejection.into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        let message = "The WebSocket sub-protocol must be graphql-transport-ws.";
        return refused(StatusCode::BAD_REQUEST, message);
    }
    let address = caller_of(&site, peer, &head.headers);
    if site.api.turn_away(&address.to_string()).is_some() {
        return refused(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
    }
    let Some(place) = handle.place(address) else {
        return refused(StatusCode::TOO_MANY_REQUESTS, TOO_MANY);
    };
    let limits = site.settings.live;
    let caller = Caller {
        store: text(&head.headers, "store"),
        bearer: bearer(&head.headers),
        origin: address.to_string(),
        address,
    };
    // A message that is a little too large is read, so that the client learns why the server closes.
    let largest = limits.message.saturating_mul(2);
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER)
        .max_message_size(largest)
        .max_frame_size(largest);
    // The token is made here, because the server waits only for what it knows when it stops.
    let waited_for = handle.tasks.token();
    upgrade.on_upgrade(async move |socket| {
        let _waited_for = waited_for;
        let _place = place;
        Talk::new(site, socket, caller, handle).run().await;
    })
}

/// The message when the caller's address holds too many open connections for subscriptions.
pub(in crate::http) const TOO_MANY: &str = "This address holds too many open subscriptions.";
