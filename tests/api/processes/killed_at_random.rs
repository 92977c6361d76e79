//! A server is killed at random moments, while buyers cancel, refunds leave and events are told: each order is canceled
//! and paid back once, or is untouched, by plain SQL and by the ledger of the payment provider, and an endpoint and a
//! stream get each event.

mod judge;
mod load;
mod systems;

use std::sync::Arc;
use std::time::{Duration, Instant};

use countermand_tests::process::ServerProcess;
use countermand_tests::staff::CANCEL_ORDER;
use countermand_tests::{DatabaseKind, TestShop};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use tokio::sync::Mutex;

use self::judge::{PENDING, judge};
use self::load::{Knowledge, buyers, sell};
use self::systems::Systems;
use super::{assert_doctor_finds_nothing, cancel, prepare, sign_in};
use crate::event_stream::{number, raw};

/// The number of kills, unless the variable says another one.
const KILLS: u32 = 12;
const VARIABLE: &str = "KILLS";
/// From this number of kills on, a quarter of the orders must have been interrupted, half of the servers must have been
/// ready soon, and the leases of the last one that was killed end by themselves.
const MANY_KILLS: u32 = 200;
const SEED: u64 = 9;
/// The number of orders that wait at least when a server begins its life.
const WAITING: usize = 48;
/// The time in which each server must be ready: this is no measurement, the machine may be busy.
const READY: Duration = Duration::from_secs(120);
/// The time in which half of the servers after many kills must be ready.
const READY_SOON: Duration = Duration::from_secs(1);
/// The time in which the last server must do what is left, and more for each kill.
const LEFT_OVER: Duration = Duration::from_secs(300);
const LEFT_OVER_PER_KILL: Duration = Duration::from_secs(3);
/// The time of the whole test for each kill, and what it takes besides.
const LIMIT: Duration = Duration::from_secs(1_200);
const LIMIT_PER_KILL: Duration = Duration::from_secs(12);
/// What a killed server held. Leases that have ended are taken from the rows before each life.
const LEASED: &str = "SELECT COUNT(*) FROM obligations WHERE state = 'pending' AND lease_until > 0";
/// The leases of a killed server end, as they would after two minutes. No other server is there.
const LEASES_END: &str = "UPDATE obligations SET lease_until = 0, due_at = 0 WHERE state = 'pending'";

mod orders_are_canceled_and_paid_back_once_however_often_a_server_is_killed {
    use super::{DatabaseKind, on_database};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_sqlite() {
        on_database(DatabaseKind::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_postgres() {
        on_database(DatabaseKind::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn on_mariadb() {
        on_database(DatabaseKind::MariaDb).await;
    }
}

async fn on_database(database: DatabaseKind) {
    let kills = std::env::var(VARIABLE).map_or(KILLS, |it| it.parse().expect("KILLS is a number"));
    let limit = LIMIT + LIMIT_PER_KILL * kills;
    let ended = tokio::time::timeout(limit, is_killed(database, kills)).await;
    assert!(ended.is_ok(), "the test has not ended after {limit:?}");
}

async fn is_killed(kind: DatabaseKind, kills: u32) {
    let Some(shop) = TestShop::open(kind).await else {
        return;
    };
    prepare(&shop).await;
    let Some(systems) = Systems::begin(&shop).await else {
        return;
    };
    let database = raw(&shop).await;
    let knowledge = Arc::new(Mutex::new(Knowledge::default()));
    let (mut server, _) = ready(&shop, &systems).await;
    let token: Arc<str> = sign_in(&server).await.into();
    let mut dice = StdRng::seed_from_u64(SEED);
    let are_many = kills >= MANY_KILLS;
    let (mut kill, mut waits) = (0, Vec::new());
    let leased = loop {
        sell(&shop, &systems.provider, &knowledge, WAITING).await;
        live_and_die(server, &token, &knowledge, &mut dice).await;
        kill += 1;
        let leased = number(&database, LEASED).await;
        // After many kills, the last server that dies must hold something. If it does not, one more dies.
        let is_last = kill >= kills && (leased > 0 || !are_many);
        if is_last {
            // The last server must find the data whole.
            assert_doctor_finds_nothing(&shop);
        }
        if !is_last || !are_many {
            database.execute_unprepared(LEASES_END).await.expect("leases end");
        }
        let (next, took) = ready(&shop, &systems).await;
        server = next;
        waits.push(took);
        if is_last {
            break leased;
        }
    };

    finish(&server, &token, &knowledge).await;
    let left_over = LEFT_OVER + LEFT_OVER_PER_KILL * kills;
    let begun = Instant::now();
    while number(&database, PENDING).await > 0 {
        assert!(begun.elapsed() < left_over, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let done = begun.elapsed();
    server.kill().await;

    let knowledge = knowledge.lock().await;
    judge(&database, &systems, &knowledge).await;
    assert_doctor_finds_nothing(&shop);
    let (interrupted, canceled) = (knowledge.interrupted.len(), knowledge.answered.len());
    waits.sort();
    let [half, most] = [50, 99].map(|percent| waits[waits.len() * percent / 100]);
    eprintln!(
        "{kind}: {kill} kills, {canceled} canceled orders, {interrupted} of them interrupted; ready after {half:?} \
         (p50) and {most:?} (p99); the last server that died held {leased} obligations, and all was done after {done:?}"
    );
    let fewest = if are_many { canceled / 4 } else { 1 };
    assert!(
        interrupted >= fewest,
        "{interrupted} of {canceled} orders were interrupted"
    );
    assert!(!are_many || half < READY_SOON, "{waits:?}");
    close(shop, database).await;
}

async fn close(shop: TestShop, database: DatabaseConnection) {
    database.close().await.expect("closed");
    shop.close().await;
}

/// A server that says that it is ready, and the time that it took.
async fn ready(shop: &TestShop, systems: &Systems) -> (ServerProcess, Duration) {
    let begun = Instant::now();
    let server = systems.server(shop).await;
    while server.page("/readyz").await.0 != 200 {
        assert!(begun.elapsed() < READY, "{}", server.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let took = begun.elapsed();
    assert!(took < READY, "{took:?}: {}", server.log());
    (server, took)
}

/// Buyers cancel at the server until it is killed: in two of three lives among their requests, and in the third at any
/// moment of the refunds that follow a few cancellations.
async fn live_and_die(
    server: ServerProcess,
    token: &Arc<str>,
    knowledge: &Arc<Mutex<Knowledge>>,
    dice: &mut StdRng,
) {
    let is_among_requests = dice.random_range(0..3) < 2;
    let (allowed, answers, pause) = if is_among_requests {
        (WAITING, dice.random_range(0..=12), dice.random_range(0..=20))
    } else {
        (12, 0, dice.random_range(0..=800))
    };
    knowledge.lock().await.allowed = allowed;
    let (mut buyers, mut answered) = buyers(&server.ask(CANCEL_ORDER), token, knowledge);
    for _ in 0..answers {
        // The channel ends with the last buyer.
        if answered.recv().await.is_none() {
            break;
        }
    }
    tokio::time::sleep(Duration::from_millis(pause)).await;
    server.kill().await;
    while let Some(buyer) = buyers.join_next().await {
        buyer.expect("a buyer that ends in order");
    }
}

/// Cancels each order whose request got no answer. It may be canceled already.
async fn finish(server: &ServerProcess, token: &str, knowledge: &Arc<Mutex<Knowledge>>) {
    let mut knowledge = knowledge.lock().await;
    let (unanswered, untouched): (Vec<_>, Vec<_>) = std::mem::take(&mut knowledge.waiting)
        .into_iter()
        .partition(|order| knowledge.interrupted.contains(&order.number));
    knowledge.waiting = untouched;
    for order in unanswered {
        let answer = cancel(server.ask(CANCEL_ORDER), token, &order.id).send().await;
        knowledge.take(order, &answer);
    }
}
