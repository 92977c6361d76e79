//! A WebSocket client that sends and reads the messages of `graphql-transport-ws` one by one.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::time_limit::LONGEST_WAIT;

/// The sub-protocol.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// An open WebSocket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What arrives from the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// A message.
    Message(Value),
    /// The server closed with this code.
    Closed(u16),
    /// The connection ended without a code.
    CutOff,
}

impl Socket {
    /// Opens a WebSocket at the server `address`, for example `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// The HTTP status with which the server refuses.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn connect(address: &str, protocol: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let url = format!("{}/graphql", address.replace("http://", "ws://"));
        let mut request = url.into_client_request().expect("an address");
        let protocol = ("sec-websocket-protocol", protocol);
        for (name, value) in headers.iter().copied().chain([protocol]) {
            let name: HeaderName = name.parse().expect("a name");
            let value = HeaderValue::from_str(value).expect("a value");
            request.headers_mut().insert(name, value);
        }
        match connect_async(request).await {
            Ok((socket, response)) => {
                let selected = response.headers().get("sec-websocket-protocol");
                assert_eq!(selected.and_then(|it| it.to_str().ok()), Some(PROTOCOL));
                Ok(Self(socket))
            }
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(problem) => panic!("no WebSocket at {address}: {problem}"),
        }
    }

    /// Opens a WebSocket and says nothing yet.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn open(address: &str) -> Self {
        Self::connect(address, PROTOCOL, &[]).await.expect("a WebSocket")
    }

    /// Opens a WebSocket for the caller with this bearer token, or for a guest.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn of(address: &str, token: Option<&str>) -> Self {
        let mut socket = Self::open(address).await;
        let payload = token.map(|token| json!({ "Authorization": format!("Bearer {token}") }));
        socket
            .send(&json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(
            socket.next().await,
            Received::Message(json!({ "type": "connection_ack" }))
        );
        socket
    }

    /// Sends a message. A server that has closed meanwhile does not read it.
    pub async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    /// Sends a text. A server that has closed meanwhile does not read it.
    pub async fn send_text(&mut self, text: &str) {
        let _ = self.0.send(Message::Text(text.into())).await;
    }

    /// Sends bytes. A server that has closed meanwhile does not read them.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.0.send(Message::Binary(bytes.to_vec().into())).await;
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(&json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// What arrives next, pings aside.
    ///
    /// # Panics
    /// When nothing arrives for two minutes.
    pub async fn next(&mut self) -> Received {
        loop {
            let received = timeout(LONGEST_WAIT, self.0.next()).await;
            match received.expect("something arrives in time") {
                Some(Ok(Message::Text(text))) => {
                    return Received::Message(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => return Received::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return Received::CutOff,
            }
        }
    }

    /// The message that arrives next.
    ///
    /// # Panics
    /// When the server closes instead.
    pub async fn message(&mut self) -> Value {
        match self.next().await {
            Received::Message(message) => message,
            other => panic!("no message: {other:?}"),
        }
    }

    /// The code with which the server closes; messages before it are dropped.
    ///
    /// # Panics
    /// When the connection ends without a code.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.next().await {
                Received::Message(_) => {}
                Received::Closed(code) => return code,
                Received::CutOff => panic!("the connection ended without a code"),
            }
        }
    }
}
