//! A small mail server that can be told to refuse.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Serves one connection, answering a command that starts with `refused` by `answer`; gives back what it heard.
pub(super) async fn serve(refused: &'static str, answer: &'static str) -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let heard = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        talk(stream, refused, answer).await.expect("a talk")
    });
    (address, heard)
}

async fn talk(stream: TcpStream, refused: &str, answer: &str) -> std::io::Result<String> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await?;
    let (mut heard, mut line, mut in_data) = (String::new(), String::new(), false);
    while stream.read_line(&mut line).await? > 0 {
        let reply = match line.split_whitespace().next() {
            Some(".") => "250 kept",
            _ if in_data => "",
            Some(command) if !refused.is_empty() && command == refused => answer,
            Some("EHLO") => "250-test\r\n250 AUTH PLAIN",
            Some("DATA") => "354 go on",
            Some("AUTH") => "235 welcome",
            _ => "250 fine",
        };
        in_data = reply.starts_with("354") || (in_data && reply.is_empty());
        if !reply.is_empty() {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
        heard.push_str(&line);
        line.clear();
    }
    Ok(heard)
}
