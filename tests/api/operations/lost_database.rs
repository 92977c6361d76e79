//! The database is gone: every answer comes soon and says so, the program ends when it is told to, and it goes on once
//! the database is back.

use std::time::{Duration, Instant};

use countermand_tests::DatabaseKind;
use countermand_tests::process::{ServerProcess, Surroundings, run};
use countermand_tests::proxy::Proxy;
use countermand_tests::time_limit::{soon, until_or};

use crate::program::PROGRAM;

const QUERY: &str = "{ storeConfig { store_code } }";
/// The time within which every answer comes, and some time for a busy machine. A program that does not look whether the
/// database is there waits eight seconds for a connection.
const SOON: Duration = Duration::from_millis(2_500);
/// The same for the first answers, which come only once.
const FIRST: Duration = Duration::from_secs(6);
/// The time within which a program ends that is told to, as `docs/operations.md` says.
const END: Duration = Duration::from_secs(10);
/// The time within which a server is ready whose database is back, and some time for a busy machine.
const READY: Duration = Duration::from_secs(30);

/// The words of `/readyz` when it has waited for so long that it does not know why.
const TOO_LATE: &str = "it does not answer in time";

/// How the database goes away.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// Its port is closed.
    Refused,
    /// Its network swallows packets.
    Swallowed,
}

impl Loss {
    fn begin(self, proxy: &mut Proxy) {
        match self {
            Self::Refused => proxy.close(),
            Self::Swallowed => proxy.swallow(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::Swallowed => "the server does not answer",
        }
    }
}

async fn is_lost_and_found(database: DatabaseKind, loss: Loss) {
    let Some(scratch) = database.scratch().await else {
        return;
    };
    let migrated = run(PROGRAM, &["migrate", "--database-url", &scratch.url]);
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let (mut proxy, url) = Proxy::before(&scratch.url).await;
    let server = ServerProcess::start(PROGRAM, &url, &[]).await;
    works(&server).await;

    for _ in 0..2 {
        loss.begin(&mut proxy);
        is_unreachable(&server, loss).await;
        proxy.resume().await;
        becomes_ready(&server).await;
        works(&server).await;
    }
    let log = server.log();
    assert!(log.contains("the database can be reached again"), "{log}");
    assert!(log.contains(loss.words()), "{log}");
    server.kill().await;

    soon("the end without a database", END, async || {
        stopped_without_database(&mut proxy, &url, loss).await
    })
    .await;
    scratch.remove().await;
}

/// The time that a program without its database takes to end. A request is under way when it is told to stop.
async fn stopped_without_database(proxy: &mut Proxy, url: &str, loss: Loss) -> Duration {
    let server = ServerProcess::start(PROGRAM, url, &[]).await;
    works(&server).await;
    loss.begin(proxy);
    let began = Instant::now();
    let asked = tokio::spawn(server.ask(QUERY).send());
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.signal("TERM");
    assert_eq!(server.ended().await, 0);
    let took = began.elapsed();
    assert_eq!(asked.await.expect("an answer").error(), "Internal server error");
    proxy.resume().await;
    took
}

async fn becomes_ready(server: &ServerProcess) {
    let began = Instant::now();
    let is_ready = async || server.page("/readyz").await.0 == 200;
    until_or("the server is ready", is_ready, || server.log()).await;
    let took = began.elapsed();
    assert!(took < READY, "ready after {took:?}: {}", server.log());
}

async fn works(server: &ServerProcess) {
    let answer = server.ask(QUERY).send().await;
    assert_eq!(
        answer.data("/storeConfig/store_code"),
        "default",
        "{}",
        server.log()
    );
}

/// Checks that all pages and requests, sent together and one after the other, are answered soon.
async fn is_unreachable(server: &ServerProcess, loss: Loss) {
    let began = Instant::now();
    let plain = server.ask(QUERY).send();
    let strict = server
        .ask(QUERY)
        .header("Accept", "application/graphql-response+json")
        .send();
    let ready = server.page("/readyz");
    let (plain, strict, ready) = tokio::join!(plain, strict, ready);
    let took = began.elapsed();
    assert!(took < FIRST, "the first requests took {took:?}: {}", server.log());
    assert_eq!((plain.status, plain.error()), (200, "Internal server error"));
    assert_eq!(strict.status, 500);
    assert_eq!(ready.0, 503);
    for _ in 0..2 {
        soon("/readyz", SOON, async || {
            let began = Instant::now();
            let (status, text) = server.page("/readyz").await;
            assert_eq!(status, 503, "{text}");
            if text.contains(TOO_LATE) {
                return Duration::MAX;
            }
            assert!(text.contains(loss.words()), "{text}");
            began.elapsed()
        })
        .await;
        soon("the other pages", Duration::from_secs(1), async || {
            let began = Instant::now();
            assert_eq!(server.page("/healthz").await.0, 200);
            let (status, text) = server.page("/metrics").await;
            assert!(status == 200 && text.contains("countermand_build_info"), "{text}");
            began.elapsed()
        })
        .await;
        soon("a request", SOON, async || {
            let began = Instant::now();
            let answer = server.ask(QUERY).send().await;
            assert_eq!(answer.error(), "Internal server error");
            began.elapsed()
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_is_told_on_postgres() {
    is_lost_and_found(DatabaseKind::Postgres, Loss::Refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_connection_is_told_on_mariadb() {
    is_lost_and_found(DatabaseKind::MariaDb, Loss::Refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swallowed_packets_are_told_on_postgres() {
    is_lost_and_found(DatabaseKind::Postgres, Loss::Swallowed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swallowed_packets_are_told_on_mariadb() {
    is_lost_and_found(DatabaseKind::MariaDb, Loss::Swallowed).await;
}

/// The user who owns nothing, for a test that runs as the user who may do everything.
const NOT_ROOT: u32 = 65_534;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_file_is_read_only_or_gone_is_not_ready() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("shop.db");
    let is_root = folder.path().metadata().is_ok_and(|it| it.uid() == 0);
    let user = is_root.then_some(NOT_ROOT);
    chown(folder.path(), user, None).expect("a folder of the user");
    let surroundings = Surroundings {
        user,
        ..Surroundings::default()
    };
    let url = format!("sqlite:{}", file.display());
    let arguments = ["serve", "--no-worker", "--database-url", &url];
    let server = ServerProcess::start_in(PROGRAM, &arguments, &surroundings).await;
    becomes_ready(&server).await;
    let mode =
        |mode| std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).expect("the mode is set");
    mode(0o400);
    let told = server.page("/readyz").await;
    assert_eq!(told, (503, "the database is read-only\n".to_owned()));
    mode(0o600);
    becomes_ready(&server).await;
    std::fs::rename(&file, folder.path().join("elsewhere.db")).expect("renamed");
    assert_eq!(server.page("/readyz").await.0, 503);
    assert!(!file.exists(), "a health check creates no database");
    server.kill().await;
}
