//! A hostile connection: sends the bytes of a row unchanged, and reads the answer as a client would.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::row::Sent;

/// The time for which a connection is watched, longer than any row may take.
const WATCHED: Duration = Duration::from_secs(10);
/// The number of bytes that are read of an answer, more than any answer may have.
const LONGEST_ANSWER: usize = 256 * 1024;
/// The number of bytes after which an endless request stops.
const LONGEST_REQUEST: usize = 64 * 1024 * 1024;

/// The answer on one connection.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// HTTP status; none when the server closed the connection without one.
    pub(super) status: Option<u16>,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
    pub(super) took: Duration,
    /// Whether the answer came whole, or the connection was closed.
    pub(super) ended: bool,
}

/// Sends a row to `address`, `HOST:PORT`, and reads until the answer is whole or the connection is closed.
pub(super) async fn converse(address: &str, sent: &Sent) -> Reply {
    let began = Instant::now();
    let mut received = Vec::new();
    let ended = tokio::time::timeout(WATCHED, talk(address, sent, &mut received))
        .await
        .is_ok();
    let mut reply = read(&received);
    reply.took = began.elapsed();
    reply.ended = ended;
    reply
}

async fn talk(address: &str, sent: &Sent, received: &mut Vec<u8>) {
    let Ok(stream) = TcpStream::connect(address).await else {
        return;
    };
    let (mut reading, mut writing) = stream.into_split();
    let sending = async {
        // The server may close the connection while the row is still sent.
        let _ = match sent {
            Sent::Bytes(bytes) => writing.write_all(bytes).await,
            Sent::Endless(begin, again) => {
                let mut done = writing.write_all(begin).await;
                let mut length = begin.len();
                while done.is_ok() && length < LONGEST_REQUEST {
                    done = writing.write_all(again).await;
                    length += again.len();
                }
                done
            }
        };
        std::future::pending::<()>().await;
    };
    let receiving = async {
        let mut chunk = vec![0; 16 * 1024];
        while !is_whole(received) && received.len() < LONGEST_ANSWER {
            match reading.read(&mut chunk).await {
                Ok(count) if count > 0 => received.extend_from_slice(&chunk[..count]),
                _ => break,
            }
        }
    };
    tokio::select! {
        () = receiving => {}
        () = sending => {}
    }
}

/// Whether the answer's head has come, and as much of the body as the head announces. Everything up to there is read,
/// so that a second answer would be noticed.
fn is_whole(received: &[u8]) -> bool {
    let Some(end) = end_of_head(received) else {
        return false;
    };
    let head = String::from_utf8_lossy(&received[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse::<usize>().ok());
    length.is_some_and(|length| received.len() >= end + length)
}

fn end_of_head(received: &[u8]) -> Option<usize> {
    received
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn read(received: &[u8]) -> Reply {
    let end = end_of_head(received).unwrap_or(received.len());
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .or_else(|| head.strip_prefix("HTTP/1.0 "));
    Reply {
        status: status
            .and_then(|rest| rest.get(..3))
            .and_then(|code| code.parse().ok()),
        body: received[end..].to_vec(),
        head,
        ..Reply::default()
    }
}
