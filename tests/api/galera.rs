//! Three servers over a cluster of three nodes, one each: of those who want the same order one wins, a change is
//! whole or it is not there, and a switch works at once on every node.
//!
//! The tests start the cluster themselves, when `COUNTERMAND_GALERA` is 1.

mod cluster;
mod judge;
mod race;
mod switch;

use cluster::Cluster;

/// Orders in a race: with 60, a program that leaves halves of changes passes one race of three.
const ORDERS: usize = 240;
/// Times that cancellation is switched off and both other nodes are asked to cancel.
const FLIPS: usize = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racers_at_three_nodes_one_wins_each_version_of_an_order() {
    race_with_retries("0").await;
}

/// A node tries again by itself what is a transaction of one statement to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_racers_at_three_nodes_that_retry_one_wins_each_version_of_an_order() {
    race_with_retries("1").await;
}

async fn race_with_retries(retries: &str) {
    let Some(cluster) = Cluster::start(retries).await else {
        return;
    };
    let outcomes = race::run(&cluster, ORDERS).await;
    let mut broken = race::untrue_answers(&cluster, &outcomes).await;
    broken.extend(judge::broken_promises(cluster.url(0)).await);
    assert!(
        broken.is_empty(),
        "{} promises are broken:\n{}\n{}",
        broken.len(),
        broken.join("\n"),
        cluster.errors()
    );
    assert!(
        cluster.clashes().await > 0,
        "the nodes never refused each other's transactions, so the race proves nothing"
    );
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_after_the_answer_to_off_is_refused_on_every_node() {
    let Some(cluster) = Cluster::start("1").await else {
        return;
    };
    let passed = switch::cancellations_after_off(&cluster, FLIPS).await;
    assert!(
        passed.is_empty(),
        "{} of {} cancellations were not refused: {passed:?}",
        passed.len(),
        2 * FLIPS
    );
    cluster.stop().await;
}
