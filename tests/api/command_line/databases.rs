//! What the commands do when the database is missing, unreachable, older than the program, or of another program.

use std::time::{Duration, Instant};

use countermand_tests::DatabaseKind;
use countermand_tests::port::CLOSED;
use countermand_tests::process::{self, ServerProcess};
use countermand_tests::time_limit::soon;

use super::{assert_fails, scratch};
use crate::program::PROGRAM;

#[test]
fn an_unknown_database_url_is_refused_with_an_explanation() {
    for url in ["oracle://host/shop", "shop.db", ""] {
        let run = process::run(PROGRAM, &["doctor", "--database-url", url]);
        assert_fails(
            &run,
            &[
                "is not a database URL",
                "sqlite:FILE",
                "postgres://",
                "mysql://",
                "DATABASE_URL",
            ],
        );
    }
}

#[test]
fn the_message_about_an_unreachable_database_hides_the_password() {
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://shop:s3cret@{CLOSED}/shop");
        let run = process::run(PROGRAM, &["migrate", "--database-url", &url]);
        assert_fails(
            &run,
            &[
                "cannot open",
                &format!("{scheme}://shop@{CLOSED}/shop"),
                "Is the database running",
            ],
        );
        assert!(!run.err.contains("s3cret"), "{run:?}");
    }
    for url in [
        &format!("postgres://{CLOSED}/shop?user=shop&password=s3cret"),
        &format!("postgres://shop:%733cret@{CLOSED}/shop?password=s3cret"),
        &format!("mysql://shop:s3cret/@{CLOSED}/shop"),
        &format!("postgres://{CLOSED}/shop?sslpassword=s3cret&sslmode=disable"),
        "postgres://shop:s3cret/shop",
        "postgres:shop:s3cret@host/shop",
        "mysql://shop:s3cret@",
        "oracle://shop:s3cret@host/shop?password=s3cret",
        "host=host password=s3cret",
    ] {
        let run = process::run(PROGRAM, &["migrate", "--database-url", url]);
        assert_ne!(run.code, 0, "{run:?}");
        let told = format!("{}{}", run.out, run.err);
        assert!(
            !told.contains("s3cret") && !told.contains("%733cret"),
            "{url}: {told}"
        );
    }
    let run = process::run(
        PROGRAM,
        &["migrate", "--database-url", "sqlite:/no/such/folder/shop.db"],
    );
    assert_fails(&run, &["cannot open sqlite:/no/such/folder/shop.db"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_on_a_server_must_be_migrated_before_serving() {
    for database in [DatabaseKind::Postgres, DatabaseKind::MariaDb] {
        let Some(scratch) = database.scratch().await else {
            continue;
        };
        let serve = ["serve", "--listen", "127.0.0.1:0", "--database-url", &scratch.url];
        assert_fails(
            &process::run(PROGRAM, &serve),
            &["older than this program", "run `countermand migrate` first"],
        );
        for _ in 0..2 {
            let migrated = process::run(PROGRAM, &["migrate", "--database-url", &scratch.url]);
            assert_eq!(migrated.code, 0, "{migrated:?}");
            assert!(migrated.out.ends_with("is up to date\n"), "{migrated:?}");
        }
        let server = ServerProcess::start(PROGRAM, &scratch.url, &[]).await;
        let config = server.ask("{ storeConfig { store_code } }").send().await;
        assert_eq!(config.data("/storeConfig/store_code"), "default");
        server.kill().await;
        scratch.remove().await;
    }
}

#[test]
fn only_a_start_and_a_migration_create_a_database() {
    let (folder, url) = scratch();
    let file = folder.path().join("shop.db");
    for command in [
        &["doctor"][..],
        &["token", "list"],
        &["token", "create", "--role", "owner"],
        &["token", "revoke", "anna"],
        &["import", "-"],
    ] {
        let run = process::run(PROGRAM, &[command, &["--database-url", &url]].concat());
        assert_fails(&run, &["there is no database", "countermand migrate"]);
        assert!(!file.exists(), "{command:?}");
    }
    // A file of another program stays as it is.
    std::fs::write(&file, b"").expect("a file");
    let run = process::run(PROGRAM, &["doctor", "--database-url", &url]);
    assert_fails(&run, &["holds no shop", "countermand migrate"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_leaves_a_database_without_a_shop_as_it_is() {
    for database in [DatabaseKind::Postgres, DatabaseKind::MariaDb] {
        let Some(scratch) = database.scratch().await else {
            continue;
        };
        for command in [&["doctor"][..], &["token", "list"]] {
            let run = process::run(PROGRAM, &[command, &["--database-url", &scratch.url]].concat());
            assert_fails(&run, &["holds no shop", "countermand migrate"]);
        }
        // No table was made: to make one of this name works.
        countermand_tests::database::execute(&scratch.url, "CREATE TABLE seaql_migrations (id INT)").await;
        scratch.remove().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_a_newer_version_has_changed_is_refused_with_what_to_do() {
    for database in DatabaseKind::ALL {
        let Some(scratch) = database.scratch().await else {
            continue;
        };
        let url = ["--database-url", &scratch.url];
        let run = process::run(PROGRAM, &[&["migrate"][..], &url].concat());
        assert_eq!(run.code, 0, "{run:?}");
        let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 1)";
        countermand_tests::database::execute(&scratch.url, step).await;
        for command in [
            &["migrate"][..],
            &["doctor"],
            &["worker"],
            &["serve", "--listen", "127.0.0.1:0"],
        ] {
            let run = process::run(PROGRAM, &[command, &url].concat());
            let words = ["a newer version", "m9999_later", "restore the backup"];
            assert_fails(&run, &words);
        }
        scratch.remove().await;
    }
}

#[tokio::test]
async fn a_refused_connection_is_called_one() {
    for scheme in ["postgres", "mysql"] {
        let url = format!("{scheme}://shop@{CLOSED}/shop");
        // A pool would try again for eight seconds.
        soon(scheme, Duration::from_secs(4), async || {
            let began = Instant::now();
            let run = process::run(PROGRAM, &["doctor", "--database-url", &url]);
            assert_fails(&run, &["connection refused"]);
            began.elapsed()
        })
        .await;
    }
}
