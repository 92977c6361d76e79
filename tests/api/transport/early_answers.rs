//! A request that is refused before its body was needed: a client that sends head and body apart sees the answer.

use std::time::{Duration, Instant};

use countermand_app::{AppSettings, RequestLimits};
use countermand_tests::time_limit::soon;
use countermand_tests::{DatabaseKind, TestShop, on_sqlite};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEAD: &str = "Host: localhost\r\nConnection: close\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const BODY: &str = r#"{"query":"{ storeConfig { store_code } }"}"#;
/// The client sends its body after so long.
const LATER: Duration = Duration::from_millis(300);
/// For so long the server waits for the rest of a body.
const PATIENCE: Duration = Duration::from_secs(2);

async fn connect(shop: &TestShop) -> TcpStream {
    let address = shop.address().trim_start_matches("http://");
    TcpStream::connect(address).await.expect("a connection")
}

/// Sends the head, and some time later the body; the whole answer.
async fn send_apart(shop: &TestShop, line: &str, headers: &str, body: &[u8]) -> String {
    // On a busy machine, this client may itself be too slow, and then it loses the answer.
    for _ in 0..10 {
        let began = Instant::now();
        let answer = try_apart(shop, line, headers, body).await;
        match answer {
            Ok(answer) if !answer.is_empty() => return answer,
            _ => assert!(began.elapsed() > PATIENCE, "{line} {headers}: {answer:?}"),
        }
    }
    panic!("{line} {headers}: the client was too slow");
}

async fn try_apart(shop: &TestShop, line: &str, headers: &str, body: &[u8]) -> std::io::Result<String> {
    let mut stream = connect(shop).await;
    let length = body.len();
    let head = format!("{line} HTTP/1.1\r\n{HEAD}{headers}Content-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    tokio::time::sleep(LATER).await;
    stream.write_all(body).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

on_sqlite!(a_refusal_waits_for_the_body, |shop| async move {
    let html = format!("{JSON}Accept: text/html\r\n");
    let refused = [
        ("POST /graphql", "Content-Type: text/plain\r\n", "415"),
        ("POST /graphql", "", "415"),
        ("POST /graphql", html.as_str(), "406"),
        ("PUT /graphql", JSON, "405"),
        ("POST /nowhere", JSON, "404"),
        ("POST /healthz", JSON, "405"),
    ];
    // More than fits into the buffers of both sides.
    let large = vec![b' '; 3 * 1024 * 1024];
    for (line, headers, status) in refused {
        for body in [BODY.as_bytes(), &large] {
            let answer = send_apart(&shop, line, headers, body).await;
            assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} ")),
                "{line} {headers}: {answer}"
            );
        }
    }
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_asks_too_often_is_told_so() {
    let settings = AppSettings {
        request_limits: RequestLimits {
            per_address: 1,
            mutations_per_viewer: 0,
        },
        ..AppSettings::default()
    };
    let shop = TestShop::open_with(DatabaseKind::Sqlite, settings).await;
    let shop = shop.expect("SQLite is always there");
    let first = send_apart(&shop, "POST /graphql", JSON, BODY.as_bytes()).await;
    assert!(first.contains("default"), "{first}");
    let second = send_apart(&shop, "POST /graphql", JSON, BODY.as_bytes()).await;
    assert!(second.contains("RATE_LIMITED"), "{second}");
    shop.close().await;
}

on_sqlite!(a_refusal_keeps_the_connection, |shop| async move {
    let mut stream = connect(&shop).await;
    for expected in ["HTTP/1.1 415 ", "HTTP/1.1 415 "] {
        let length = BODY.len();
        let head = format!("POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.expect("sent");
        tokio::time::sleep(LATER).await;
        stream.write_all(BODY.as_bytes()).await.expect("sent");
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with(expected), "{answer}");
    }
});

on_sqlite!(
    a_body_that_never_comes_is_not_waited_for_long,
    |shop| async move {
        let headers = [
            // Announced to be larger than any body that is taken.
            ("Content-Length: 9000000000\r\n", Duration::from_secs(1)),
            // The client waits to be told to go on.
            (
                "Content-Length: 100\r\nExpect: 100-continue\r\n",
                Duration::from_secs(1),
            ),
            ("Content-Length: 100\r\n", Duration::from_secs(5)),
            ("Transfer-Encoding: chunked\r\n", Duration::from_secs(5)),
        ];
        for (announced, limit) in headers {
            soon(announced, limit, async || {
                let mut stream = connect(&shop).await;
                let head = format!("POST /graphql HTTP/1.1\r\n{HEAD}{announced}\r\n");
                let began = Instant::now();
                stream.write_all(head.as_bytes()).await.expect("sent");
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.expect("an answer");
                assert!(answer.starts_with("HTTP/1.1 415 "), "{announced}: {answer}");
                began.elapsed()
            })
            .await;
        }
    }
);
