//! Database servers set up so that quoting a text goes wrong: every text field of every operation is tried with texts
//! that would become SQL there. Each text comes back unchanged or is refused, and no other row changes.
//!
//! MariaDB is started by the tests themselves, when `COUNTERMAND_HOSTILE_SETTINGS` is 1.

mod kept;
mod kept_orders;
mod schema;
mod texts;
mod walk;
mod watch;

use countermand_app::{AppSettings, Lockout};
use countermand_tests::database::{Scratch, execute};
use countermand_tests::{Ask, DatabaseKind, OrderJson, OwnServers, TestShop, process};
use serde_json::json;

use crate::program::PROGRAM;
use watch::Watch;

/// Who buys the order that must not change.
const BUYER: &str = "anna@example.com";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_stay_texts_on_sqlite() {
    let scratch = DatabaseKind::Sqlite
        .scratch()
        .await
        .expect("SQLite is always there");
    attack(DatabaseKind::Sqlite, scratch).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_stay_texts_on_postgresql_whose_strings_take_backslashes() {
    let Some(scratch) = DatabaseKind::Postgres.scratch().await else {
        return;
    };
    let (server, name) = scratch.on_server().expect("a database on a server");
    for setting in [
        "standard_conforming_strings = off",
        "backslash_quote = off",
        "escape_string_warning = off",
        "client_encoding = 'SJIS'",
    ] {
        execute(server, &format!("ALTER DATABASE {name} SET {setting}")).await;
    }
    attack(DatabaseKind::Postgres, scratch).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_stay_texts_on_mariadb_without_backslash_escapes() {
    attack_mariadb(&["--sql-mode=NO_BACKSLASH_ESCAPES"], "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_stay_texts_on_mariadb_with_ansi_quotes_and_gbk() {
    attack_mariadb(&["--sql-mode=ANSI_QUOTES", "--character-set-server=gbk"], "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_stay_texts_on_mariadb_when_the_url_asks_for_gbk() {
    attack_mariadb(&["--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES"], "?charset=gbk").await;
}

/// Attacks a MariaDB that is started with `options`, through a URL that ends with `parameters`; with any, the program
/// may refuse to work.
async fn attack_mariadb(options: &[&str], parameters: &str) {
    let Some(server) = OwnServers::start("COUNTERMAND_HOSTILE_SETTINGS", "mariadb.sh", options) else {
        return;
    };
    let mut scratch = Scratch::on(&server.urls()[0]).await;
    scratch.url += parameters;
    if !parameters.is_empty() && refuses(&scratch.url) {
        scratch.remove().await;
        return;
    }
    attack(DatabaseKind::MariaDb, scratch).await;
}

/// Whether the program refuses this URL and says what to change.
fn refuses(url: &str) -> bool {
    let run = process::run(PROGRAM, &["migrate", "--database-url", url]);
    if run.code == 0 {
        return false;
    }
    let advice = ["charset", "character set"];
    let says_why = advice.iter().any(|it| run.err.to_lowercase().contains(it));
    assert!(run.err.starts_with("countermand: ") && says_why, "{run:?}");
    true
}

/// Sends every text to every place and fails with all that went wrong.
async fn attack(database: DatabaseKind, scratch: Scratch) {
    // Failed sign-ins are part of the attack.
    let lockout = Lockout {
        attempts: 0,
        attempts_per_address: 0,
        ..Lockout::default()
    };
    let settings = AppSettings {
        lockout,
        ..AppSettings::default()
    };
    let shop = TestShop::open_on(database, scratch, settings).await;
    shop.leave_jobs();
    shop.enable_cancellation().await;
    shop.customer(BUYER).await;
    let order = |number: &str| {
        OrderJson::new(number)
            .by(BUYER)
            .line("canary", 1000, 2, 1, 0)
            .json()
    };
    let ids = shop.import(&[order("canary"), order("walked")]).await;
    let watch = Watch::begin(&shop, ids[0].clone()).await;
    let places = walk::places(&schema::Schema::of(&shop).await, &ids[1]);
    assert!(places.len() > 60, "only {} text fields were found", places.len());

    let mut faults = Vec::new();
    for (at, (name, text)) in texts::all().into_iter().enumerate() {
        let attacker = Attacker::new(&shop, at).await;
        let before = watch.look().await;
        let mut wrong = walk::try_all(&attacker, &places, &text).await;
        wrong.extend(before.is_different(&watch.look().await, &watch::Growth::default()));
        let before = watch.look().await;
        let (growth, more) = kept::try_all(&attacker, &text).await;
        wrong.extend(more);
        wrong.extend(before.is_different(&watch.look().await, &growth));
        faults.extend(wrong.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(
        faults.is_empty(),
        "{} faults on {database}:\n{}",
        faults.len(),
        faults.join("\n")
    );
    shop.close().await;
}

/// Who sends one text everywhere: a customer and an owner at a network address that no other text was sent from.
struct Attacker<'a> {
    shop: &'a TestShop,
    /// The text's place in the table, from 0.
    at: usize,
    customer: String,
    address: String,
}

impl<'a> Attacker<'a> {
    async fn new(shop: &'a TestShop, at: usize) -> Self {
        Self {
            shop,
            at,
            customer: shop.sign_in("default", BUYER, "Secret-123").await,
            address: format!("10.0.{at}.1"),
        }
    }

    fn ask(&self, query: &str, variables: &serde_json::Value) -> Ask {
        self.shop
            .ask(query)
            .variables(json!(variables))
            .header("X-Forwarded-For", &self.address)
    }
}
