//! A program that is told to stop: it answers open requests, refuses new connections, and leaves the data whole.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use countermand_tests::process::{ServerProcess, run};
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::time_limit::until;
use countermand_tests::{OrderJson, TestShop, on_every_database, on_sqlite};
use sea_orm::{ConnectionTrait, Database, Statement};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{BUYER, cancel, prepare, sign_in};
use crate::program::PROGRAM;

const BODY: &str = r#"{"query":"{ storeConfig { store_code } }"}"#;
/// How long a client that has just connected may take to send its request when the server stops.
const FIRST_REQUEST: Duration = Duration::from_secs(1);

on_every_database!(
    open_requests_are_answered_and_new_ones_refused,
    |shop| async move {
        for signal in ["INT", "TERM"] {
            let server = ServerProcess::start(PROGRAM, shop.database_url(), &[]).await;
            let address = server.address.trim_start_matches("http://").to_owned();
            let silent = TcpStream::connect(&address).await.expect("a connection");
            let mut open = TcpStream::connect(&address).await.expect("a connection");
            let (first, rest) = BODY.split_at(10);
            let length = BODY.len();
            let head = format!(
                "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{first}"
            );
            open.write_all(head.as_bytes()).await.expect("sent");
            tokio::time::sleep(Duration::from_millis(300)).await;

            server.signal(signal);
            refuses_connections(&address).await;
            open.write_all(rest.as_bytes()).await.expect("still open");
            let mut answer = String::new();
            open.read_to_string(&mut answer)
                .await
                .expect("an answer, and the end");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{signal}: {answer}");
            assert!(
                answer.contains(r#"{"store_code":"default"}"#),
                "{signal}: {answer}"
            );
            assert_eq!(server.ended().await, 0, "{signal}");
            drop(silent);
        }
    }
);

on_sqlite!(a_client_that_has_just_connected_is_answered, |shop| async move {
    // A try tells nothing if this test itself sends its request too late, because the machine is busy.
    for _ in 0..10 {
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &[]).await;
        let address = server.address.trim_start_matches("http://").to_owned();
        let mut open = TcpStream::connect(&address).await.expect("a connection");
        let begun = Instant::now();
        server.signal("TERM");
        refuses_connections(&address).await;
        let sent = open
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await;
        let in_time = begun.elapsed() < FIRST_REQUEST / 2;
        let mut answer = String::new();
        let read = open.read_to_string(&mut answer).await;
        assert_eq!(server.ended().await, 0);
        if answer.starts_with("HTTP/1.1 200 ") {
            return;
        }
        assert!(!in_time, "{sent:?} {read:?}: {answer}");
    }
    panic!("no request was sent in time");
});

on_sqlite!(
    a_copy_of_the_file_alone_is_whole_after_a_stop,
    |shop| async move {
        prepare(&shop).await;
        let order = |number: usize| {
            let order = OrderJson::new(&format!("{number:09}")).by(BUYER);
            order.line("A", 1000, 2, 2, 0).json()
        };
        let ids = shop.import(&(1..=5).map(order).collect::<Vec<_>>()).await;
        let server = ServerProcess::start(PROGRAM, shop.database_url(), &["--no-worker"]).await;
        let token = sign_in(&server).await;
        for id in &ids {
            let answer = cancel(server.ask(CANCEL_ORDER), &token, id).send().await;
            assert!(answer.data("/cancelOrder/errorV2").is_null(), "{:#}", answer.body);
        }
        let file = file_of(&shop);
        assert!(length(&log_of(&file)) > 0, "the last changes stand in the log");
        server.signal("TERM");
        assert_eq!(server.ended().await, 0);
        assert_eq!(length(&log_of(&file)), 0);

        let folder = tempfile::tempdir().expect("a folder");
        let copy = folder.path().join("copy.db");
        std::fs::copy(&file, &copy).expect("copied");
        assert_eq!(cancellations_in(&copy).await, 5);
        is_healthy(&copy, 5);
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_ends_in_order_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("demo.db");
    let url = format!("sqlite:{}", file.display());
    let demo = ServerProcess::demo(PROGRAM, &["--database-url", &url]).await;
    demo.signal("INT");
    assert_eq!(demo.ended().await, 0);
    assert!(!log_of(&file).exists(), "no other program had the file open");
    is_healthy(&file, 200);
}

/// Waits for the signal to arrive: from then on the system takes no connection for the program.
async fn refuses_connections(address: &str) {
    until("connections are refused", async || {
        match TcpStream::connect(address)
            .await
            .map_err(|problem| problem.kind())
        {
            // The listener was closed between the system's handshake and the program's.
            Ok(_) | Err(ErrorKind::ConnectionReset) => false,
            Err(problem) => {
                assert_eq!(problem, ErrorKind::ConnectionRefused);
                true
            }
        }
    })
    .await;
}

fn file_of(shop: &TestShop) -> PathBuf {
    let path = shop.database_url().strip_prefix("sqlite:");
    path.expect("a file").into()
}

/// Where SQLite keeps what is not in the file yet.
fn log_of(file: &Path) -> PathBuf {
    format!("{}-wal", file.display()).into()
}

fn length(file: &Path) -> u64 {
    file.metadata().map_or(0, |it| it.len())
}

async fn cancellations_in(file: &Path) -> i64 {
    let database = Database::connect(format!("sqlite:{}", file.display()))
        .await
        .expect("a database");
    let query = "SELECT COUNT(*) AS kept FROM cancellations";
    let statement = Statement::from_string(database.get_database_backend(), query);
    let row = database.query_one_raw(statement).await.expect("a row");
    let kept = row.expect("a row").try_get("", "kept").expect("a number");
    database.close().await.expect("closed");
    kept
}

fn is_healthy(file: &Path, orders: usize) {
    let url = format!("sqlite:{}", file.display());
    let doctor = run(PROGRAM, &["doctor", "--database-url", &url]);
    assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
    let looked_at = format!("{orders} orders checked");
    assert!(doctor.out.contains(&looked_at), "{}", doctor.out);
}
