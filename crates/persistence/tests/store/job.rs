//! Jobs: one worker at a time holds a job, and the next worker takes it over when the lease ends.

use std::collections::BTreeSet;
use std::time::Duration;

use countermand_persistence::{ClaimedJob, JobCounts, NewJob, Store};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::shop::at;
use crate::support::{Shop, on_every_database};

const LEASE: Duration = Duration::from_secs(300);

#[tokio::test(flavor = "multi_thread")]
async fn no_two_workers_hold_the_same_job() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for minute in 0..40 {
            write_job(shop, minute % 3).await?;
        }
        let replica = shop.replica().await?;
        let stores = [&shop.store, &replica].into_iter().cycle();
        let workers = stores.take(6).map(take_all);
        let mut held = Vec::new();
        for jobs in join_all(workers).await {
            held.extend(jobs?);
        }
        held.extend(take_all(&shop.store).await?);
        let different: BTreeSet<_> = held.iter().map(|job| job.id.clone()).collect();
        assert_eq!((held.len(), different.len()), (40, 40));
        assert!(held.iter().all(|job| job.attempts == 0));
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_taken_over_when_its_lease_ends_and_the_first_worker_is_ignored() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        write_job(shop, 0).await?;
        let slow = claim(shop, 0).await?.expect("a job");
        assert_eq!(claim(shop, 4).await?, None);
        let next = claim(shop, 5).await?.expect("the job again");
        assert_eq!((next.id.as_str(), next.attempts), (slow.id.as_str(), 1));
        shop.store.finish_job(&slow).await?;
        shop.store.give_up_job(&slow, "too late").await?;
        shop.store.retry_job(&slow, at(0), "too late").await?;
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        assert_eq!(claim(shop, 6).await?, None);
        shop.store.finish_job(&next).await?;
        assert_eq!(counts(shop).await?, [0, 1, 0]);
        shop.store.retry_job(&slow, at(0), "much too late").await?;
        assert_eq!(counts(shop).await?, [0, 1, 0]);
        assert_eq!(claim(shop, 600).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_job_waits_until_it_is_due_again() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        write_job(shop, 10).await?;
        assert_eq!(claim(shop, 9).await?, None);
        let first = claim(shop, 10).await?.expect("a job");
        shop.store
            .retry_job(&first, at(30), "it's \\ \"down\"; 😀")
            .await?;
        assert_eq!(counts(shop).await?, [1, 0, 0]);
        assert_eq!(claim(shop, 29).await?, None);
        let second = claim(shop, 30).await?.expect("the job again");
        assert_eq!((second.attempts, second.payload.as_str()), (1, PAYLOAD));
        shop.store.give_up_job(&second, "no").await?;
        assert_eq!(counts(shop).await?, [0, 0, 1]);
        assert_eq!(claim(shop, 600).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_that_has_waited_longest_is_next() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for minute in [3, 1, 2] {
            write_job(shop, minute).await?;
        }
        let mut order = Vec::new();
        while let Some(job) = claim(shop, 5).await? {
            order.push(
                shop.number(&format!("SELECT run_at FROM jobs WHERE id = '{}'", job.id))
                    .await?,
            );
            shop.store.finish_job(&job).await?;
        }
        assert!(order.is_sorted() && order.len() == 3, "{order:?}");
        assert_eq!(counts(shop).await?, [0, 3, 0]);
        Ok(())
    })
    .await
}

const PAYLOAD: &str = r#"{"text":"it's \\ \"quoted\" 😀\n"}"#;

/// Saves a job that is due at minute `minutes`.
async fn write_job(shop: &Shop, minutes: i64) -> anyhow::Result<()> {
    let job = NewJob {
        id: Uuid::now_v7(),
        kind: "mail".into(),
        order: None,
        payload: PAYLOAD.into(),
        created_at: at(minutes),
    };
    Ok(shop.store.insert_job(&job).await?)
}

async fn claim(shop: &Shop, minutes: i64) -> anyhow::Result<Option<ClaimedJob>> {
    Ok(shop.store.claim_job(at(minutes), LEASE).await?)
}

/// The jobs that one worker claims while other workers claim too. An empty answer may mean that another worker was
/// faster, so the worker asks again twice.
async fn take_all(store: &Store) -> anyhow::Result<Vec<ClaimedJob>> {
    let mut held = Vec::new();
    let mut misses = 0;
    while misses < 3 {
        match store.claim_job(at(3), LEASE).await? {
            Some(job) => held.push(job),
            None => misses += 1,
        }
    }
    Ok(held)
}

/// The numbers of pending, done and failed jobs.
async fn counts(shop: &Shop) -> anyhow::Result<[i64; 3]> {
    let JobCounts {
        pending,
        done,
        failed,
    } = shop.store.job_counts().await?;
    Ok([pending, done, failed])
}
