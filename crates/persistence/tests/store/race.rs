//! Simultaneous decisions about one order: one is written, and the others learn that the order changed.

use countermand_domain::ShipmentRequest;
use countermand_persistence::DatabaseError;
use futures_util::future::join_all;

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
async fn simultaneous_changes_of_many_orders_are_written_together_and_each_gets_its_own_outcome()
-> anyhow::Result<()> {
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
        let before = shop.database.round_trips();
        let outcomes = join_all(changes.iter().map(|change| shop.database.apply(change))).await;
        let trips = shop.database.round_trips() - before;
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
        if shop.kind == DatabaseKind::Postgres {
            // One batch has the stale order, and its changes are written alone after it is refused.
            assert!(trips <= 45, "{trips}");
        }
        // Without a stale order, a few round trips write and read all of them.
        let held: Vec<_> = (41..=80).map(plain_order).collect();
        let new: Vec<_> = held.iter().map(imported).collect();
        shop.database.insert_orders(&new).await?;
        let before = shop.database.round_trips();
        let found = join_all(held.iter().map(|order| shop.database.order(order.id))).await;
        for (found, order) in found.into_iter().zip(&held) {
            assert_eq!(found?.as_ref().map(|it| &*it.order), Some(order));
        }
        let read = shop.database.round_trips() - before;
        assert!(read <= 4, "{read}");
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
