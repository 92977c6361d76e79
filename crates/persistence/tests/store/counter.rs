//! Order ids: the program makes them, and never the same one twice.

use std::collections::BTreeSet;

use countermand_domain::StoreNumber;
use futures_util::future::join_all;

use crate::shop::order_id;
use crate::support::on_every_database;

#[tokio::test(flavor = "multi_thread")]
async fn blocks_of_order_ids_never_overlap() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let tasks = (0..8).zip([&shop.database, &replica].into_iter().cycle());
        let tasks = tasks.map(async |(task, database)| {
            let mut ids = Vec::new();
            for block in 0..50 {
                let store_number = StoreNumber(1 + (task / 4));
                ids.extend(database.reserve_order_ids(store_number, 1 + block % 7).await?);
            }
            anyhow::Ok(ids)
        });
        let mut taken = Vec::new();
        for ids in join_all(tasks).await {
            taken.extend(ids?);
        }
        let different: BTreeSet<_> = taken.iter().copied().collect();
        assert_eq!(different.len(), taken.len());
        // All reservations succeeded, so the ids have no gaps.
        let each_store = i64::try_from(taken.len() / 2)?;
        let expected =
            (1..=2).flat_map(|store| (1..=each_store).map(move |counter| order_id(store, counter)));
        assert!(different.into_iter().eq(expected));
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_view_without_free_ids_gets_no_ids_of_another() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        shop.sql("INSERT INTO counters VALUES ('orders:1', 9999999998)")
            .await?;
        let last = shop.database.reserve_order_ids(StoreNumber(1), 2).await?;
        assert_eq!(last, [order_id(1, 9_999_999_998), order_id(1, 9_999_999_999)]);
        assert!(shop.database.reserve_order_ids(StoreNumber(1), 1).await.is_err());
        assert!(shop.database.reserve_order_ids(StoreNumber(0), 1).await.is_err());
        assert!(
            shop.database
                .reserve_order_ids(StoreNumber(2), 0)
                .await?
                .is_empty()
        );
        assert_eq!(
            shop.database.reserve_order_ids(StoreNumber(2), 1).await?,
            [order_id(2, 1)]
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn all_replicas_use_the_secret_that_was_saved_first() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let replica = shop.replica().await?;
        let candidates = [[1; 32], [2; 32], [3; 32], [4; 32]];
        let stores = [&shop.database, &replica].into_iter().cycle();
        let asked = stores
            .zip(&candidates)
            .map(|(database, candidate)| database.installation_secret(candidate));
        let secrets = join_all(asked).await.into_iter().collect::<Result<Vec<_>, _>>()?;
        assert!(candidates.iter().any(|it| it[..] == secrets[0]));
        assert!(secrets.iter().all(|it| *it == secrets[0]));
        assert_eq!(replica.installation_secret(&[9; 32]).await?, secrets[0]);
        replica.close().await;
        Ok(())
    })
    .await
}
