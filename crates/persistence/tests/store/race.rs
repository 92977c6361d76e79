//! Simultaneous decisions about one order: one is written, and the others learn that the order changed.

use std::time::Duration;

use anyhow::Context;
use countermand_domain::ShipmentRequest;
use countermand_persistence::DatabaseError;
use futures_util::future::join_all;
use tokio::time::timeout;

use crate::change::Decision;
use crate::database::DatabaseKind;
use crate::shop::{at, cancel, hold, plain_order, staff};
use crate::support::{change_of, imported, on_every_database};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_sixteen_simultaneous_cancellations_is_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let decision = Decision::in_shop(shop).await?;
        let before = shop.row_counts().await?;
        let replica = shop.replica().await?;
        let stores = [&shop.database, &replica].into_iter().cycle();
        let attempts = stores.take(16).map(|database| decision.apply(database));
        let outcomes = join_all(attempts).await;
        let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let conflicts = outcomes
            .iter()
            .filter(|outcome| matches!(outcome, Err(DatabaseError::Conflict)));
        assert_eq!((written, conflicts.count()), (1, 15), "{outcomes:?}");
        let after = shop.row_counts().await?;
        for table in ["order_events", "credit_memos", "cancellations", "guest_keys"] {
            assert_eq!(after[table], before[table] + 1, "{table}");
        }
        assert_eq!(
            after["obligations"],
            before["obligations"] + 2,
            "a mail and a refund"
        );
        assert_eq!(shop.order(decision.before.id).await?, decision.after);
        replica.close().await;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_simultaneous_changes_gets_its_own_outcome() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let orders: Vec<_> = (1..=40).map(plain_order).collect();
        let new: Vec<_> = orders.iter().map(imported).collect();
        shop.database.insert_orders(&new).await?;
        // Another writer has changed the third order since it was read.
        let stale = &orders[2];
        let held = hold(stale, 1);
        shop.database.apply(&change_of(stale, &held, "")).await?;

        let canceled: Vec<_> = orders.iter().map(cancel).collect();
        let changes: Vec<_> = orders
            .iter()
            .zip(&canceled)
            .map(|(order, it)| change_of(order, it, ""))
            .collect();
        let outcomes = join_all(changes.iter().map(|change| shop.database.apply(change))).await;
        for ((outcome, canceled), order) in outcomes.into_iter().zip(&canceled).zip(&orders) {
            let kept = shop.order(order.id).await?;
            if order.id == stale.id {
                assert!(matches!(outcome, Err(DatabaseError::Conflict)), "{outcome:?}");
                assert_eq!(kept, held.after);
            } else {
                outcome?;
                assert_eq!(kept, canceled.after);
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_requests_share_round_trips() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        let database = &shop.database;
        let orders: Vec<_> = (1..=40).map(plain_order).collect();
        let new: Vec<_> = orders.iter().map(imported).collect();
        database.insert_orders(&new).await?;
        database.shop().await?;

        let before = database.round_trips();
        let found = join_all(orders.iter().map(|order| database.order(order.id))).await;
        for (found, order) in found.into_iter().zip(&orders) {
            assert_eq!(found?.as_ref().map(|it| &*it.order), Some(order));
        }
        let trips = database.round_trips() - before;
        assert!(trips <= 4, "{trips}");

        let before = database.round_trips();
        let sessions = (0..40_u8).map(|number| vec![number; 32]);
        let sessions = sessions.map(async |hash| database.session(Some(&hash), at(0)).await);
        for session in join_all(sessions).await {
            assert!(session?.1.is_none());
        }
        let trips = database.round_trips() - before;
        assert!(trips <= 4, "{trips}");

        let canceled: Vec<_> = orders.iter().map(cancel).collect();
        let changes = orders.iter().zip(&canceled);
        let changes: Vec<_> = changes.map(|(order, it)| change_of(order, it, "")).collect();
        let before = database.round_trips();
        for outcome in join_all(changes.iter().map(|change| database.apply(change))).await {
            outcome?;
        }
        let trips = database.round_trips() - before;
        let most = if shop.kind == DatabaseKind::Postgres {
            8
        } else {
            40
        };
        assert!(trips <= most, "{trips}");
        for canceled in canceled {
            assert_eq!(shop.order(canceled.after.id).await?, canceled.after);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_order_keeps_no_other_order_waiting() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        if shop.kind != DatabaseKind::Postgres {
            // Other databases write each change in a transaction of its own, or have one writer only.
            return Ok(());
        }
        let orders: Vec<_> = (1..=20).map(plain_order).collect();
        let new: Vec<_> = orders.iter().map(imported).collect();
        shop.database.insert_orders(&new).await?;
        let (locked, free) = orders.split_first().context("an order")?;
        let lock = shop.lock_order(locked.id).await?;
        let (canceled, waiting) = (cancel(locked), shop.database.clone());
        let change = change_of(locked, &canceled, "");
        let waits = waiting.apply(&change);
        let others = async {
            let outcomes = free.iter().map(async |order| {
                let canceled = cancel(order);
                shop.database.apply(&change_of(order, &canceled, "")).await
            });
            let outcomes = timeout(Duration::from_secs(60), join_all(outcomes)).await;
            // The lock ends only when the others are done or have waited for too long.
            lock.rollback().await?;
            anyhow::Ok(outcomes?)
        };
        let (waited, others) = tokio::join!(waits, others);
        for outcome in others? {
            outcome?;
        }
        waited?;
        assert_eq!(shop.order(locked.id).await?, canceled.after);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_a_simultaneous_cancellation_and_shipment_is_written() -> anyhow::Result<()> {
    on_every_database(async |shop| {
        for round in 1..=8 {
            let placed = plain_order(round);
            shop.database.insert_orders(&[imported(&placed)]).await?;
            let canceled = cancel(&placed);
            let shipped = placed.ship(&ShipmentRequest::default(), &staff(), at(60))?;
            let ship = change_of(&placed, &shipped, "");
            let cancel = change_of(&placed, &canceled, "");
            let (cancel, ship) = tokio::join!(shop.database.apply(&cancel), shop.database.apply(&ship));
            let kept = shop.order(placed.id).await?;
            match (cancel, ship) {
                (Ok(()), Err(DatabaseError::Conflict)) => assert_eq!(kept, canceled.after),
                (Err(DatabaseError::Conflict), Ok(())) => assert_eq!(kept, shipped.after),
                both => panic!("{both:?}"),
            }
        }
        Ok(())
    })
    .await
}
