//! Rate limits: a try is counted before it is made or before its outcome is told, together with the tries on all
//! replicas.

use chrono::TimeDelta;
use countermand_persistence::{Database, DatabaseError, RateLimit, UsedLimit};
use futures_util::future::join_all;

use crate::shop::at;
use crate::support::on_every_database;

fn limit(name: &str, most: i64) -> RateLimit {
    RateLimit {
        name: name.into(),
        most,
        window: TimeDelta::minutes(60),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_simultaneous_tries_are_allowed_than_the_limit() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let names = [limit("b", 10), limit("a", 100)];
        let turned = [limit("a", 100), limit("b", 10)];
        let stores = [&shop.database, &replica].into_iter().cycle();
        let tries = stores.zip([&names, &turned].into_iter().cycle()).take(40);
        let tries = tries.map(|(database, limits)| database.count_try(limits, at(1)));
        let mut allowed = 0;
        for outcome in join_all(tries).await {
            match outcome? {
                None => allowed += 1,
                Some(until) => assert_eq!(until, at(61)),
            }
        }
        assert_eq!(allowed, 10);
        // The limit `a` counted each of the forty tries.
        for _ in 0..60 {
            assert_eq!(shop.database.count_try(&[limit("a", 100)], at(2)).await?, None);
        }
        assert_eq!(
            shop.database.count_try(&[limit("a", 100)], at(2)).await?,
            Some(at(62))
        );
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wait_begins_with_the_last_try_that_is_allowed() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let tries = async |second| shop.database.count_try(&[limit("a", 2)], at(second)).await;
        assert_eq!(tries(0).await?, None);
        assert_eq!(tries(50).await?, None);
        assert_eq!(tries(51).await?, Some(at(110)));
        assert_eq!(tries(109).await?, Some(at(110)));
        assert_eq!(tries(110).await?, None);
        // A single try is forgotten one window later.
        assert_eq!(tries(170).await?, None);
        assert_eq!(tries(229).await?, None);
        assert_eq!(tries(230).await?, Some(at(289)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_are_reset_taken_back_and_deleted_when_old() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let tries = async |name| shop.database.count_try(&[limit(name, 2)], at(0)).await;
        for name in ["a", "a", "b", "b"] {
            assert_eq!(tries(name).await?, None);
        }
        shop.database
            .settle_tries(&["a".into()], &["b".into(), "none".into()])
            .await?;
        for name in ["a", "a", "b"] {
            assert_eq!(tries(name).await?, None, "{name}");
        }
        for name in ["a", "b"] {
            assert_eq!(tries(name).await?, Some(at(60)));
        }
        let forget = async |minutes| {
            let database = shop.database.clone().with_told_time(move || at(minutes));
            database.forget_old_tries().await
        };
        assert_eq!(forget(59).await?, 0);
        assert_eq!(forget(60).await?, 2);
        assert_eq!(shop.database.count_try(&[], at(0)).await?, None);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_simultaneous_failures_are_told_than_the_limit() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let names = [limit("b", 10), limit("a", 100)];
        let turned = [limit("a", 100), limit("b", 10)];
        let stores = [&shop.database, &replica].into_iter().cycle();
        let tries = stores.zip([&names, &turned].into_iter().cycle()).take(40);
        let tries = tries.map(|(database, limits)| database.count_made_try(limits, true, at(1)));
        let mut told = 0;
        for outcome in join_all(tries).await {
            match outcome? {
                None => told += 1,
                Some(used_up) => assert_eq!(used_up, used("b", 61)),
            }
        }
        assert_eq!(told, 10);
        // The limit `a` counted only what was told.
        assert_eq!(limited(&shop.database, "a", 10, 2).await?, Some(used("a", 61)));
        assert_eq!(limited(&shop.database, "a", 11, 2).await?, None);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successful_try_counts_nothing_and_is_not_told_beyond_the_limit() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let limits = [limit("a", 2), limit("b", 5)];
        let made = async |failed, minute| shop.database.count_made_try(&limits, failed, at(minute)).await;
        let succeeded = (0..20).map(|_| shop.database.count_made_try(&limits, false, at(0)));
        for outcome in join_all(succeeded).await {
            assert_eq!(outcome?, None);
        }
        assert_eq!(limited(&shop.database, "a", 1, 0).await?, None);
        // The window begins with the first failed try, and the wait with the last one that is allowed.
        assert_eq!(made(true, 10).await?, None);
        assert_eq!(limited(&shop.database, "a", 1, 20).await?, Some(used("a", 70)));
        assert_eq!(made(false, 30).await?, None);
        assert_eq!(made(true, 40).await?, None);
        for failed in [false, true] {
            assert_eq!(made(failed, 50).await?, Some(used("a", 100)));
        }
        // What was refused has counted for neither limit.
        assert_eq!(limited(&shop.database, "b", 2, 50).await?, Some(used("b", 70)));
        assert_eq!(limited(&shop.database, "b", 3, 50).await?, None);
        // After the wait, a successful try leaves no old tries, and a failed one begins a new window.
        assert_eq!(made(false, 100).await?, None);
        assert_eq!(limited(&shop.database, "a", 1, 100).await?, None);
        assert_eq!(made(true, 101).await?, None);
        assert_eq!(limited(&shop.database, "a", 1, 101).await?, Some(used("a", 161)));
        assert_eq!(made(true, 102).await?, None);
        assert_eq!(made(true, 103).await?, Some(used("a", 162)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_wait_is_told_and_a_repeated_name_counts_once() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        assert_eq!(
            database.count_made_try(&[limit("a", 1)], true, at(0)).await?,
            None
        );
        assert_eq!(
            database.count_made_try(&[limit("b", 1)], true, at(5)).await?,
            None
        );
        let both = [limit("b", 1), limit("a", 1)];
        assert_eq!(database.limited_until(&both, at(6)).await?, Some(used("b", 65)));
        assert_eq!(
            database.limited_until(&[limit("a", 1)], at(6)).await?,
            Some(used("a", 60))
        );
        assert_eq!(database.limited_until(&both, at(65)).await?, None);
        let twice = [limit("c", 2), limit("c", 2)];
        for _ in 0..2 {
            assert_eq!(database.count_made_try(&twice, true, at(0)).await?, None);
        }
        assert_eq!(
            database.count_made_try(&twice, true, at(0)).await?,
            Some(used("c", 60))
        );
        assert_eq!(
            database.count_try(&[limit("d", 1), limit("d", 1)], at(0)).await?,
            None
        );
        assert_eq!(database.limited_until(&[], at(0)).await?, None);
        assert_eq!(database.count_made_try(&[], true, at(0)).await?, None);
        Ok(())
    })
    .await
}

/// The limit `name` with a wait that ends at `minute`.
fn used(name: &str, minute: i64) -> UsedLimit {
    UsedLimit {
        name: name.into(),
        until: at(minute),
    }
}

/// The limit `name` if at least `most` tries are counted for it at `minute`.
async fn limited(
    database: &Database,
    name: &str,
    most: i64,
    minute: i64,
) -> Result<Option<UsedLimit>, DatabaseError> {
    database.limited_until(&[limit(name, most)], at(minute)).await
}
