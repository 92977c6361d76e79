//! Simultaneous decisions about one order: one is written, and the others learn that the order changed.

use countermand_domain::ShipmentRequest;
use countermand_persistence::DatabaseError;
use futures_util::future::join_all;

use crate::change::Decision;
use crate::shop::{at, cancel, plain_order, staff};
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
