//! Rate limits: a try is counted before it is made, together with the tries on all replicas.

use chrono::TimeDelta;
use countermand_persistence::RateLimit;
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
